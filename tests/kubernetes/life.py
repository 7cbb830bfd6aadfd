"""A Deployment's life on a real node, through the public doors alone: registered cluster, pods, a deploy, DAG runs on a worker and in pods
of their own, and nothing left.
"""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orrery_cli.failures import Failure
from orrery_cli.http import Api

from local import clusters, owner
from local.aws.engine import Engine
from local.progress import Screen, Step
from local.state import ROOT, State
from tests.kubernetes import furnishing, inventory, network
from tests.kubernetes.cluster import Cluster
from tests.kubernetes.control_plane import SERVICES
from tests.orrery.dataplane.postgres import administration
from tests.support.process import Plane
from tests.support.updates import same

Json = dict[str, Any]
NAME, DAG = "etl", "weather_etl"
PROJECT = ROOT / "examples/hello"
PATIENCE = 900.0
CLUSTER = {
    "name": "standard-us-east-1",
    "region": "us-east-1",
    "maxDeployments": 1,
    "domain": "airflow.example.com",
    "registry": furnishing.REGISTRY,
    "agentImage": furnishing.AGENT,
    "brokerImage": furnishing.BROKER,
    "pgbouncerImage": furnishing.PGBOUNCER,
    "databaseHost": network.HOST,
    "databaseTls": "disable",
    "apiRanges": [SERVICES],
    "databaseUrl": f"postgresql://administrator:the-administrators@{network.HOST}/postgres",
}
QUEUE = {"name": "default", "isDefault": True, "astroMachine": "A5", "minWorkerCount": 0, "maxWorkerCount": 1, "workerConcurrency": 4}
SOURCES = ("apiserver", "dag-processor", "scheduler", "triggerer", "worker")


@dataclass
class Customer:
    """Whoever the first run made, with the platform's API and the `orrery` command."""

    screen: Screen
    cluster: Cluster
    plane: Plane
    engine: Engine
    known: owner.Owner
    api: Api

    @property
    def root(self) -> str:
        return f"/v1/organizations/{self.known.organization}"

    def register(self) -> None:
        asked = {**CLUSTER, "kubeconfig": clusters.whole(self.cluster.plane.kubeconfig)}
        with self.screen.step("Registering the cluster, and waiting until its agent's pod is heard") as step:
            told = self.plane.invoke(asked, "RegisterCluster")
            until(step, lambda: self._is_open(step, told["id"]))

    def create(self) -> Json:
        workspace = self.api.post(f"{self.root}/workspaces", {"name": "main"})["id"]
        asked = {"type": "STANDARD", "name": NAME, "workspaceId": workspace, "isDevelopmentMode": True, "isDagDeployEnabled": True}
        asked |= {"workerQueues": [QUEUE], "environmentVariables": self._ways_to_releases()}
        with self.screen.step(f"Creating the Deployment `{NAME}`, until every component is ready") as step:
            made: Json = self.api.post(f"{self.root}/deployments", asked)
            until(step, lambda: self._is_healthy(step, made))
        return made

    def deploy(self) -> None:
        argv = [sys.executable, "-m", "orrery_cli", "deploy", NAME, "--dags", "--path", str(PROJECT)]
        with self.screen.step(f"orrery deploy {NAME} --dags --path {PROJECT.relative_to(ROOT)}"):
            done = subprocess.run(argv, env={**os.environ, "ORRERY_CONTEXT": owner.CONTEXT}, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr

    def run(self, made: Json, run: str, *, on: str) -> None:
        """By Airflow's REST API at its Service, where an ingress controller would send it; `on` begins the names of its tasks' pods."""
        at = f"/api/v1/namespaces/{made['namespace']}/services/api-server"
        service = self.cluster.plane.api.get(at).body["spec"]
        base = f"http://{service['clusterIP']}:{service['ports'][0]['port']}/api/v2"
        airflow = Api(base, self.known.token, service="Airflow")
        with self.screen.step(f"Waiting until Airflow at {base} knows `{DAG}`") as step:
            until(step, lambda: airflow.get(f"/dags/{DAG}"))
        with self.screen.step(f"Running `{DAG}`") as step:
            airflow.send("PATCH", f"/dags/{DAG}", body={"is_paused": False})
            airflow.post(f"/dags/{DAG}/dagRuns", {"dag_run_id": run, "logical_date": None})
            until(step, lambda: self._is_over(step, made, airflow, run, on))
        tasks = airflow.get(f"/dags/{DAG}/dagRuns/{run}/taskInstances")["task_instances"]
        for task in tasks:
            self.screen.line(f"    {task['task_id']:<12} {task['state']:<8} {task['duration']:5.1f} s on {task['hostname']}")
        assert all(task["hostname"].startswith(on) and task["try_number"] == 1 for task in tasks), tasks

    def give_each_task_a_pod(self, made: Json) -> None:
        """Another executor: it waits until the last worker has gone."""
        changed = same(made) | {"isDevelopmentMode": True, "executor": "KUBERNETES", "environmentVariables": self._ways_to_releases()}
        with self.screen.step("Changing to a pod for each task") as step:
            self.api.post(f"{self.root}/deployments/{made['id']}", changed)
            until(step, lambda: self._is_healthy(step, made))
        assert not [pod for pod in self.pods(made["namespace"]) if pod["metadata"]["name"].startswith(("worker-", "broker-"))]

    def read_logs(self, made: Json) -> None:
        with self.screen.step("Reading what its components wrote, in entries") as step:
            until(step, lambda: self._have_written(step, made))

    def delete(self, made: Json) -> None:
        with self.screen.step(f"Deleting `{NAME}`") as step:
            self.api.delete(f"{self.root}/deployments/{made['id']}")
            until(step, lambda: not self.api.get(f"{self.root}/deployments")["totalCount"])

    def pods(self, namespace: str) -> list[Json]:
        found: list[Json] = self.cluster.plane.api.get(f"/api/v1/namespaces/{namespace}/pods").body["items"]
        return found

    def show_pods(self, namespace: str) -> None:
        for pod in self.pods(namespace):
            (container,) = pod["spec"]["containers"]
            self.screen.line(f"    {pod['metadata']['name']:<44} {pod['status']['phase']:<10} {container['image']}")

    def _ways_to_releases(self) -> list[Json]:
        """What Pod Identity gives pods on EKS: a way to the bucket of releases."""
        there = self.engine.environment
        told = {name: there[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION")}
        told["AWS_ENDPOINT_URL_S3"] = there["AWS_ENDPOINT_URL_S3"].replace("127.0.0.1", network.HOST)
        return [{"key": key, "value": value, "isSecret": True} for key, value in told.items()]

    def _is_open(self, step: Step, cluster_id: str) -> bool:
        seen = self.api.get(f"{self.root}/clusters/{cluster_id}")
        step.say(f"{seen['status']}, {seen['healthStatus']['value']}")
        assert seen["status"] != "CREATE_FAILED", seen
        return bool(seen["status"] == "CREATED" and seen["healthStatus"]["value"] == "HEALTHY")

    def _is_healthy(self, step: Step, made: Json) -> bool:
        seen = self.api.get(f"{self.root}/deployments/{made['id']}")
        step.say(", ".join(filter(None, (seen["status"].lower(), seen.get("statusReason")))))
        return bool(seen["status"] == "HEALTHY")

    def _have_written(self, step: Step, made: Json) -> bool:
        at = f"{self.root}/deployments/{made['id']}/logs"
        counts = {source: self.api.get(at, {"sources": source, "limit": 1000})["resultCount"] for source in SOURCES}
        step.say(", ".join(f"{source} {count}" for source, count in counts.items()))
        return all(counts.values())

    def _is_over(self, step: Step, made: Json, airflow: Api, run: str, on: str) -> bool:
        state = airflow.get(f"/dags/{DAG}/dagRuns/{run}")["state"]
        there = [pod for pod in self.pods(made["namespace"]) if pod["metadata"]["name"].startswith(on)]
        step.say(", ".join([state, *(f"{pod['metadata']['name']} {pod['status']['phase']}" for pod in there)]))
        assert state != "failed", "the run failed"
        return bool(state == "success")


def live(screen: Screen, cluster: Cluster, folder: Path) -> None:
    """All of it; fails with what was seen last."""
    with _customer(screen, cluster, folder) as customer:
        customer.register()
        registered = inventory.made(cluster.plane)
        made = customer.create()
        customer.show_pods(made["namespace"])
        customer.deploy()
        customer.run(made, "on-a-worker", on="worker-")
        customer.read_logs(made)
        customer.give_each_task_a_pod(made)
        customer.run(made, "in-pods", on="weather-etl-")
        customer.delete(made)
        left = inventory.made(cluster.plane) - registered
        assert not left, f"these are left: {sorted(left)}"
        screen.line("Nothing is left of any kind")


@contextlib.contextmanager
def _customer(screen: Screen, cluster: Cluster, folder: Path) -> Iterator[Customer]:
    """The platform on this machine, where pods reach it: PostgreSQL, the AWS engine and the plane as processes."""
    with contextlib.ExitStack() as stack:
        with screen.step("Starting PostgreSQL, the AWS engine and the control plane on this machine"):
            stack.enter_context(administration.serve(network.HOST))
            engine = stack.enter_context(Engine(folder / "aws", address=network.HOST))
            plane = Plane(State(folder / "plane"), engine, log=folder / "plane.log")
            stack.callback(plane.stop)
            url = plane.start(ORRERY_KUBECONFIG=str(cluster.plane.kubeconfig), ORRERY_ADDRESS=network.HOST)
            known = owner.settle(plane.state, url)
        yield Customer(screen, cluster, plane, engine, known, Api(url, known.token))


def until(step: Step, holds: Callable[[], object]) -> None:
    """Asks each second; who does not answer for a moment is asked again."""
    end, trouble = time.monotonic() + PATIENCE, ""
    while True:
        try:
            if holds():
                return
        except Failure as failure:
            trouble = f"; {failure}"
        assert time.monotonic() < end, f"{step.line()}: not after {PATIENCE:.0f} s{trouble}"
        time.sleep(1)
