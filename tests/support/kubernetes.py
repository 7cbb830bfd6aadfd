"""One real Kubernetes control plane for the session, with one pretended node at most; each test has a namespace of its own in it."""

import contextlib
import os
import uuid
from collections.abc import Iterator

import pytest

from tests.kubernetes import binaries
from tests.kubernetes.api import Api
from tests.kubernetes.control_plane import ControlPlane
from tests.kubernetes.pretend_node import PretendNode

HOW = "run `make kubernetes` to build it"


@pytest.fixture(scope="session")
def kubernetes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """The session's; no node before a test asks for one. Where it was never built tests are skipped, with the reason; in CI they fail."""
    with _started(tmp_path_factory) as server:
        yield server


@pytest.fixture
def own_kubernetes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """One of this test alone, for what a cluster has once, such as its agent; with a pretended node."""
    with _started(tmp_path_factory) as server:
        made = PretendNode(server.api).start()
        yield server
        made.stop()


@contextlib.contextmanager
def _started(folders: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    if not binaries.built("control-plane"):
        why = f"Kubernetes {binaries.version()} is not on this machine: {HOW}"
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)
    with ControlPlane(folders.mktemp("kubernetes"), binaries.room()) as server:
        yield server


@pytest.fixture(scope="session")
def node(kubernetes: ControlPlane) -> Iterator[PretendNode]:
    """Where pods are said to run from now on. There is one, so that its `fate` is every pod's."""
    made = PretendNode(kubernetes.api).start()
    yield made
    made.stop()


@pytest.fixture
def namespace(kubernetes: ControlPlane) -> Iterator[str]:
    """An empty namespace of this test alone, removed with all that is in it."""
    name, api = f"test-{uuid.uuid4().hex[:12]}", kubernetes.api
    assert api.create("/api/v1/namespaces", {"metadata": {"name": name}}).status == 201
    await_account(api, name)
    yield name
    api.delete(f"/api/v1/namespaces/{name}")


def await_account(api: Api, namespace: str) -> None:
    """Until the controllers have made its service account, admission refuses a namespace's pods."""
    api.until(f"/api/v1/namespaces/{namespace}/serviceaccounts/default", lambda answer: answer.status == 200)
