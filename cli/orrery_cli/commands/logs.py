"""`orrery deployment logs`: what Airflow's components wrote, and with an option about tasks what these wrote."""

import json
import re
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import click

from orrery_cli import lookup
from orrery_cli.commands import task_logs
from orrery_cli.commands.deployment import NAMED
from orrery_cli.failures import Failure
from orrery_cli.session import Session, current
from orrery_cli.shared import command

SOURCES = ("scheduler", "worker", "triggerer", "dag-processor", "apiserver")
_EVERY = 3.0
_OVERLAP = 300
"""Seconds that each look of `--follow` goes back: lines come late when the agent was away."""
_UNITS = {"s": 1, "m": 60, "h": 3600}
_PAGE = 5000

Entry = dict[str, Any]


@command("logs")
@NAMED
@click.option("--scheduler", "sources", flag_value="scheduler", multiple=True, help="Only the scheduler.")
@click.option("--worker", "sources", flag_value="worker", multiple=True, help="Only the workers.")
@click.option("--triggerer", "sources", flag_value="triggerer", multiple=True, help="Only the triggerer.")
@click.option("--dag-processor", "sources", flag_value="dag-processor", multiple=True, help="Only the DAG processor.")
@click.option("--api-server", "sources", flag_value="apiserver", multiple=True, help="Only the API server.")
@click.option("--search", metavar="TEXT", help="Only entries that hold TEXT; `fail*` finds words that begin so.")
@click.option("--since", default="24h", show_default=True, metavar="30m", help="How far to look back: s, m or h; at most 24h.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=500, show_default=True, help="The newest so many entries.")
@click.option(
    "-f",
    "--follow",
    is_flag=True,
    help="Go on with what is written from now on, of tasks until their run ends; with `-o json` one entry a line.",
)
@click.option("--tasks", is_flag=True, help="Task logs of the run that was last, not the components'.")
@click.option("--dag-id", help="Task logs of this DAG; of the one that ran last when left out.")
@click.option("--run-id", help="Task logs of this run; the DAG's latest when left out.")
@click.option("--task-id", help="Task logs of this task; all of the run's tasks when left out.")
@click.option("--map-index", type=int, help="Task logs of one of a mapped task's instances.")
@click.option("--try", "try_number", type=click.IntRange(min=1), help="Task logs of this try; the last one when left out.")
def logs(name: str | None, sources: tuple[str, ...], search: str | None, since: str, limit: int, follow: bool, **asked: Any) -> None:
    """Print what a Deployment's components wrote, or its tasks.

    The scheduler's, workers', triggerer's, DAG processor's and API server's logs of the last 24 hours come from the control
    plane, oldest first, also while the Deployment hibernates. Task logs are read from its Airflow.

    \b
    Examples:
      orrery deployment logs etl
      orrery deployment logs etl --scheduler --search "error" --since 1h
      orrery deployment logs etl --worker --follow -o json
      orrery deployment logs etl --tasks
      orrery deployment logs etl --tasks --follow -o json
      orrery deployment logs etl --dag-id weather_etl --task-id load
    """
    session = current()
    if follow and session.output == "yaml":
        raise Failure("`--follow` writes lines; use `-o json` or a table", kind="usage")
    if asked.pop("tasks") or any(value is not None for value in asked.values()):
        if sources or search:
            raise Failure("task logs take no options of components; leave out one or the other", kind="usage")
        return task_logs.show(session, name, asked, follow=follow)
    path = f"{session.root}/deployments/{lookup.deployment(session, name)['id']}/logs"
    query: dict[str, Any] = {"sources": list(sources or SOURCES), "searchText": search, "range": _seconds(since)}
    found = _read(session, path, query, limit)
    if session.output == "table" or follow:
        _print(session, found)
    else:
        session.show({"logs": found})
    if follow:
        _follow(session, path, query, found)
    return None


def _read(session: Session, path: str, query: dict[str, Any], limit: int) -> list[Entry]:
    """The newest entries, oldest first, over as many pages as it takes."""
    found: list[Entry] = []
    search_id = None
    while len(found) < limit:
        asked = {"limit": min(limit - len(found), _PAGE), "offset": len(found), "maxNumResults": limit, "searchId": search_id}
        page = session.api.get(path, query | asked)
        found += page["results"]
        search_id = page["searchId"]
        if not page["results"] or page["resultCount"] < page["limit"]:
            break
    return found[::-1]


def _follow(session: Session, path: str, query: dict[str, Any], shown: list[Entry]) -> None:
    """Each look goes back a little, and shows what no look before it has."""
    before = Counter(map(json.dumps, shown))
    while True:
        time.sleep(_EVERY)
        found = _read(session, path, query | {"range": _OVERLAP}, 10_000)
        fresh = [entry for entry in found if not _taken(before, json.dumps(entry))]
        _print(session, fresh)
        before = Counter(map(json.dumps, found))


def _taken(counted: Counter[str], entry: str) -> bool:
    """Whether an entry was shown: each of several alike counts once."""
    counted[entry] -= 1
    return counted[entry] >= 0


def _print(session: Session, entries: list[Entry]) -> None:
    for entry in entries:
        click.echo(json.dumps(entry, ensure_ascii=False) if session.output == "json" else _text(entry))


def _text(entry: Entry) -> str:
    """The component and its words; with a time in front where the words have none."""
    raw = str(entry["raw"])
    at = (
        ""
        if re.match(r"\[?\d{4}-\d\d-\d\d", raw)
        else datetime.fromtimestamp(entry["timestamp"], UTC).isoformat(timespec="milliseconds") + " "
    )
    return f"{entry['source']:13} {at}{raw}"


def _seconds(since: str) -> int:
    found = re.fullmatch(r"(\d{1,6})([smh])", since)
    seconds = int(found[1]) * _UNITS[found[2]] if found else 0
    if not 0 < seconds <= 86400:
        raise Failure(f"`--since {since}` is no time such as `90s`, `30m` or `24h`; 24 hours are the most", kind="usage")
    return seconds
