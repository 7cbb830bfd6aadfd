"""What it costs to provision Deployments on a Kubernetes API server on this machine, against the bounds of each figure.

    PYTHONPATH=layers/common python -m benchmarks.provisioning [deployments]

A control plane and a pretended node are started for it. Our own time is what the steps of a create take, the API server's answers included;
waiting for the cluster (the migrations' Job, pods) is not in it. Server and steps share this machine, so the figures need a calm moment; of
one namespace the best of some rounds is shown, which is what the code costs, and the median beside it. A hundred are made side by side by
the threads of one process, until every one of them is healthy; the CPU that the server and its controllers took for them is what no client
can make less, and stands below: divided by this machine's cores it is the shortest time in which they can be there.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from orrery.dataplane.kubernetes import access
from orrery.dataplane.kubernetes.api import Api
from orrery.dataplane.kubernetes.home import KubernetesHome, Reach
from orrery.dataplane.port import DeploymentSpec
from orrery.errors import Unavailable

from tests.dataplane_contract import ENSURES, a_spec, ref_of, remove_all
from tests.kubernetes import binaries
from tests.kubernetes.control_plane import ControlPlane
from tests.kubernetes.pretend_node import PretendNode
from tests.orrery.dataplane.kubernetes.databases import Databases
from tests.orrery.dataplane.kubernetes.plans import CLUSTER
from tests.support.machine import Machine

SECONDS, TRANSITIONS, WRITES, TOGETHER, IMPORT = 1.0, 20, 0, 60.0, 1.5
"""The bounds: of one namespace, of a create, of an unchanged one, of a hundred side by side, and times the libraries of the function."""
ROUNDS, DEPLOYMENTS, AT_ONCE = 7, 100, 16
PAUSE = 2.0
"""Seconds until a step is tried again, as the state machine first waits."""
PROVISION = "import functions.provision.app"
LIBRARIES = "import aws_lambda_powertools, boto3, pynamodb.models, pynamodb.transactions"
"""What the function must have to read and write its table and to log."""


@dataclass(frozen=True)
class Cluster:
    api: Api
    home: KubernetesHome


@dataclass(frozen=True)
class Spent:
    """Of our own, in seconds."""

    wall: float
    cpu: float
    servers: float = 0.0
    """CPU of etcd, the API server, the controllers and the scheduler; only where it was asked for."""


def transitions() -> int:
    """Of a create in which nothing is tried again: the states that it enters, and the start."""
    machine = Machine("create_deployment", {"Provision": lambda event, context: {"step": event["step"]}})
    return 1 + len(machine.run({"organization": "o", "deployment": "d", "generation": 1}).states)


def cluster(server: ControlPlane) -> Cluster:
    """A home on this server; pods need a node there."""
    api = access.by_kubeconfig(str(server.kubeconfig))
    for name in (CLUSTER.system_namespace, CLUSTER.ingress_namespace):
        api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}, manager="tests")
    reach = Reach(api, CLUSTER, Databases())
    return Cluster(api, KubernetesHome(lambda _: reach))


def provision(home: KubernetesHome, spec: DeploymentSpec) -> Spent:
    """Every step of a create, until it is healthy."""
    wall = cpu = 0.0
    for step in (*(f"ensure_{part}" for part in ENSURES), "observe"):
        done = False
        while not done:
            started = (time.perf_counter(), time.thread_time())
            done = _done(home, step, spec)
            wall, cpu = wall + time.perf_counter() - started[0], cpu + time.thread_time() - started[1]
            time.sleep(0 if done else PAUSE)
    return Spent(wall, cpu)


def _done(home: KubernetesHome, step: str, spec: DeploymentSpec) -> bool:
    try:
        return home.observe(ref_of(spec)).healthy if step == "observe" else getattr(home, step)(spec) is None
    except Unavailable:  # the state machine tries again
        return False


def writes_of_an_unchanged_one(made: Cluster, spec: DeploymentSpec) -> int:
    """Requests that could have changed something, when everything is ensured again."""
    before = made.api.writes
    for part in ENSURES:
        getattr(made.home, f"ensure_{part}")(spec)
    return made.api.writes - before


def side_by_side(server: ControlPlane, specs: list[DeploymentSpec]) -> Spent:
    """Until all of them are healthy; the CPU is of all our threads. Each has a client of its own, as each function in AWS has."""
    own = threading.local()

    def connect() -> None:
        own.home = cluster(server).home

    started, before = time.perf_counter(), server.processes.cpu()
    with ThreadPoolExecutor(AT_ONCE, initializer=connect) as several:
        each = list(several.map(lambda spec: provision(own.home, spec), specs))
    return Spent(time.perf_counter() - started, sum(one.cpu for one in each), server.processes.cpu() - before)


def importing(code: str) -> float:
    """CPU seconds of a Python that imports this and ends."""
    environment = {"PYTHONPATH": os.environ["PYTHONPATH"], "PATH": os.defpath}
    _, _, usage = os.wait4(subprocess.Popen([sys.executable, "-c", code], env=environment).pid, 0)
    return usage.ru_utime + usage.ru_stime


def line(name: str, figure: str, bound: str, ratio: float | None = None) -> None:
    print(f"  {name:<62} {figure:>14}   {bound:>12}   " + (f"{ratio:.2f} x" if ratio is not None else ""))


def _measured(server: ControlPlane, deployments: int) -> None:
    made = cluster(server)
    alone: list[Spent] = []
    for _ in range(ROUNDS):
        spec = a_spec(development=True)
        alone.append(provision(made.home, spec))
        writes = writes_of_an_unchanged_one(made, spec)
        remove_all(made.home, ref_of(spec))
    best, middle = min(each.wall for each in alone), statistics.median(each.wall for each in alone)
    line(f"one namespace, our own time, best of {ROUNDS}", f"{best:.2f} s", f"{SECONDS:.0f} s", best / SECONDS)
    line("  median", f"{middle:.2f} s", f"{SECONDS:.0f} s", middle / SECONDS)
    line("  of it CPU of ours, median", f"{statistics.median(each.cpu for each in alone):.2f} s", "")
    line("writes when everything is as it should be", str(writes), str(WRITES))
    specs = [a_spec(development=True) for _ in range(deployments)]
    spent = side_by_side(server, specs)
    line(
        f"{deployments} Deployments side by side, until all are healthy", f"{spent.wall:.0f} s", f"{TOGETHER:.0f} s", spent.wall / TOGETHER
    )
    line("  CPU of ours", f"{spent.cpu:.0f} s", "")
    cores = os.cpu_count() or 1
    line(f"  CPU of the server; on {cores} cores that is at least", f"{spent.servers:.0f} s", f"{spent.servers / cores:.0f} s")


def main(deployments: int) -> None:
    print(f"provisioning on a Kubernetes {binaries.version()} of this machine\n")
    line("", "measured", "bound", None)
    line("state transitions of a create", str(transitions()), str(TRANSITIONS), transitions() / TRANSITIONS)
    rounds = [(importing("pass"), importing(LIBRARIES), importing(PROVISION)) for _ in range(ROUNDS)]
    bare, libraries, ours = (statistics.median(each) for each in zip(*rounds, strict=True))
    line("importing the function, CPU", f"{ours * 1000:.0f} ms", f"{IMPORT * libraries * 1000:.0f} ms", ours / libraries / IMPORT)
    line("  its libraries alone; bare Python", f"{libraries * 1000:.0f} ms", f"{bare * 1000:.0f} ms")
    with tempfile.TemporaryDirectory() as folder, ControlPlane(Path(folder), binaries.room()) as server:
        node = PretendNode(server.api).start()
        _measured(server, deployments)
        node.stop()
    print()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else DEPLOYMENTS)
