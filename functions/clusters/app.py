"""Clusters and their options over HTTP."""

from orrery.api import clusters
from orrery.api.entrance import resolver, serve

app = resolver(clusters.router)
handler = serve(app)
