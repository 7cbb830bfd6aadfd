"""The doors of signing in: OAuth 2.1 and OpenID Connect over HTTP, for people in browsers and for the programs they sign in to."""
