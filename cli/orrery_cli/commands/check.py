"""`orrery check` and `orrery pytest`: whether the project's DAGs are sound, in the project's own environment."""

from typing import TYPE_CHECKING, Any

import click

from orrery_cli.commands.local_options import PATH
from orrery_cli.failures import FAILED, INTERRUPTED, USAGE, Failure
from orrery_cli.output import note
from orrery_cli.session import current
from orrery_cli.shared import command

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_EXITS = {0: 0, 1: FAILED, 2: INTERRUPTED, 4: USAGE}
"""pytest's exit codes as those of this command; what is not here is 1."""


@command("check")
@PATH
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
def check(path: str | None, strict: bool) -> None:
    """Parse every DAG as Airflow does, and find what is wrong; exit code 1 if anything is.

    Errors are DAGs that cannot be imported, ids that two DAGs have, and what Airflow 3 no longer has (ruff's rules AIR30x).
    Warnings are ruff's other AIR rules. Nothing needs to be started.

    \b
    Examples:
      orrery check
      orrery check --strict -o json
    """
    from orrery_cli import project
    from orrery_cli.local import checking, preparation

    session = current()
    ready = preparation.prepared(project.find(path))
    with ready.place.scratch() as folder:
        found = checking.check(ready, folder)
    if session.output == "table":
        _print(found)
    else:
        session.show(found)
    if found["errors"] or (strict and found["warnings"]):
        raise SystemExit(FAILED)


@command("pytest", context_settings={"ignore_unknown_options": True})
@PATH
@click.argument("words", metavar="[ARGS]...", nargs=-1, type=click.UNPROCESSED)
def pytest(path: str | None, words: tuple[str, ...]) -> None:
    """Run pytest in Airflow's environment, with a database in which nothing happened yet.

    ARGS are pytest's; those that are also options of this command follow `--`. pytest's own words go to stderr.

    \b
    Examples:
      orrery pytest
      orrery pytest tests/test_dags.py -k import -x
    """
    from xml.etree import ElementTree

    from orrery_cli import project
    from orrery_cli.local import children, preparation

    ready = preparation.prepared(project.find(path))
    with ready.place.scratch() as folder:
        variables = ready.variables(ready.fresh_database(folder), folder)
        report = folder / "report.xml"
        argv = [ready.environment.python, "-m", "pytest", f"--junit-xml={report}", *words]
        code = children.run(argv, ready, variables)
        if not report.exists():
            raise Failure(
                "pytest did not get to run; it says why above", kind="usage" if code == USAGE + 2 else "not_running", code="pytest_failed"
            )
        found = _counted(ElementTree.parse(report).getroot())  # noqa: S314  pytest wrote it
    current().show({**found, "exitCode": code})
    raise SystemExit(_EXITS.get(code, FAILED))


def _counted(report: "Element") -> dict[str, int]:
    suites = list(report.iter("testsuite"))
    tests, failed, errors, skipped = (sum(int(each.get(name, 0)) for each in suites) for name in ("tests", "failures", "errors", "skipped"))
    return {"passed": tests - failed - errors - skipped, "failed": failed, "errors": errors, "skipped": skipped}


def _print(found: dict[str, Any]) -> None:
    for each in [*found["errors"], *found["warnings"]]:
        line = f":{each['line']}" if each["line"] else ""
        click.echo(f"{each['file']}{line}: {each['code']} {each['message']}")
    if not found["dags"] and not found["errors"]:
        note("There are no DAGs yet")
    click.echo(f"{len(found['dags'])} DAGs, {len(found['errors'])} errors, {len(found['warnings'])} warnings")
