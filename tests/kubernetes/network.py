"""The node's own network: a namespace joined to this machine by one pair of interfaces, and no way out of it.

Without a default route nothing that runs there reaches the cloud's metadata or anybody else's network.
"""

import contextlib
import json
import subprocess
from pathlib import Path

from tests.kubernetes.control_plane import SERVICES

NAME, OUTSIDE, INSIDE = "orrery-node", "orrery-host", "orrery-pods"
HOST, NODE, PREFIX = "10.213.7.1", "10.213.7.2", 30
"""This machine's end, where the API server listens, and the node's."""
PODS = "10.244.0.0/24"


def make() -> None:
    """A fresh one; what a killed run left behind is replaced."""
    remove()
    _ip("netns", "add", NAME)
    _ip("link", "add", OUTSIDE, "type", "veth", "peer", "name", INSIDE, "netns", NAME)
    _ip("address", "add", f"{HOST}/{PREFIX}", "dev", OUTSIDE)
    _ip("link", "set", OUTSIDE, "up")
    _ip("-n", NAME, "address", "add", f"{NODE}/{PREFIX}", "dev", INSIDE)
    _ip("-n", NAME, "link", "set", INSIDE, "up")
    _ip("-n", NAME, "link", "set", "lo", "up")
    for reached in (PODS, SERVICES):  # as a load balancer of the same network reaches them
        _ip("route", "add", reached, "via", NODE, "dev", OUTSIDE)
    subprocess.run(enter("sysctl", "-q", "-w", "net.ipv4.ip_forward=1"), check=True)


def remove() -> None:
    with contextlib.suppress(subprocess.CalledProcessError):
        _ip("link", "delete", OUTSIDE)
    with contextlib.suppress(subprocess.CalledProcessError):
        _ip("netns", "delete", NAME)


def enter(*argv: str) -> list[str]:
    """Runs in that network, but in this machine's file systems: `ip netns exec` would hide the cgroups."""
    return ["nsenter", f"--net=/run/netns/{NAME}", *argv]


def describe_to_pods(folder: Path) -> None:
    """CNI: each pod is routed by itself, so what it sends to a Service passes the node's rules."""
    address = {"type": "host-local", "ranges": [[{"subnet": PODS}]], "routes": [{"dst": "0.0.0.0/0"}], "dataDir": str(folder / "addresses")}
    plugin = {"type": "ptp", "ipMasq": True, "ipam": address}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "10-orrery.conflist").write_text(json.dumps({"cniVersion": "0.4.0", "name": "orrery", "plugins": [plugin]}))


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
