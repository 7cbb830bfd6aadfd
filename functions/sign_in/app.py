"""Where people sign in: an OpenID provider of our own in front of whoever knows them."""

from orrery.api.sign_in import door

handler = door.handle
