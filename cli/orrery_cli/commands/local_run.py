"""`orrery local run` and `shell`: programs in the project's Airflow that end before the command does."""

import json
from datetime import datetime
from typing import Any

import click

from orrery_cli import project
from orrery_cli.commands.local_options import GIVEN, PATH, options, prepared
from orrery_cli.failures import FAILED, Failure
from orrery_cli.local import access, children, database, preparation
from orrery_cli.local.place import read
from orrery_cli.local.preparation import Prepared
from orrery_cli.session import current
from orrery_cli.shared import command


@command("run")
@click.argument("dag_id")
@PATH
@click.option("--date", "logical_date", metavar="DATE", help="The logical date, as in 2026-01-31 or 2026-01-31T06:00; now when left out.")
@click.option("--conf", metavar="JSON", help="The run's configuration: one JSON object.")
@options(*GIVEN)
def run(dag_id: str, path: str | None, logical_date: str | None, conf: str | None, **given: Any) -> None:
    """Run one DAG to its end, here and now, and say what became of it; exit code 1 unless it succeeded.

    It runs task after task in one process, on a database of its own: nothing needs to be started, and what is started sees nothing of it.

    \b
    Examples:
      orrery local run example
      orrery local run example --date 2026-01-31 --conf '{"days": 3}'
    """
    words = [dag_id, *([_date(logical_date)] if logical_date else []), *(["--conf", _conf(conf)] if conf else [])]
    ready = prepared(project.find(path), given)
    with ready.place.scratch() as folder:
        variables = ready.variables(ready.fresh_database(folder), folder)
        children.run([ready.environment.python, "-m", "airflow", "dags", "test", *words], ready, variables)
        found = database.latest_run(folder / "airflow.db", dag_id)
    if found is None:
        raise Failure(f"the DAG `{dag_id}` did not run: is it here, and without errors? `orrery check` says", kind="not_found")
    current().show(found, ("dagId", "runId", "state", "startedAt", "endedAt"))
    if found["state"] != "success":
        raise SystemExit(FAILED)


@command("shell", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
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


def _addressed(ready: Prepared, variables: dict[str, str]) -> dict[str, str]:
    port = read(ready.place.running).get("port")
    return variables | (access.serving(ready.place, int(port)) if port else {})


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
