"""Where agents report and are told their targets."""

from orrery.api import agents
from orrery.api.entrance import resolver, serve

handler = serve(resolver(agents.router, prefix="/agent/v1"))
