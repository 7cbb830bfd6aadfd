"""Where agents report and are told their targets."""

from orrery.api import agents
from orrery.api.entrance import resolver, serve

app = resolver(agents.router, prefix="/agent/v1")
handler = serve(app)
