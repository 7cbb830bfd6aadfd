"""Airflow's own REST API at the address of a Deployment, spoken with the token of the control plane."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from orrery_cli.failures import Failure
from orrery_cli.http import Api
from orrery_cli.lookup import segment

Item = dict[str, Any]


def connect(deployment: Item, token: str | None, *, renew: Callable[[str], str] | None = None) -> Api:
    """A client of this Deployment's Airflow; its address comes without a scheme, and only loopback is spoken to in the clear."""
    address = deployment["webServerAirflowApiUrl"].partition("?")[0]
    if not address:
        raise Failure(f"the Airflow of `{deployment['name']}` has no address yet", kind="not_running")
    if "://" not in address:
        host = urlsplit(f"//{address}").hostname or ""
        loopback = host in ("localhost", "127.0.0.1", "::1") or host.endswith(".localhost")
        address = f"{'http' if loopback else 'https'}://{address}"
    elif address.startswith("http://") and not (urlsplit(address).hostname or "").endswith("localhost"):
        raise Failure(f"the token is not sent in the clear to `{address}`", kind="not_running")
    return Api(address, token, renew=renew, service=f"the Airflow of `{deployment['name']}`")


def latest_run(airflow: Api, dag_id: str | None) -> Item:
    """The newest run of the DAG, or of any DAG."""
    path = f"/dags/{segment(dag_id) if dag_id else '~'}/dagRuns"
    runs = airflow.get(path, {"order_by": "-run_after", "limit": 1})["dag_runs"]
    if not runs:
        raise Failure(f"`{dag_id}` has no run yet" if dag_id else "nothing has run here yet", kind="not_found")
    return dict(runs[0])


def ended(airflow: Api, *, dag_id: str, run_id: str) -> bool:
    """Whether a run is over, however it went."""
    return airflow.get(_run(dag_id, run_id))["state"] in ("success", "failed")


def tried(airflow: Api, *, dag_id: str, run_id: str, task_id: str | None) -> list[Item]:
    """The task instances of a run that have been tried, in the order they started."""
    found: list[Item] = []
    while True:
        page = airflow.get(f"{_run(dag_id, run_id)}/taskInstances", {"limit": 100, "offset": len(found)})
        found += page["task_instances"]
        if not page["task_instances"] or len(found) >= page["total_entries"]:
            break
    chosen = [each for each in found if each["try_number"] > 0 and task_id in (None, each["task_id"])]
    return sorted(chosen, key=lambda each: (each["start_date"] or "~", each["task_id"], each["map_index"]))


def log(airflow: Api, instance: Item, try_number: int) -> list[Item]:
    """The log of one try, as {timestamp, level, event} lines."""
    path = f"{_run(instance['dag_id'], instance['dag_run_id'])}/taskInstances/{segment(instance['task_id'])}/logs/{try_number}"
    query: dict[str, str | int | None] = {"map_index": instance["map_index"], "full_content": "true"}
    lines: list[Item] = []
    while True:
        page = airflow.get(path, query)
        fresh = page["content"]
        lines += [each if isinstance(each, dict) else {"event": each} for each in fresh]
        if not fresh or not page.get("continuation_token") or page["continuation_token"] == query.get("token"):
            return lines
        query["token"] = page["continuation_token"]


def _run(dag_id: str, run_id: str) -> str:
    return f"/dags/{segment(dag_id)}/dagRuns/{segment(run_id)}"
