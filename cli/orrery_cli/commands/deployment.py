"""`orrery deployment`: an Airflow environment from its making to its end."""

from datetime import UTC, datetime, timedelta
from typing import Any

import click

from orrery_cli import lookup, names, waiting
from orrery_cli import specification as spec
from orrery_cli.failures import Failure
from orrery_cli.session import Session, current
from orrery_cli.shared import group
from orrery_cli.waiting import Item

COLUMNS = ("id", "name", "status", "namespace", "airflowVersion", "executor", "workspaceName", "webServerUrl")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
DECISIONS = ("decidedAt", "queue", "action", "cause", "current", "target", "queued", "running", "reason")
OF = click.option("--deployment", metavar="NAME|ID", help="The Deployment; the only one, when left out.", shell_complete=names.deployments)
NAMED = click.argument("name", metavar="[NAME|ID]", required=False, shell_complete=names.deployments)
WAIT = click.option("--wait", is_flag=True, help="Return when it is done, with progress on stderr.")
TIMEOUT = click.option("--timeout", type=click.IntRange(min=1), default=600, show_default=True, help="The longest wait in seconds.")


@group(
    "deployment",
    names={
        "create": "deployment_change:create | Make a Deployment.",
        "apply": "deployment_apply:apply | Make or change a Deployment to what a file says.",
        "update": "deployment_change:update | Change a Deployment; what is not named stays.",
        "hibernation": "deployment_hibernation:hibernation | See and set the rules by which a Deployment sleeps.",
        "worker-queue": "worker_queue:worker_queue | Make, change and remove a Deployment's worker queues.",
        "variable": "variable:variable | Set and remove a Deployment's own environment variables.",
        "user": "deployment_member:user | Say which members work on a Deployment, and as what.",
        "team": "deployment_member:team | Say which teams work on a Deployment, and as what.",
        "token": "deployment_member:token | Say which API tokens reach a Deployment, and as what.",
        "options": "options:deployment_options | What a Deployment can be made of: runtimes, machines, sizes.",
        "agent-token": "agent_token:agent_token | Make and remove the tokens of a Deployment's remote agents.",
        "what-if": "scaling:what_if | Replay a recorded day under other terms.",
        "advice": "scaling:advice | What should be set otherwise, with the saving.",
        "logs": "logs:logs | Read the logs of components and tasks.",
    },
)
def deployment() -> None:
    """Make, change, watch and remove Deployments: each is an Airflow environment of its own.

    \b
    Examples:
      orrery deployment create etl --queue heavy:min=0,max=4 --wait
      orrery deployment inspect etl -o json
      orrery deployment logs etl --dag-id weather_etl
      orrery deployment delete etl --yes --wait
    """


@deployment.command("list")
@click.option("--all", "everywhere", is_flag=True, help="Of the whole Organization, whatever Workspace the context names.")
def list_deployments(everywhere: bool) -> None:
    """The Deployments of the chosen Workspace, or of the Organization when none is chosen."""
    session = current()
    path = f"{session.root}/deployments"
    found = session.api.items(path, "deployments") if everywhere else lookup.deployments(session)
    session.show({"deployments": found}, COLUMNS)


@deployment.command("inspect")
@NAMED
@click.option("--template", "as_template", is_flag=True, help="As a file for `apply`: its settings alone, secrets without their values.")
def inspect(name: str | None, as_template: bool) -> None:
    """Everything the API says about one Deployment.

    \b
    Examples:
      orrery deployment inspect etl
      orrery deployment inspect etl -o json | jq -r .webServerUrl
      orrery deployment inspect etl --template > etl.yaml
    """
    session = current()
    found = lookup.deployment(session, name)
    if as_template:
        from orrery_cli import template  # for this one option

        session.output = "yaml" if session.output == "table" else session.output
        found = template.of(found)
    session.show(found)


@deployment.command("delete")
@click.argument("name", metavar="NAME|ID", shell_complete=names.deployments)
@WAIT
@TIMEOUT
def delete(name: str, wait: bool, timeout: int) -> None:
    """Remove a Deployment with its database, logs and DAGs.

    \b
    Examples:
      orrery deployment delete etl --yes --wait
    """
    session = current()
    found = lookup.deployment(session, name)
    session.confirm(f"delete the Deployment `{found['name']}` with its database and logs")
    session.api.delete(_path(session, found))
    if wait:
        waiting.until_gone(session, found, timeout=timeout)
    session.show({"id": found["id"], "name": found["name"], "deleted": True})


@deployment.command("open")
@NAMED
@click.option("--browser", is_flag=True, help="Open it in the browser of this machine too.")
def open_airflow(name: str | None, browser: bool) -> None:
    """Print a link that signs you in to the Deployment's Airflow; it works once and for a minute.

    \b
    Examples:
      orrery deployment open etl
      orrery deployment open etl -o json | jq -r .url
    """
    session = current()
    found = lookup.deployment(session, name)
    awake(found)
    answer = session.api.post(f"{_path(session, found)}/handover", None)
    if browser:
        click.launch(answer["url"])
    session.show(answer if session.output != "table" else answer["url"])


@deployment.command("hibernate")
@NAMED
@click.option("--until", metavar="TIME", help="When its own rules decide again, as 2026-01-31T08:00:00Z.")
@click.option("--for", "span", metavar="SPAN", help="The same as a span from now, such as 90m, 12h or 3d.")
@click.option("--remove-override", is_flag=True, help="Take the word back: its own rules decide at once.")
@WAIT
@TIMEOUT
def hibernate(name: str | None, until: str | None, span: str | None, remove_override: bool, **waits: int) -> None:
    """Let running tasks end, then stop Airflow; the database stays.

    Without a time it sleeps until somebody needs it: a deploy or a visit to its address wakes it. With one it sleeps until then,
    whatever comes.

    \b
    Examples:
      orrery deployment hibernate etl --yes --wait
      orrery deployment hibernate etl --for 12h --yes
      orrery deployment hibernate etl --remove-override
    """
    session = current()
    found = lookup.deployment(session, name)
    if remove_override:
        return session.show(_taken_back(session, found))
    session.confirm(f"hibernate the Deployment `{found['name']}`: no DAG runs while it sleeps")
    answer = _override(session, found, hibernating=True, until=_until(until, span))
    if waits["wait"]:
        waiting.until(session, found, done=lambda now: now["status"] == "HIBERNATING", timeout=waits["timeout"])
    return session.show(answer)


@deployment.command("wake-up")
@NAMED
@click.option("--until", metavar="TIME", help="When its own rules decide again; until further notice when left out.")
@click.option("--for", "span", metavar="SPAN", help="The same as a span from now, such as 90m, 12h or 3d.")
@click.option("--remove-override", is_flag=True, help="Take the word back: its own rules decide at once.")
@WAIT
@TIMEOUT
def wake_up(name: str | None, until: str | None, span: str | None, remove_override: bool, **waits: int) -> None:
    """Start a hibernating Deployment again, and keep it awake.

    \b
    Examples:
      orrery deployment wake-up etl --wait
      orrery deployment wake-up etl --for 2h
      orrery deployment wake-up etl --remove-override
    """
    session = current()
    found = lookup.deployment(session, name)
    answer = _taken_back(session, found) if remove_override else _override(session, found, hibernating=False, until=_until(until, span))
    if waits["wait"]:
        waiting.until(session, found, done=lambda now: now["status"] == "HEALTHY", timeout=waits["timeout"])
    session.show(answer)


@deployment.command("scaling-decisions")
@NAMED
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="The newest so many.")
@click.option("--queue", help="Only those about this worker queue.")
@click.option("--action", type=click.Choice(("LAUNCH", "DRAIN", "HOLD"), case_sensitive=False), help="Only these actions.")
@click.option("--cause", help="Only what this rule decided, such as DEMAND or AT_CEILING.")
@click.option("--since", "startDate", metavar="TIME", help="Only since then: a day, or a time such as 2026-01-31T08:00:00Z.")
@click.option("--until", "endDate", metavar="TIME", help="Only until then.")
@click.option("--shadow", is_flag=True, help="What the Deployment's shadow style would have decided.")
def scaling_decisions(name: str | None, **asked: Any) -> None:
    """What the hypervisor decided for each worker queue, and why; `-o json` shows what each was made from.

    \b
    Examples:
      orrery deployment scaling-decisions etl --limit 5
      orrery deployment scaling-decisions etl --queue heavy --action LAUNCH --since 2026-01-31
    """
    session = current()
    found = lookup.deployment(session, name)
    query = {key: value for key, value in asked.items() if value and key != "shadow"}
    query |= {"cause": asked["cause"].upper()} if asked["cause"] else {}
    query |= {"isShadow": "true"} if asked["shadow"] else {}
    page = session.api.get(f"{_path(session, found)}/scaling-decisions", {"offset": 0, **query})
    session.show({"scalingDecisions": page["scalingDecisions"]}, DECISIONS)


def changed(session: Session, found: Item, changes: Item, *, wait: bool = False, timeout: int = 0) -> Item:
    """The Deployment after an update of nothing but these; as it settled, where that is waited for."""
    answer = dict(session.api.post(_path(session, found), {**spec.unchanged(found), **changes}))
    return waiting.until(session, answer, done=waiting.settled, timeout=timeout) if wait else answer


def awake(found: Item) -> None:
    """Airflow answers only while its Deployment runs; anything else is said before it is tried."""
    if found["status"] == "HIBERNATING":
        message = f"deployment `{found['name']}` hibernates; wake it with `orrery deployment wake-up {found['name']}`"
        raise Failure(message, kind="deployment_hibernating")
    if found["status"] == "CREATING":
        raise Failure(f"deployment `{found['name']}` is still being created", kind="not_running")


def _taken_back(session: Session, found: Item) -> Item:
    session.api.delete(f"{_path(session, found)}/hibernation-override")
    return {"isActive": False}


def _until(until: str | None, span: str | None) -> str | None:
    """A time as the API takes it."""
    if span is None:
        return until
    amount, unit = span[:-1], _UNITS.get(span[-1:])
    if until or unit is None or not amount.isdecimal() or not 0 < int(amount) <= 10_000:
        words = "--for and --until cannot both be meant" if until else f"`{span}` is no span of time; write it as 90m, 12h or 3d"
        raise Failure(words, kind="usage")
    return (datetime.now(UTC) + timedelta(**{unit: int(amount)})).isoformat(timespec="seconds")


def _override(session: Session, found: Item, *, hibernating: bool, until: str | None) -> Item:
    body = {"isHibernating": hibernating, "overrideUntil": until}
    return dict(session.api.post(f"{_path(session, found)}/hibernation-override", body))


def _path(session: Session, found: Item) -> str:
    return f"{session.root}/deployments/{found['id']}"
