"""Deployments over HTTP: they themselves, their options, deploys, hibernation, scaling decisions and sign-in links."""

from orrery.api import airflow_access, deployments, deploys, hibernation, options, scaling_decisions
from orrery.api.entrance import resolver, serve

app = resolver(airflow_access.links, deployments.router, deploys.router, hibernation.router, options.router, scaling_decisions.router)
handler = serve(app)
