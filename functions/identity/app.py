"""API tokens, users, teams and what they may do over HTTP."""

from orrery.api import explanations, teams, tokens, users
from orrery.api.entrance import resolver, serve

app = resolver(explanations.router, teams.router, tokens.router, users.router)
handler = serve(app)
