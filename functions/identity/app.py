"""API tokens and users over HTTP."""

from orrery.api import tokens, users
from orrery.api.entrance import resolver, serve

app = resolver(tokens.router, users.router)
handler = serve(app)
