"""The HTTP API's routes, one noun a file: parse, fetch, transition, save, start, render."""
