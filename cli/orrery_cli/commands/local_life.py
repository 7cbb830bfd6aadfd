"""`orrery local start`, `restart`, `stop` and `reset`: when an Airflow begins and ends."""

from typing import Any

import click

from orrery_cli import project
from orrery_cli.commands.local_options import GIVEN, PATH, options, place, prepared
from orrery_cli.commands.local_view import COLUMNS
from orrery_cli.failures import Failure
from orrery_cli.local import access, serving
from orrery_cli.local.place import Place, read
from orrery_cli.output import note
from orrery_cli.project import Project
from orrery_cli.session import current
from orrery_cli.shared import command

_WAITS = (
    click.option("--wait/--no-wait", default=True, help="Return when everything is healthy (the default), or at once."),
    click.option("--timeout", type=click.IntRange(min=1), default=300, show_default=True, help="The longest wait in seconds."),
)
_PORT = click.option("--port", type=click.IntRange(1, 65535), help="Where the api-server listens; 8080, or a free one, when left out.")
_GRACE = click.option(
    "--timeout", type=click.IntRange(min=0), default=15, show_default=True, help="Seconds that running tasks have to end."
)


@command("start")
@PATH
@_PORT
@options(*_WAITS, *GIVEN)
def start(path: str | None, port: int | None, wait: bool, timeout: int, **given: Any) -> None:
    """Start Airflow, and say where it is and how to sign in.

    What runs already is left alone. Connections and variables come from the Workspace if somebody is signed in; `.env` goes before them.

    \b
    Examples:
      orrery local start
      orrery local start --port 8081 --no-wait
      orrery local start --deployment etl
    """
    found = project.find(path)
    here = Place(found.root.resolve())
    if serving.running(here):
        note("It runs already; `orrery local restart` takes up changes of requirements, `.env` and the Workspace")
    else:
        _start(found, port, given)
    _told(here, wait=wait, timeout=timeout)


@command("restart")
@PATH
@_PORT
@options(*_WAITS, *GIVEN)
def restart(path: str | None, port: int | None, wait: bool, timeout: int, **given: Any) -> None:
    """Stop Airflow and start it anew, with what the project and the Workspace ask for now.

    \b
    Examples:
      orrery local restart
    """
    found = project.find(path)
    _start(found, port, given, anew=True)
    _told(Place(found.root.resolve()), wait=wait, timeout=timeout)


@command("stop")
@PATH
@_GRACE
def stop(path: str | None, timeout: int) -> None:
    """Stop Airflow and everything it started; the database stays.

    \b
    Examples:
      orrery local stop
      orrery local stop --timeout 300     # for tasks that should end first
    """
    here = place(path)
    with here.lock():
        ended = serving.stop(here, seconds=timeout)
    current().show({"project": str(here.root), "running": False, "endedProcesses": ended})


@command("reset")
@PATH
def reset(path: str | None) -> None:
    """Stop Airflow and remove all there is of it: database, logs, environment, passwords. The project's own files stay.

    \b
    Examples:
      orrery local reset --yes
    """
    here = place(path)
    current().confirm(f"remove the local Airflow of `{here.root}` with its database and logs")
    with here.lock():
        ended = serving.stop(here, seconds=5)
        here.clear()
    current().show({"project": str(here.root), "running": False, "endedProcesses": ended, "reset": True})


def _start(found: Project, port: int | None, given: dict[str, Any], *, anew: bool = False) -> None:
    """Start an Airflow, with everything ready before another is stopped for it."""
    from orrery_cli.local import database, environments, ports

    if not anew:
        ports.check(port)  # it is told before anything is built
    ready = prepared(found, given)
    here = ready.place
    access.password(here)
    with here.lock():
        if serving.running(here) and not anew:  # somebody else was faster
            return
        before = read(here.running).get("port")
        if serving.stop(here, seconds=15) and not anew:
            note("Ended what was left of an Airflow that was not whole")
        with ports.claimed(port, before) as chosen:
            variables = ready.variables(database.lasting(here), here.secrets) | access.serving(here, chosen.number)
            database.bring_up_to_date(here, ready.environment, variables, ready.given)
            serving.start(here, ready.environment, variables, root=found.root, port=chosen)
        environments.forget_others(here, ready.environment.path)


def _told(here: Place, *, wait: bool, timeout: int) -> None:
    try:
        now = serving.wait(here, timeout=timeout) if wait else serving.status(here)
    except Failure as failure:
        if failure.code == "component_ended":
            with here.lock():
                serving.stop(here, seconds=5)
        raise
    current().show(now, COLUMNS)
