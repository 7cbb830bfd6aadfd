"""A whole day's work at a terminal, on a running platform with a real Airflow: each word that is said, as a document and as a table.

`both` says a command twice, so it takes those that only look, and those that end where they began. What is changed once is said as a
document by one person and as a table by another, or there and back.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.e2e.airflow import Airflow
from tests.support.platform import Platform
from tests.support.terminal import Desk

OWNER, EVE, DAN = "owner@example.com", "eve@example.com", "dan@example.com"
Json = dict[str, Any]


@dataclass(frozen=True)
class Day:
    """Ada, who owns the Organization, a browser, and the Deployment that she works on."""

    platform: Platform
    page: Page
    ada: Desk
    deployment: Json
    project: Path

    @property
    def name(self) -> str:
        return str(self.deployment["name"])

    @property
    def code(self) -> str:
        return (self.platform.state / "sign-in" / "code").read_text().strip()

    def deployed(self) -> list[Json]:
        """Newest first."""
        found: list[Json] = self.ada.says("deploy", "list", self.name)["deploys"]
        return found


def work(day: Day) -> None:
    signs_in(day)
    begins_a_project(day)
    before = day.deployed()[0]["id"]
    first = deploys_it_twice(day)
    scales_and_watches(day)
    rolls_back(day, first, before)
    eve = invites(day)
    revokes(day, eve)
    signs_out(day)


def both(desk: Desk, *words: str, shown: str) -> Any:
    """The document; the same words as a table show `shown`, too."""
    document, table = desk.says(*words), desk.shows(*words)
    assert shown in table, f"orrery {' '.join(words)}:\n{table}"
    assert not table.lstrip().startswith("{")
    return document


def signs_in(day: Day) -> None:
    day.ada.signs_in(day.page, day.code, OWNER)
    me = both(day.ada, "whoami", shown=OWNER)
    assert (me["username"], me["tokenSource"]) == (OWNER, "sign-in")


def begins_a_project(day: Day) -> None:
    """Made here, then looked at and run by the real Airflow of its runtime."""
    path = str(day.project)
    assert both(day.ada, "init", path, shown="dags")["name"] == day.project.name
    checked = both(day.ada, "check", "--path", path, shown="1 DAGs, 0 errors")
    assert ([each["dagId"] for each in checked["dags"]], checked["errors"]) == (["example"], [])
    ran = both(day.ada, "local", "run", "example", "--path", path, shown="success")
    assert {each["state"] for each in ran["tasks"]} == {"success"}


def deploys_it_twice(day: Day) -> str:
    """The id of the first of the two; the second one is what its Airflow shows."""
    path, words = str(day.project), ("deploy", day.name, "--dags", "--wait", "--path")
    first: str = day.ada.says(*words, path, "--description", "first")["id"]
    dag = day.project / "dags" / "example.py"
    dag.write_text(dag.read_text().replace('tags=["example"]', 'tags=["example", "second"]'))
    assert "DEPLOYED" in day.ada.shows(*words, path, "--description", "second")

    second = both(day.ada, "deploy", "list", day.name, shown="second")["deploys"][0]
    assert both(day.ada, "deploy", "get", second["id"], "--deployment", day.name, shown="second") == second
    shown_by_airflow(day, {"example", "second"})
    return first


def shown_by_airflow(day: Day, tags: set[str]) -> None:
    airflow = Airflow(day.platform, day.deployment)
    day.platform.wait_until(f"Airflow shows the tags {tags}", lambda: tags == _tags(airflow, "example"), 90)


def _tags(airflow: Airflow, dag: str) -> set[str]:
    return {each["name"] for each in airflow.call("GET", f"/dags/{dag}")["tags"]}


def scales_and_watches(day: Day) -> None:
    """A worker because she says so, a run on it, and what the hypervisor, the components and the tasks said."""
    queue = ("deployment", "worker-queue", "update", "default", "--deployment", day.name, "--wait", "--min")
    day.ada.says(*queue, "1")
    airflow = Airflow(day.platform, day.deployment)
    airflow.trigger("example", "by-ada")
    run = day.platform.wait_until("its run is over", lambda: _ended(airflow.run("example", "by-ada")), 180)
    assert run["state"] == "success"
    assert day.platform.workers(day.deployment["id"]), "the queue keeps one although there is no task"

    queues = both(day.ada, "deployment", "worker-queue", "list", "--deployment", day.name, shown="default")["workerQueues"]
    assert next(each for each in queues if each["name"] == "default")["minWorkerCount"] == 1
    both(day.ada, "deployment", "inspect", day.name, shown=day.deployment["id"])
    decisions = both(day.ada, "deployment", "scaling-decisions", day.name, "--action", "launch", shown="LAUNCH")["scalingDecisions"]
    assert all(re.search(r"\d", each["reason"]) for each in decisions)
    logs = both(day.ada, "deployment", "logs", day.name, "--tasks", "--dag-id", "example", "--task-id", "report", shown="sales in all")
    assert "sales in all" in str(logs)
    assert both(day.ada, "deployment", "logs", day.name, "--scheduler", "--limit", "5", shown="scheduler")["logs"]
    assert "default" in day.ada.shows(*queue, "0")


def _ended(run: Json) -> Json | None:
    return run if run["state"] in ("success", "failed") else None


def rolls_back(day: Day, first: str, before: str) -> None:
    """To the first of the two, and from there to what was there in the morning."""
    words = ("--deployment", day.name, "--wait")
    assert day.ada.says("deploy", "rollback", first, *words)["rollbackFromId"]
    shown_by_airflow(day, {"example"})
    assert "DEPLOYED" in day.ada.shows("deploy", "rollback", before, *words)
    assert all(each["rollbackFromId"] for each in day.deployed()[:2])


def invites(day: Day) -> Desk:
    """Eve comes and may work; Dan is still asked."""
    ada, eve = day.ada, Desk(day.ada.url, day.ada.home.parent / "eve")
    link = ada.says("user", "invite", EVE, "--link")["url"]
    assert DAN in ada.shows("user", "invite", DAN)
    assert len(both(ada, "user", "invites", shown=EVE)["invites"]) == 2
    assert EVE in eve.shows("user", "accept", "--full-name", "Eve", stdin=link)
    eve.signs_in(day.page, day.code, EVE)

    workspace = day.deployment["workspaceName"]
    assert eve.may_not("deployment", "inspect", day.name) == "not_found"
    both(ada, "user", "roles", EVE, "--workspace-role", f"{workspace}=WORKSPACE_MEMBER", shown="WORKSPACE_MEMBER")
    assert both(eve, "deployment", "inspect", day.name, shown=day.name)["id"] == day.deployment["id"]
    assert both(ada, "user", "list", shown=EVE)["users"]
    return eve


def revokes(day: Day, eve: Desk) -> None:
    """A machine's token, an invitation and a member: each ends at the next request."""
    ada = day.ada
    robot = Desk(ada.url, ada.home.parent / "robot", ada.says("token", "create", "ci")["token"])
    assert "nightly" in ada.shows("token", "create", "nightly")
    both(robot, "deployment", "list", shown="")
    assert ada.says("token", "delete", "ci")["deleted"]
    assert "nightly" in ada.shows("token", "delete", "nightly")
    assert robot.may_not("deployment", "list") == "unauthenticated"

    assert DAN in ada.shows("user", "uninvite", DAN)
    assert ada.says("user", "remove", EVE)["deleted"]
    assert eve.may_not("whoami") == "unauthenticated"
    assert both(ada, "user", "invites", shown="")["invites"] == []


def signs_out(day: Day) -> None:
    assert day.ada.says("logout")["loggedOut"] is True
    assert "no" in day.ada.shows("logout").split(), "she is out already"
    assert day.ada.may_not("whoami") == "unauthenticated"
