"""API tokens, users and teams over HTTP."""

from orrery.api import teams, tokens, users
from orrery.api.entrance import resolver, serve

app = resolver(teams.router, tokens.router, users.router)
handler = serve(app)
