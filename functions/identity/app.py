"""API tokens, roles, users, invitations, teams and what they may do over HTTP."""

from orrery.api import explanations, invites, roles, teams, tokens, users
from orrery.api.entrance import resolver, serve

app = resolver(explanations.router, invites.router, roles.router, teams.router, tokens.router, users.router)
handler = serve(app)
