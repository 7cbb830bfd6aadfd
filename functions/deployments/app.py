"""Deployments over HTTP: they themselves, options, deploys, hibernation, agent tokens, scaling, logs and sign-in links."""

from orrery.api import (
    agent_tokens,
    airflow_access,
    component_logs,
    deployments,
    deploys,
    hibernation,
    options,
    scaling_decisions,
    scaling_replays,
)
from orrery.api.entrance import resolver, serve

app = resolver(
    agent_tokens.router,
    airflow_access.links,
    component_logs.router,
    deployments.router,
    deploys.router,
    hibernation.router,
    options.router,
    scaling_decisions.router,
    scaling_replays.router,
)
handler = serve(app)
