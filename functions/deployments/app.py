"""Deployments over HTTP: they themselves, their options, deploys, hibernation, agent tokens, scaling decisions and sign-in links."""

from orrery.api import agent_tokens, airflow_access, deployments, deploys, hibernation, options, scaling_decisions
from orrery.api.entrance import resolver, serve

app = resolver(
    agent_tokens.router,
    airflow_access.links,
    deployments.router,
    deploys.router,
    hibernation.router,
    options.router,
    scaling_decisions.router,
)
handler = serve(app)
