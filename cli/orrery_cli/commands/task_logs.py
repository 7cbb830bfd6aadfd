"""`orrery deployment logs --tasks`: what tasks wrote, read from the Deployment's own Airflow."""

import json
import time
from collections import Counter
from typing import Any, Final

import click

from orrery_cli import airflow, lookup
from orrery_cli.commands.deployment import awake
from orrery_cli.failures import Failure
from orrery_cli.session import Session

EVERY: Final = 3.0
"""Seconds between two looks of `--follow`."""
Line = dict[str, Any]
Try = tuple[str, int, int]
"""A task, its map index and the number of its try."""


def show(session: Session, name: str | None, asked: dict[str, Any], *, follow: bool) -> None:
    """Print the logs of the tasks that were asked for; of the latest run of any DAG unless told otherwise."""
    dag_id, run_id = asked["dag_id"], asked["run_id"]
    if run_id and not dag_id:
        raise Failure("`--run-id` needs `--dag-id`: run ids repeat between DAGs", kind="usage")
    found = lookup.deployment(session, name)
    awake(found)
    api = airflow.connect(found, session.token, renew=session.renew)
    if not (dag_id and run_id):
        run = airflow.latest_run(api, dag_id)
        dag_id, run_id = run["dag_id"], run["dag_run_id"]
    of_run = {"dag_id": dag_id, "run_id": run_id}
    if follow:
        return _follow(session, api, of_run, asked)
    lines = _read(api, of_run, asked)
    if not lines:
        raise Failure(f"no such task has started in the run `{run_id}` of `{dag_id}`", kind="not_found")
    if session.output == "table":
        return _print(session, [line for each in lines.values() for line in each])
    return session.show({"logs": [line for each in lines.values() for line in each]})


def _read(api: Any, of_run: dict[str, str], asked: dict[str, Any]) -> dict[Try, list[Line]]:
    """The lines of each task instance's last try, or of the one that was asked for."""
    instances = airflow.tried(api, **of_run, task_id=asked["task_id"])
    chosen = [each for each in instances if asked["map_index"] in (None, each["map_index"])]
    return {_try(each, asked["try_number"]): _lines(api, each, asked["try_number"]) for each in chosen}


def _follow(session: Session, api: Any, of_run: dict[str, str], asked: dict[str, Any]) -> None:
    """Print what comes until the run is over; each look prints what no look before it had."""
    shown: Counter[Try] = Counter()
    while True:
        over = airflow.ended(api, **of_run)  # asked first, so that the last lines are read after the end
        for key, lines in _read(api, of_run, asked).items():
            _print(session, lines[shown[key] :])
            shown[key] = max(shown[key], len(lines))
        if over:
            return
        time.sleep(EVERY)


def _try(instance: dict[str, Any], asked: int | None) -> Try:
    return instance["task_id"], instance["map_index"], asked or instance["try_number"]


def _print(session: Session, lines: list[Line]) -> None:
    for line in lines:
        click.echo(json.dumps(line, ensure_ascii=False) if session.output == "json" else _text(line))


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
