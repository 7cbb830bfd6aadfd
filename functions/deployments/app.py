"""Deployments over HTTP: they themselves, their options, deploys, hibernation, scaling decisions, component logs and sign-in links."""

from orrery.api import airflow_access, component_logs, deployments, deploys, hibernation, options, scaling_decisions
from orrery.api.entrance import resolver, serve

app = resolver(
    airflow_access.links,
    component_logs.router,
    deployments.router,
    deploys.router,
    hibernation.router,
    options.router,
    scaling_decisions.router,
)
handler = serve(app)
