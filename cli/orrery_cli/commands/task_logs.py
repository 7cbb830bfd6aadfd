"""`orrery deployment logs --tasks`: what tasks wrote, read from the Deployment's own Airflow."""

from typing import Any

import click

from orrery_cli import airflow, lookup
from orrery_cli.commands.deployment import awake
from orrery_cli.failures import Failure
from orrery_cli.session import Session


def show(session: Session, name: str | None, asked: dict[str, Any]) -> None:
    """Print the logs of the tasks that were asked for; of the latest run of any DAG unless told otherwise."""
    dag_id, run_id, task_id = asked["dag_id"], asked["run_id"], asked["task_id"]
    if run_id and not dag_id:
        raise Failure("`--run-id` needs `--dag-id`: run ids repeat between DAGs", kind="usage")
    found = lookup.deployment(session, name)
    awake(found)
    api = airflow.connect(found, session.token, renew=session.renew)
    if not (dag_id and run_id):
        run = airflow.latest_run(api, dag_id)
        dag_id, run_id = run["dag_id"], run["dag_run_id"]
    assert dag_id
    assert run_id
    instances = airflow.tried(api, dag_id=dag_id, run_id=run_id, task_id=task_id)
    chosen = [each for each in instances if asked["map_index"] in (None, each["map_index"])]
    if not chosen:
        raise Failure(f"no such task has started in the run `{run_id}` of `{dag_id}`", kind="not_found")
    lines = [line for each in chosen for line in _lines(api, each, asked["try_number"])]
    if session.output == "table":
        for line in lines:
            click.echo(_text(line))
    else:
        session.show({"logs": lines})


def _lines(api: Any, instance: dict[str, Any], asked: int | None) -> list[dict[str, Any]]:
    try_number = asked or instance["try_number"]
    where = {
        "dagId": instance["dag_id"],
        "runId": instance["dag_run_id"],
        "taskId": instance["task_id"],
        "mapIndex": instance["map_index"],
        "tryNumber": try_number,
    }
    return [where | _line(each) for each in airflow.log(api, instance, try_number) if not _marker(each)]


def _line(entry: dict[str, Any]) -> dict[str, Any]:
    details = {key: value for key, value in entry.items() if key not in ("timestamp", "level", "event")}
    return {"timestamp": entry.get("timestamp"), "level": entry.get("level"), "event": entry.get("event", ""), "details": details}


def _marker(entry: dict[str, Any]) -> bool:
    """Airflow frames the sources of a log with group markers that say nothing about the task."""
    return str(entry.get("event", "")).startswith(("::group::", "::endgroup::"))


def _text(line: dict[str, Any]) -> str:
    task = line["taskId"] + (f"[{line['mapIndex']}]" if line["mapIndex"] >= 0 else "")
    level = (line["level"] or "").upper()
    return " ".join(filter(None, (line["timestamp"], task, level, str(line["event"]))))
