"""Organizations and Workspaces over HTTP."""

from orrery.api import organizations
from orrery.api.entrance import resolver, serve

app = resolver(organizations.router)
handler = serve(app)
