"""Accepting an invitation over HTTP: the only door for people whom nobody knows yet, so it is a function of its own."""

from orrery.api import accepting
from orrery.api.entrance import resolver, serve

app = resolver(accepting.router, prefix="/invitations/v1")
handler = serve(app, authenticate=None)
