"""The main job, run for real and hit where it hurts: a server, the control plane and an Airflow process die under it.

Every effect is traced to who made it: the sagas' histories, the hypervisor's decisions, the agent's log, process ids.
"""

import itertools
import json
import os
import re
import signal
import time
from typing import Any

import pytest

from tests.e2e.airflow import Airflow, deployment
from tests.e2e.day import Day, work
from tests.support.platform import ROOT, Platform, ended_as, states_of
from tests.support.terminal import Desk
from tests.support.workers import own_state

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1800)]

CREATED = [
    "EnsureNamespace", "EnsureDatabase", "EnsureBroker", "EnsureRelease", "EnsureAirflow", "EnsureQueues", "AwaitHealthy",
    "EnsureIngress", "MarkReady", "Ready",
]  # fmt: skip
AWAY = 600
"""Seconds without a control plane: longer than a lease (90 s), so that the agent must have gone on alone."""
QUEUES = [
    {"name": "default", "isDefault": True, "astroMachine": "A5", "minWorkerCount": 0, "maxWorkerCount": 2, "workerConcurrency": 5},
    {"name": "heavy", "isDefault": False, "astroMachine": "A5", "minWorkerCount": 0, "maxWorkerCount": 3, "workerConcurrency": 2},
]


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    platform = Platform(own_state(tmp_path_factory.mktemp("main-job")))
    yield platform
    platform.end()


def healthy(platform: Platform, name: str) -> Any:
    found = deployment(platform, name)
    return found if found and found["status"] == "HEALTHY" else None


def creations(platform: Platform, id: str) -> dict[str, str]:
    """Attempt to outcome, of the saga that makes this Deployment."""
    runs = platform.executions("create_deployment")
    return {name.rsplit("-", 1)[1]: ended_as(history) for name, history in sorted(runs.items()) if name.startswith(f"{id}-1-")}


def test_the_main_job_survives_a_server_dying_under_a_create(platform):
    platform.up("--calm")
    running = platform.wait_until("a create saga is on its way", lambda: next(iter(platform.executions("create_deployment")), None), 420)
    os.kill(platform.child("aws"), signal.SIGKILL)
    platform.wait_until("the main job has ended well", lambda: "Try next" in platform.said(), 480)

    hello = healthy(platform, "hello")
    assert hello, platform.said()[-2000:]
    assert re.search(rf"\n  Console +http://localhost:{platform.port}/\n  Its code +\S+ ", platform.said())
    assert running.startswith(hello["id"])
    done = [history for history in platform.executions("create_deployment").values() if ended_as(history) == "SUCCEEDED"]
    assert states_of(done[-1])[-2:] == CREATED[-2:]
    assert set(CREATED) <= {state for history in platform.executions("create_deployment").values() for state in states_of(history)}


def test_the_hypervisor_asked_for_the_workers_and_the_agent_started_them(platform):
    hello = deployment(platform, "hello")
    decisions = platform.cli("deployment", "scaling-decisions", hello["id"])["scalingDecisions"]
    launches = [each for each in decisions if each["action"] == "LAUNCH" and each["queue"] == "heavy"]
    assert launches
    assert all(re.search(r"\d", each["reason"]) and each["leaseGeneration"] > 0 for each in launches)

    ticks = platform.executions("tick_hypervisor")
    assert any("PlanShard" in state for history in ticks.values() for state in states_of(history))

    acted = [each for each in agent_log(platform) if each.get("deployment") == hello["id"] and each.get("action") == "LAUNCH"]
    assert {each["leaseGeneration"] for each in acted} & {each["leaseGeneration"] for each in launches}


def test_what_the_components_wrote_can_be_read(platform):
    def lines():
        return platform.cli("deployment", "logs", "hello", "--scheduler", "--search", "starting the sched*")["logs"]

    assert platform.wait_until("the scheduler's first words have arrived", lines, 60)[0]["source"] == "scheduler"


def test_a_second_deployment_is_made_although_the_control_plane_dies_halfway(platform):
    workspace = platform.cli("workspace", "list")["workspaces"][0]
    root = f"/v1/organizations/{workspace['organizationId']}/deployments"
    hello = deployment(platform, "hello")
    body = {
        "type": "STANDARD", "name": "second", "workspaceId": workspace["id"], "clusterId": hello["clusterId"], "executor": "CELERY",
        "schedulerSize": "SMALL", "isDevelopmentMode": True, "isCicdEnforced": False, "isDagDeployEnabled": True,
        "isHighAvailability": False, "workerQueues": QUEUES,
    }  # fmt: skip
    second = platform.api("POST", root, body)
    platform.wait_until("its saga is under way", lambda: creations(platform, second["id"]) == {"1": "RUNNING"}, 60)
    os.kill(platform.child("plane"), signal.SIGKILL)

    platform.wait_until("it is healthy all the same", lambda: healthy(platform, "second"), 480)
    attempts = creations(platform, second["id"])
    assert attempts["1"] == "ABORTED"
    assert list(attempts.values())[-1] == "SUCCEEDED"


def test_code_deploys_and_runs_although_a_server_and_half_of_its_airflow_die(platform):
    second = deployment(platform, "second")
    os.kill(platform.child("aws"), signal.SIGKILL)
    platform.wait_until("a deploy goes through", lambda: _deployed(platform, second), 120)
    airflow = Airflow(platform, second)
    platform.wait_until("its DAG is visible", lambda: airflow.call("GET", "/dags/fan_out"), 60)

    airflow.trigger("fan_out", "by-hand")
    platform.wait_until("tasks are running", lambda: _running(airflow, "by-hand"), 180)
    seen = platform.workers(second["id"])
    for part in ("scheduler", "api-server"):
        os.kill(platform.parts(second["id"])[part], signal.SIGKILL)
    run = platform.wait_until("the run has ended", lambda: _ended(airflow, "by-hand"), 300)

    assert run["state"] == "success"
    assert seen
    assert seen <= {each["worker"] for each in agent_log(platform) if each["action"] == "LAUNCH"}
    assert run["bundle_version"] == deployment(platform, "second")["dagTarballVersion"]
    assert {(task["state"], task["try_number"]) for task in airflow.tasks("fan_out", "by-hand")} == {("success", 1)}
    platform.wait_until("the workers are gone again", lambda: not platform.workers(second["id"]), 240)


def test_a_whole_day_is_worked_from_the_terminal(platform, page, tmp_path):
    second = deployment(platform, "second")
    work(Day(platform, page, Desk(f"http://localhost:{platform.port}", tmp_path / "ada"), second, tmp_path / "shop"))

    airflow = Airflow(platform, second)
    platform.wait_until("what was there in the morning is there again", lambda: not airflow.call("GET", "/dags/fan_out")["is_stale"], 90)


def test_nothing_is_lost_and_scaling_goes_on_without_the_control_plane(platform):
    second = deployment(platform, "second")
    airflow, plane = Airflow(platform, second), platform.child("plane")
    os.kill(plane, signal.SIGSTOP)
    try:
        began = time.monotonic()
        for number in itertools.count():
            airflow.trigger("fan_out", f"alone-{number}")
            run = platform.wait_until("a run without a control plane ends", lambda n=number: _ended(airflow, f"alone-{n}"), 300)
            assert run["state"] == "success"
            platform.wait_until("its workers are gone again", lambda: not platform.workers(second["id"]), 240)
            if time.monotonic() - began > AWAY:
                break
        alone = [each for each in agent_log(platform) if "reactive" in json.dumps(each)]
        assert any(each["action"] == "LAUNCH" for each in alone)
        assert all(task["try_number"] == 1 for n in range(number + 1) for task in airflow.tasks("fan_out", f"alone-{n}"))
    finally:
        os.kill(plane, signal.SIGCONT)


def test_ctrl_c_ends_every_process(platform):
    before = platform.processes()
    assert len(before) > 10
    assert platform.interrupt() == 0
    assert platform.processes() == []


def test_a_second_start_comes_back_with_everything_and_runs_again(platform):
    known = {path.name for path in (platform.state / "home" / "deployments").iterdir()}
    told = len(platform.said())
    platform.up("--once")
    platform.wait_until("the second main job has ended well", lambda: "Try next" in platform.said()[told:], 300)
    platform.wait_until("it has ended by itself", lambda: platform.process.poll() == 0, 120)

    assert "Bringing back the Deployment" in platform.said()[told:]
    assert {path.name for path in (platform.state / "home" / "deployments").iterdir()} == known
    assert platform.processes() == []


def agent_log(platform: Platform) -> list[dict]:
    files = (platform.state / "agent").glob("*.jsonl*")
    return [json.loads(line) for file in files for line in file.read_text().splitlines() if line.strip()]


def _deployed(platform: Platform, target: dict) -> bool:
    answer = platform.cli("deploy", target["id"], "--dags", "--path", str(ROOT / "examples/hello"), check=False)
    return bool(answer) and answer.get("status") == "DEPLOYED"


def _running(airflow: Airflow, run: str) -> bool:
    return any(task["state"] == "running" for task in airflow.tasks("fan_out", run))


def _ended(airflow: Airflow, run: str) -> dict | None:
    found = airflow.run("fan_out", run)
    return found if found["state"] in ("success", "failed") else None
