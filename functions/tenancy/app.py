"""Organizations and Workspaces over HTTP."""

from orrery.api import organizations, workspaces
from orrery.api.entrance import resolver, serve

app = resolver(organizations.router, workspaces.router)
handler = serve(app)
