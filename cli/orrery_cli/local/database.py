"""Metadata databases in SQLite: an empty one that is migrated once, and copies of it, which take no time."""

import contextlib
import hashlib
import json
import sqlite3
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from orrery_cli.failures import Failure
from orrery_cli.local.environments import Environment
from orrery_cli.local.objects import Objects
from orrery_cli.local.place import Place, read, write
from orrery_cli.output import note

_POOLS: Final = "pools.json"


def lasting(place: Place) -> Path:
    """The database of a started Airflow."""
    return place.home / "airflow.db"


def empty(place: Place, environment: Environment, variables: Mapping[str, str], given: Objects) -> Path:
    """A database in which nothing happened yet: migrated, with the project's pools. The caller holds the lock."""
    path = place.home / f"empty-{environment.airflow}-{_digest(given.pools)}.db"
    if not path.exists():
        for old in place.home.glob("empty-*"):
            old.unlink()
        note("Making the metadata database")
        making = path.with_suffix(".making")
        making.unlink(missing_ok=True)
        _bring_up_to_date(place, environment, variables, making, given)
        making.replace(path)
    return path


def bring_up_to_date(place: Place, environment: Environment, variables: Mapping[str, str], given: Objects) -> None:
    """The database of a started Airflow, new or as it was, for the Airflow and the pools there are now. The caller holds the lock."""
    path, mark = lasting(place), place.home / "airflow.db.json"
    now = {"airflow": environment.airflow, "pools": _digest(given.pools)}
    if not path.exists():
        copy(empty(place, environment, variables, given), path)
    elif read(mark) != now:
        note(f"Bringing the metadata database to Airflow {environment.airflow}")
        _bring_up_to_date(place, environment, variables, path, given)
    write(mark, now)


def copy(source: Path, target: Path) -> None:
    with contextlib.closing(sqlite3.connect(source)) as old, contextlib.closing(sqlite3.connect(target)) as new:
        old.backup(new)
    target.chmod(0o600)


def latest_run(database: Path, dag_id: str) -> dict[str, Any] | None:
    """What became of the last run of a DAG, with its task instances in the order they ended."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.row_factory = sqlite3.Row
        run = connection.execute(
            "SELECT run_id, state, logical_date, start_date, end_date FROM dag_run WHERE dag_id = ? ORDER BY id DESC LIMIT 1", (dag_id,)
        ).fetchone()
        if run is None:
            return None
        tasks = connection.execute(
            "SELECT task_id, map_index, state, duration FROM task_instance "
            "WHERE dag_id = ? AND run_id = ? ORDER BY end_date, task_id, map_index",
            (dag_id, run["run_id"]),
        ).fetchall()
    told = {"dagId": dag_id, "runId": run["run_id"], "state": run["state"], "logicalDate": _time(run["logical_date"])}
    times = {"startedAt": _time(run["start_date"]), "endedAt": _time(run["end_date"])}
    return told | times | {"tasks": [_task(each) for each in tasks]}


def _task(row: sqlite3.Row) -> dict[str, Any]:
    return {"taskId": row["task_id"], "mapIndex": row["map_index"], "state": row["state"], "seconds": row["duration"]}


def _time(stored: str | None) -> str | None:
    """SQLite keeps UTC without saying so."""
    return stored.replace(" ", "T")[:23] + "Z" if stored else None


def _bring_up_to_date(place: Place, environment: Environment, variables: Mapping[str, str], path: Path, given: Objects) -> None:
    _airflow(place, environment, variables, path, "db", "migrate")
    if given.pools:
        file = place.state / _POOLS
        write(file, given.pools)
        _airflow(place, environment, variables, path, "pools", "import", str(file))


def _airflow(place: Place, environment: Environment, variables: Mapping[str, str], path: Path, *words: str) -> None:
    log = place.logs / "migrate.log"
    with log.open("w") as file:
        done = subprocess.run(  # noqa: S603
            [environment.python, "-m", "airflow", *words],
            env={**variables, "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{path}"},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        told = "\n".join(log.read_text(errors="replace").strip().splitlines()[-5:])
        raise Failure(
            f"`airflow {' '.join(words[:2])}` failed (all of it is in `{log}`):\n{told}", kind="not_running", code="migration_failed"
        )


def _digest(pools: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(pools, sort_keys=True).encode()).hexdigest()[:8]
