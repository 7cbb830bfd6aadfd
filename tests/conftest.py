"""Fixtures every test may ask for; each is built only when a test asks."""

from tests.support.aws import aws_engine, own_engine

__all__ = ["aws_engine", "own_engine"]
