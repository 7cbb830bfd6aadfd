"""A Deployment's life on a registered cluster, through the public doors alone.

The plane is a process with its real gateway, functions and state machines; behind ORRERY_KUBECONFIG is a real API server; there is a real
database server, and the real agent as the process that its pod would run.

What there is at each moment of that life is in `tests/golden/kubernetes/a-life.txt`.
"""

import base64
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from orrery.dataplane.kubernetes.agent_access import ACCOUNT
from orrery.dataplane.kubernetes.objects import path

from local import clusters
from local.aws.engine import Engine
from local.state import ROOT, State
from tests.kubernetes import inventory
from tests.kubernetes.control_plane import ControlPlane
from tests.support import postgres
from tests.support.process import Plane
from tests.support.updates import same

Json = dict[str, Any]
GOLDEN = ROOT / "tests/golden/kubernetes/a-life.txt"
PATIENCE = 300.0
SYSTEM = "orrery-agent-of-a-life"
CLUSTER = {
    "name": "standard-us-east-1",
    "region": "us-east-1",
    "maxDeployments": 1,
    "domain": "airflow.example.com",
    "registry": "registry.example.com",
    "agentImage": "registry.example.com/orrery/agent:1",
    "brokerImage": "registry.example.com/orrery/valkey:1",
    "pgbouncerImage": "registry.example.com/orrery/pgbouncer:1",
    "databaseHost": "databases.example.com",
    "systemNamespace": SYSTEM,
}

DEFAULT = {"name": "default", "isDefault": True, "astroMachine": "A5", "minWorkerCount": 0, "maxWorkerCount": 2, "workerConcurrency": 4}


@dataclass
class Owner:
    """Whoever the first run made, at the API."""

    url: str
    organization: str
    token: str

    def send(self, method: str, rest: str, body: Any = None, *, status: int = 200) -> Json:
        request = urllib.request.Request(f"{self.url}/v1/organizations/{self.organization}{rest}", method=method)
        request.add_header("Authorization", f"Bearer {self.token}")
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, None if body is None else json.dumps(body).encode(), timeout=30) as answer:
                got, content = answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            got, content = refused.code, refused.read()
        assert got in (status, 204), content.decode()
        told: Json = json.loads(content) if content else {}
        return told

    def until(self, rest: str, holds: Callable[[Json], bool], *, status: int = 200) -> Json:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                seen = self.send("GET", rest, status=status)
            except AssertionError:
                seen = {}
            if seen and holds(seen):
                return seen
            assert time.monotonic() < end, f"{rest} is still {seen}"
            time.sleep(0.5)


@dataclass
class Kubelet:
    """Runs the agent's pod as a kubelet would: the image's program, with the environment, the token and the account that it was given."""

    kubernetes: ControlPlane
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    def run_the_agent(self) -> None:
        api = self.kubernetes.api
        api.until(path("Deployment", SYSTEM, "agent"), lambda answer: answer.status == 200, patience=PATIENCE)
        (container,) = api.get(path("Deployment", SYSTEM, "agent")).body["spec"]["template"]["spec"]["containers"]
        account = self.folder / "account"
        account.mkdir()
        asked = {"spec": {"expirationSeconds": 3600}}
        token = api.create(f"/api/v1/namespaces/{SYSTEM}/serviceaccounts/{ACCOUNT}/token", asked).body["status"]["token"]
        (account / "token").write_text(token)
        config = json.loads(self.kubernetes.kubeconfig.read_text())["clusters"][0]["cluster"]
        (account / "ca.crt").write_text(Path(config["certificate-authority"]).read_text())
        secret = base64.b64decode(api.get(path("Secret", SYSTEM, "agent-token")).body["data"]["token"])
        (self.folder / "token").write_bytes(secret)
        (self.folder / "token").chmod(0o600)
        environment = {
            **{each["name"]: each["value"] for each in container["env"]},
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{ROOT}:{ROOT}/layers/common",
            "ORRERY_AGENT_STATE": str(self.folder / "state"),
            "ORRERY_AGENT_TOKEN_FILE": str(self.folder / "token"),
            "ORRERY_KUBERNETES_URL": self.kubernetes.url,
            "ORRERY_SERVICE_ACCOUNT": str(account),
            "ORRERY_DOOR_PORT": "0",
        }
        command = [sys.executable, *container["command"][1:]]
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)

    def stop(self) -> None:
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)


@pytest.fixture
def database() -> Iterator[str]:
    with postgres.serve() as server:
        yield server.url


@pytest.fixture
def kubelet(own_kubernetes: ControlPlane, tmp_path: Path) -> Iterator[Kubelet]:
    made = Kubelet(own_kubernetes, tmp_path)
    yield made
    made.stop()


@pytest.fixture
def plane(own_kubernetes: ControlPlane, tmp_path: Path, own_engine: Engine) -> Iterator[Plane]:
    made = Plane(State(tmp_path / "plane"), own_engine)
    yield made
    made.stop()


def test_a_life_through_the_public_api(plane: Plane, kubelet: Kubelet, own_kubernetes: ControlPlane, database: str) -> None:
    url = plane.start(ORRERY_KUBECONFIG=str(own_kubernetes.kubeconfig))
    first = plane.invoke({})
    owner = Owner(url, first["organizationId"], first["token"])
    workspace = owner.send("POST", "/workspaces", {"name": "data"})["id"]
    wanted = {"type": "STANDARD", "name": "etl", "workspaceId": workspace, "isDevelopmentMode": True, "workerQueues": [DEFAULT]}
    before = owner.send("POST", "/deployments", wanted, status=400)
    assert "is not there yet" in before["message"], "the first run's cluster waits to be registered"

    clusters_before = inventory.made(own_kubernetes)
    asked = {**CLUSTER, "databaseUrl": database, "kubeconfig": clusters.whole(own_kubernetes.kubeconfig)}
    told = plane.invoke(asked, "RegisterCluster")
    assert told == {"id": first["clusterId"], "status": "CREATING", "started": True}
    kubelet.run_the_agent()
    owner.until(f"/clusters/{told['id']}", lambda seen: seen["status"] == "CREATED" and seen["healthStatus"]["value"] == "HEALTHY")
    registered = inventory.made(own_kubernetes)
    life = {"registered": registered - clusters_before}

    made = owner.send("POST", "/deployments", wanted)
    at = f"/deployments/{made['id']}"
    owner.until(at, lambda seen: seen["status"] == "HEALTHY")
    life["created"] = inventory.made(own_kubernetes) - registered
    full = owner.send("POST", "/deployments", {**wanted, "name": "another"}, status=400)
    assert "is full" in full["message"]

    changed = same(made) | {"environmentVariables": [{"key": "MODE", "value": "new", "isSecret": True}]}
    changed["workerQueues"] = [{**DEFAULT, "id": made["workerQueues"][0]["id"]}, {**DEFAULT, "name": "heavy", "isDefault": False}]
    changed |= {"description": "new", "isDevelopmentMode": False, "isHighAvailability": True}
    owner.send("POST", at, changed)
    owner.until(at, lambda seen: seen["status"] == "HEALTHY" and len(seen["workerQueues"]) == 2)
    life["updated"] = inventory.made(own_kubernetes) - registered

    owner.send("POST", f"{at}/hibernation-override", {"isHibernating": True})
    owner.until(at, lambda seen: seen["status"] == "HIBERNATING")
    life["asleep"] = inventory.made(own_kubernetes) - registered
    owner.send("DELETE", f"{at}/hibernation-override")
    owner.until(at, lambda seen: seen["status"] == "HEALTHY")
    life["awake"] = inventory.made(own_kubernetes) - registered
    assert life["awake"] == life["updated"]

    owner.send("DELETE", at)
    owner.until("/deployments", lambda seen: seen["totalCount"] == 0)
    assert not inventory.made(own_kubernetes) - registered, "nothing is left of any kind"
    _is_golden(life, {made["namespace"]: "<deployment>", SYSTEM: "<agent>"})


def _is_golden(life: Mapping[str, set[tuple[str, str, str]]], names: Mapping[str, str]) -> None:
    """Each moment as what came and what went since the one before."""
    said, before = [], set[str]()
    for moment, objects in life.items():
        now = {_line(each, names) for each in objects}
        told = dict.fromkeys(now - before, "+") | dict.fromkeys(before - now, "-")
        said += [f"{moment}\n", *(f"  {told[line]} {line}\n" for line in sorted(told))]
        before = now if moment != "registered" else set()
    text = "".join(said)
    if os.environ.get("ORRERY_GOLDEN") == "write":
        GOLDEN.write_text(text)
    assert text == GOLDEN.read_text()


def _line(found: tuple[str, str, str], names: Mapping[str, str]) -> str:
    kind, namespace, name = found
    line = f"{kind:<24} {namespace + '/' if namespace else ''}{name}"
    for name, word in names.items():
        line = line.replace(name, word)
    return re.sub(r"(worker-[a-z]+|migrations)-[0-9a-f]{8,10}", r"\1-<digest>", line)
