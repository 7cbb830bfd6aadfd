"""Where agents report, are told their targets, and bring logs."""

from orrery.api import agents, component_logs
from orrery.api.entrance import resolver, serve

app = resolver(agents.router, component_logs.shipments, prefix="/agent/v1")
handler = serve(app)
