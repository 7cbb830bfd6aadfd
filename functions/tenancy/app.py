"""Organizations, from where they may be used, their audit log, and Workspaces over HTTP."""

from orrery.api import audit_logs, ip_ranges, organizations, workspaces
from orrery.api.entrance import resolver, serve

app = resolver(audit_logs.router, ip_ranges.router, organizations.router, workspaces.router)
handler = serve(app)
