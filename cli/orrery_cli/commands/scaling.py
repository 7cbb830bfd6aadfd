"""`orrery deployment what-if` and `advice`: a recorded day under other terms, and what should be set otherwise."""

from typing import Any

import click

from orrery_cli import lookup
from orrery_cli import specification as spec
from orrery_cli.commands.deployment import NAMED
from orrery_cli.session import current
from orrery_cli.shared import command
from orrery_cli.waiting import Item

OUTCOMES = ("queue", "case", "workerHours", "launches", "peakWorkers", "tasks", "waitedSeconds", "waitP50Seconds", "waitP99Seconds")
ADVICE = ("queue", "kind", "current", "proposed", "savedWorkerHoursPerWeek", "reason")


@command("what-if")
@NAMED
@click.option("--style", type=click.Choice(("BALANCED", "ECONOMY"), case_sensitive=False), required=True, help="The style to replay with.")
@click.option("--day", metavar="DAY", help="A day in UTC, as 2026-01-31; yesterday when no time is named.")
@click.option("--from", "startDate", metavar="TIME", help="In place of a day: from then on, as 2026-01-31T08:00:00Z.")
@click.option("--to", "endDate", metavar="TIME", help="Until then, at most a day later.")
@click.option("--start-seconds", "startSeconds", type=click.IntRange(1, 3600), help="If a worker took so long to start.")
@click.option("--min", "minWorkerCount", type=click.IntRange(0, 1000), help="If every queue kept so many workers.")
@click.option("--max", "maxWorkerCount", type=click.IntRange(1, 1000), help="If every queue might have so many workers.")
def what_if(name: str | None, **asked: Any) -> None:
    """What a recorded day would have cost under other terms; nothing is changed by asking.

    Each queue has three lines: as it was, replayed as it is set now, and replayed as you ask. Compare the last two; the
    first shows how near a replay comes. `-o json` also shows what the replay decided.

    \b
    Examples:
      orrery deployment what-if etl --style economy --day 2026-01-31
      orrery deployment what-if etl --style balanced --min 0 --from 2026-01-31T08:00:00Z --to 2026-01-31T12:00:00Z
    """
    session = current()
    found = lookup.deployment(session, name)
    answer = session.api.post(f"{session.root}/deployments/{found['id']}/scaling-replays", spec.given(**asked))
    session.show(answer if session.output != "table" else {"outcomes": _lines(answer)}, OUTCOMES)


@command("advice")
@NAMED
def advice(name: str | None) -> None:
    """What the last week says about each queue's bounds, size and style, with the saving in worker-hours.

    \b
    Examples:
      orrery deployment advice etl
    """
    session = current()
    found = lookup.deployment(session, name)
    session.show(session.api.get(f"{session.root}/deployments/{found['id']}/scaling-advice"), ADVICE)


def _lines(answer: Item) -> list[Item]:
    names = {"recorded": "as it was", "baseline": f"{answer['baselineStyle']}, replayed", "replayed": f"{answer['style']}, as asked"}
    return [
        {"queue": queue["queue"] or "(all)", "case": words, **queue[case]}
        for queue in (answer["total"], *answer["queues"])
        for case, words in names.items()
    ]
