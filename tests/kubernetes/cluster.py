"""A whole cluster on this machine: a control plane and the one node that runs its pods. Needs root and some Debian packages."""

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local.progress import Screen
from tests.kubernetes import binaries, image, network, node
from tests.kubernetes.control_plane import ControlPlane
from tests.kubernetes.node import Node
from tests.support.packages import Missing, install


@dataclass(frozen=True)
class Cluster:
    plane: ControlPlane
    node: Node


def prepare(screen: Screen) -> Path:
    """Installs and builds what a cluster needs and answers its programs' folder; Missing says why it cannot be."""
    if os.geteuid() != 0:
        raise Missing("a node makes network namespaces, mounts and cgroups: run this as root")
    if packages := node.lacking() + image.lacking():
        install(screen, *packages)
    return binaries.ensure(screen, *binaries.SETS)


@contextlib.contextmanager
def run(screen: Screen, programs: Path) -> Iterator[Cluster]:
    """One at a time on a machine: it has addresses of its own there. All of it is gone after the block."""
    with _alone(), tempfile.TemporaryDirectory(prefix="orrery-") as folder:
        network.make()
        try:
            with contextlib.ExitStack() as stack:
                with screen.step("Starting the control plane"):
                    plane = stack.enter_context(ControlPlane(Path(folder) / "plane", programs, address=network.HOST))
                with screen.step("Starting a node and waiting until it is Ready"):
                    ours = stack.enter_context(Node(Path(folder) / "node", programs, plane))
                yield Cluster(plane, ours)
        finally:
            network.remove()


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    binaries.cache().mkdir(parents=True, exist_ok=True)
    with (binaries.cache() / "node.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Missing("another cluster of the tests has a node on this machine; wait until it ends") from error
        yield
