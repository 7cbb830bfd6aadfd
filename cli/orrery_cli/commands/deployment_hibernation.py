"""`orrery deployment hibernation`: the rules by which a Deployment sleeps and wakes by itself."""

from typing import Any

import click

from orrery_cli import lookup
from orrery_cli import specification as spec
from orrery_cli.commands.deployment import NAMED, changed
from orrery_cli.session import current
from orrery_cli.shared import command
from orrery_cli.waiting import Item

_CATCH_UP = click.Choice(("as-written", "latest"), case_sensitive=False)


@command("hibernation")
@NAMED
@click.option("--schedule", "schedules", multiple=True, nargs=2, metavar="SLEEP WAKE", help="Two cron expressions; replaces all others.")
@click.option("--time-zone", metavar="ZONE", help="The zone of these schedules, such as Europe/Berlin; UTC when left out.")
@click.option("--no-schedules", is_flag=True, help="Remove every schedule.")
@click.option("--idle-after", type=click.IntRange(1, 10_080), metavar="MINUTES", help="Sleep when nothing has run for so long.")
@click.option("--no-idle", is_flag=True, help="Never sleep just because nothing runs.")
@click.option("--catch-up", type=_CATCH_UP, help="Missed runs: as each DAG says, or only the latest of each.")
@click.option("--wake-on-visit/--no-wake-on-visit", default=None, help="Whether a visit to its Airflow wakes it.")
def hibernation(name: str | None, **asked: Any) -> None:
    """The rules by which a Deployment sleeps; without options it shows them and what comes next.

    A person's word (`hibernate`, `wake-up`) stands over the schedules, and the schedules over the idle rule. Running tasks always end
    first. Asleep by the idle rule, it is awake again before its next run is due; asleep by a schedule, it misses the runs of that time.

    \b
    Examples:
      orrery deployment hibernation etl
      orrery deployment hibernation etl --idle-after 30
      orrery deployment hibernation etl --schedule "0 20 * * 1-5" "0 7 * * 1-5" --time-zone Europe/Berlin
      orrery deployment hibernation etl --no-schedules --no-idle --catch-up latest
    """
    if asked["no_schedules"] and asked["schedules"]:
        raise click.UsageError("--schedule and --no-schedules cannot both be meant")
    if asked["no_idle"] and asked["idle_after"]:
        raise click.UsageError("--idle-after and --no-idle cannot both be meant")
    if asked["time_zone"] and not asked["schedules"]:
        raise click.UsageError("--time-zone says how a --schedule is read; name one")
    session = current()
    found = lookup.deployment(session, name)
    if rules := _rules(asked):
        found = changed(session, found, {"scalingSpec": {"hibernationSpec": rules}})
    session.show(_shown(found))


def _rules(asked: dict[str, Any]) -> Item:
    rules: Item = {}
    if asked["schedules"] or asked["no_schedules"]:
        zone = spec.given(timeZone=asked["time_zone"])
        rules["schedules"] = [
            {"hibernateAtCron": sleep, "wakeAtCron": wake, "isEnabled": True, **zone} for sleep, wake in asked["schedules"]
        ]  # fmt: skip
    if asked["idle_after"] or asked["no_idle"]:
        rules["idle"] = {"isEnabled": not asked["no_idle"], **spec.given(afterMinutes=asked["idle_after"])}
    catch_up = asked["catch_up"].upper().replace("-", "_") if asked["catch_up"] else None
    return rules | spec.given(catchUp=catch_up, wakeOnVisit=asked["wake_on_visit"])


def _shown(found: Item) -> Item:
    rules = (found.get("scalingSpec") or {}).get("hibernationSpec") or {}
    status = (found.get("scalingStatus") or {}).get("hibernationStatus") or {}
    return {"id": found["id"], "name": found["name"], **rules, **status}
