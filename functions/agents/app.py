"""Where agents report, are told their targets, and bring logs and demand records."""

from orrery.api import agents, component_logs, demand_records
from orrery.api.entrance import resolver, serve

app = resolver(agents.router, component_logs.shipments, demand_records.router, prefix="/agent/v1")
handler = serve(app)
