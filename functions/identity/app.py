"""API tokens, roles and users over HTTP."""

from orrery.api import roles, tokens, users
from orrery.api.entrance import resolver, serve

app = resolver(roles.router, tokens.router, users.router)
handler = serve(app)
