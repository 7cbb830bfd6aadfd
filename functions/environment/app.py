"""Environment objects over HTTP; the one HTTP function that can open what was sealed, for whom the Organization lets fetch secrets."""

from orrery.api import environment_objects
from orrery.api.entrance import resolver, serve

app = resolver(environment_objects.router)
handler = serve(app)
