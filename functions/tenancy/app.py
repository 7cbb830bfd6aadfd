"""Organizations, from where they may be used, and Workspaces over HTTP."""

from orrery.api import ip_ranges, organizations, workspaces
from orrery.api.entrance import resolver, serve

app = resolver(ip_ranges.router, organizations.router, workspaces.router)
handler = serve(app)
