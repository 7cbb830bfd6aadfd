"""`orrery local`: the project's own Airflow on this machine, without Docker."""

import json
import shutil
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import click

from orrery_cli import project
from orrery_cli.failures import FAILED, Failure
from orrery_cli.local import children, configuration, database, environments, following, preparation, pulling, serving
from orrery_cli.local.objects import Objects
from orrery_cli.local.place import Place, read
from orrery_cli.local.preparation import Prepared
from orrery_cli.output import note
from orrery_cli.project import Project
from orrery_cli.session import current
from orrery_cli.shared import group

COLUMNS = (
    *("running", "healthy", "url", "username", "password", "airflowVersion", "startedAt"),
    *(f"components.{name}.status" for name in serving.COMPONENTS),
)
PATH = click.option("--path", type=click.Path(exists=True, file_okay=False), help="The project's directory; looked for upwards from here.")
_WAITS = (
    click.option("--wait/--no-wait", default=True, help="Return when everything is healthy (the default), or at once."),
    click.option("--timeout", type=click.IntRange(min=1), default=300, show_default=True, help="The longest wait in seconds."),
)
_GIVEN = (
    click.option(
        "--deployment", metavar="NAME|ID", help="Connections and variables as this Deployment has them; the Workspace's otherwise."
    ),
    click.option("--no-environment", is_flag=True, help="No connections and variables of a Workspace; only the project's own."),
    click.option("--offline", is_flag=True, help="Ask nobody; what the Workspace gave last."),
)
_PORT = click.option("--port", type=click.IntRange(1, 65535), help="Where the api-server listens; 8080, or a free one, when left out.")
_GRACE = click.option(
    "--timeout", type=click.IntRange(min=0), default=15, show_default=True, help="Seconds that running tasks have to end."
)


def options(*chosen: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Several options as one decorator, in this order in the help."""

    def decorated(function: Any) -> Any:
        for option in reversed(chosen):
            function = option(function)
        return function

    return decorated


@group("local")
def local() -> None:
    """Run the project's Airflow on this machine, without Docker.

    The Airflow is the one of the project's runtime, with the packages that a Deployment has, in an environment that uv builds. It
    is given the connections and variables of the Workspace. All of it lies in `.orrery/` in the project.

    \b
    Examples:
      orrery local start
      orrery local run example --conf '{"days": 3}'
      orrery local logs scheduler --follow
      orrery local stop
    """


@local.command("start")
@PATH
@_PORT
@options(*_WAITS, *_GIVEN)
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
    place = Place(found.root.resolve())
    if serving.running(place):
        note("It runs already; `orrery local restart` takes up changes of requirements, `.env` and the Workspace")
    else:
        _start(found, port, given)
    _told(place, wait=wait, timeout=timeout)


@local.command("restart")
@PATH
@_PORT
@options(*_WAITS, *_GIVEN)
def restart(path: str | None, port: int | None, wait: bool, timeout: int, **given: Any) -> None:
    """Stop Airflow and start it anew, with what the project and the Workspace ask for now.

    \b
    Examples:
      orrery local restart
    """
    found = project.find(path)
    place = Place(found.root.resolve())
    before = read(place.running).get("port")
    with place.lock():
        serving.stop(place, seconds=15)
    _start(found, port or (int(before) if before and serving.is_free(int(before)) else None), given)
    _told(place, wait=wait, timeout=timeout)


@local.command("stop")
@PATH
@_GRACE
def stop(path: str | None, timeout: int) -> None:
    """Stop Airflow and everything it started; the database stays.

    \b
    Examples:
      orrery local stop
      orrery local stop --timeout 300     # for tasks that should end first
    """
    place = _place(path)
    with place.lock():
        ended = serving.stop(place, seconds=timeout)
    current().show({"project": str(place.root), "running": False, "endedProcesses": ended})


@local.command("status")
@PATH
def status(path: str | None) -> None:
    """Say what runs, how it is, where it is and how to sign in.

    \b
    Examples:
      orrery local status
      orrery local status -o json
    """
    current().show(serving.status(_place(path)), COLUMNS)


@local.command("logs")
@click.argument("components", metavar="[COMPONENT]...", nargs=-1, type=click.Choice(tuple(serving.COMPONENTS)))
@PATH
@click.option("-f", "--follow", is_flag=True, help="Go on with what is written from now on; with `-o json` one entry a line.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=200, show_default=True, help="The last so many lines of each component.")
def logs(components: tuple[str, ...], path: str | None, follow: bool, limit: int) -> None:
    """Print what the components wrote since they were started.

    \b
    Examples:
      orrery local logs
      orrery local logs scheduler dag-processor --follow
    """
    session = current()
    if follow and session.output == "yaml":
        raise Failure("`--follow` writes lines; use `-o json` or a table", kind="usage")
    place = _place(path)
    files = {name: serving.log(place, name) for name in components or serving.COMPONENTS}
    if not any(file.exists() for file in files.values()):
        raise Failure("nothing was ever started here: `orrery local start`", kind="not_running")
    entries = [entry for name, file in files.items() for entry in following.last(name, file, limit)]
    if session.output == "table" or follow:
        following.show(session, entries)
    else:
        session.show({"logs": entries})
    if follow:
        following.follow(session, files)


@local.command("run")
@click.argument("dag_id")
@PATH
@click.option("--date", "logical_date", metavar="DATE", help="The logical date, as in 2026-01-31 or 2026-01-31T06:00; now when left out.")
@click.option("--conf", metavar="JSON", help="The run's configuration: one JSON object.")
@options(*_GIVEN)
def run(dag_id: str, path: str | None, logical_date: str | None, conf: str | None, **given: Any) -> None:
    """Run one DAG to its end, here and now, and say what became of it; exit code 1 unless it succeeded.

    It runs task after task in one process, on a database of its own: nothing needs to be started, and what is started sees nothing of it.

    \b
    Examples:
      orrery local run example
      orrery local run example --date 2026-01-31 --conf '{"days": 3}'
    """
    words = [dag_id, *([_date(logical_date)] if logical_date else []), *(["--conf", _conf(conf)] if conf else [])]
    ready = _prepared(project.find(path), given)
    with ready.place.scratch() as folder:
        variables = ready.variables(ready.fresh_database(folder), folder)
        children.run([ready.environment.python, "-m", "airflow", "dags", "test", *words], ready, variables)
        found = database.latest_run(folder / "airflow.db", dag_id)
    if found is None:
        raise Failure(f"the DAG `{dag_id}` did not run: is it here, and without errors? `orrery check` says", kind="not_found")
    current().show(found, ("dagId", "runId", "state", "startedAt", "endedAt"))
    if found["state"] != "success":
        raise SystemExit(FAILED)


@local.command("shell", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@PATH
@click.argument("words", metavar="[COMMAND]...", nargs=-1, type=click.UNPROCESSED)
def shell(path: str | None, words: tuple[str, ...]) -> None:
    """Open a shell in Airflow's environment, or run one COMMAND there.

    It sees the started Airflow's database and what the Workspace gave last.

    \b
    Examples:
      orrery local shell
      orrery local shell python
      orrery local shell airflow dags list
    """
    session = current()
    if not words and not session.interactive:
        raise Failure("a shell needs a terminal; name a command, as in `orrery local shell airflow dags list`", kind="input_required")
    ready = preparation.prepared(project.find(path))
    with ready.place.lock():
        variables = ready.variables(database.lasting(ready.place), ready.place.secrets)
        database.bring_up_to_date(ready.place, ready.environment, variables, ready.given)
    argv = list(words) or children.shell()
    if session.output == "table":
        raise SystemExit(children.run(argv, ready, _addressed(ready, variables), own_stdout=True))
    exit_code = children.run(argv, ready, _addressed(ready, variables))
    session.show({"command": argv, "exitCode": exit_code})
    raise SystemExit(exit_code)


@local.command("reset")
@PATH
def reset(path: str | None) -> None:
    """Stop Airflow and remove all there is of it: database, logs, environment, passwords. The project's own files stay.

    \b
    Examples:
      orrery local reset --yes
    """
    place = _place(path)
    current().confirm(f"remove the local Airflow of `{place.root}` with its database and logs")
    with place.lock():
        ended = serving.stop(place, seconds=5)
        for each in place.state.iterdir():
            if each.name not in ("lock", ".gitignore"):
                shutil.rmtree(each) if each.is_dir() else each.unlink()
    current().show({"project": str(place.root), "running": False, "endedProcesses": ended, "reset": True})


def _start(found: Project, port: int | None, given: dict[str, Any]) -> None:
    chosen = serving.free_port(port)
    ready = _prepared(found, given)
    place = ready.place
    configuration.password(place)
    with place.lock():
        if serving.running(place):  # somebody else was faster
            return
        if serving.stop(place, seconds=5):
            note("Ended what was left of an Airflow that was not whole")
        variables = ready.variables(database.lasting(place), place.secrets) | configuration.serving(place, chosen)
        database.bring_up_to_date(place, ready.environment, variables, ready.given)
        serving.start(place, ready.environment, variables, root=found.root, port=chosen)
        environments.forget_others(place, ready.environment.path)


def _told(place: Place, *, wait: bool, timeout: int) -> None:
    try:
        now = serving.wait(place, timeout=timeout) if wait else serving.status(place)
    except Failure as failure:
        if failure.code == "component_ended":
            with place.lock():
                serving.stop(place, seconds=5)
        raise
    current().show(now, COLUMNS)


def _prepared(found: Project, given: dict[str, Any]) -> Prepared:
    if given["no_environment"]:
        if given["deployment"] or given["offline"]:
            raise Failure("`--no-environment` goes with neither `--deployment` nor `--offline`", kind="usage")
        return preparation.prepared(found, lambda _place: Objects())
    return preparation.prepared(found, partial(pulling.pulled, current(), deployment=given["deployment"], offline=given["offline"]))


def _addressed(ready: Prepared, variables: dict[str, str]) -> dict[str, str]:
    port = read(ready.place.running).get("port")
    return variables | (configuration.serving(ready.place, int(port)) if port else {})


def _place(path: str | None) -> Place:
    return Place(project.find(path).root.resolve())


def _date(text: str) -> str:
    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        raise Failure(f"`--date {text}` is no date such as 2026-01-31 or 2026-01-31T06:00", kind="usage") from None


def _conf(text: str) -> str:
    try:
        conf = json.loads(text)
    except ValueError:
        conf = None
    if not isinstance(conf, dict):
        raise Failure('`--conf` is one JSON object, as in `{"days": 3}`', kind="usage")
    return json.dumps(conf)
