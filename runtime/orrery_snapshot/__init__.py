"""Keeps a Deployment's database before it goes."""
