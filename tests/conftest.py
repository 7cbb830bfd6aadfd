"""Fixtures every test may ask for; each is built only when a test asks."""

from tests.support.aws import aws_engine, own_engine
from tests.support.installation import empty_table, installation
from tests.support.kubernetes import kubernetes, namespace
from tests.support.plane import plane

__all__ = ["aws_engine", "empty_table", "installation", "kubernetes", "namespace", "own_engine", "plane"]
