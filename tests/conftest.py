"""Fixtures every test may ask for, each built only when a test asks; how several workers share the tests; what is said at the end."""

from tests.support.aws import aws_engine, own_engine
from tests.support.browser import browser, context, page
from tests.support.console import built_console
from tests.support.installation import empty_table, installation
from tests.support.kubernetes import kubernetes, namespace, node, own_kubernetes
from tests.support.plane import plane
from tests.support.summary import pytest_sessionfinish, pytest_terminal_summary, pytest_testnodedown
from tests.support.workers import pytest_collection_modifyitems, pytest_runtest_setup, pytest_xdist_make_scheduler

__all__ = [
    "aws_engine", "browser", "built_console", "context", "empty_table", "installation", "kubernetes", "namespace", "node", "own_engine",
    "own_kubernetes", "page", "plane", "pytest_collection_modifyitems", "pytest_runtest_setup", "pytest_sessionfinish",
    "pytest_terminal_summary", "pytest_testnodedown", "pytest_xdist_make_scheduler",
]  # fmt: skip
