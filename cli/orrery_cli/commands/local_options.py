"""What several commands of local development take: the project, and what the Workspace gives its Airflow."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from orrery_cli.failures import Failure
from orrery_cli.local.place import Place
from orrery_cli.project import Project, find
from orrery_cli.session import current

if TYPE_CHECKING:
    from orrery_cli.local.preparation import Prepared

PATH = click.option("--path", type=click.Path(exists=True, file_okay=False), help="The project's directory; looked for upwards from here.")
GIVEN = (
    click.option(
        "--deployment", metavar="NAME|ID", help="Connections and variables as this Deployment has them; the Workspace's otherwise."
    ),
    click.option("--no-environment", is_flag=True, help="No connections and variables of a Workspace; only the project's own."),
    click.option("--offline", is_flag=True, help="Ask nobody; what the Workspace gave last."),
)


def options(*chosen: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Several options as one decorator, in this order in the help."""

    def decorated(function: Any) -> Any:
        for option in reversed(chosen):
            function = option(function)
        return function

    return decorated


def place(path: str | None) -> Place:
    return Place(find(path).root.resolve())


def prepared(found: Project, given: dict[str, Any]) -> "Prepared":
    """The project's Airflow, ready to run with what the Workspace gives it."""
    from orrery_cli.local import preparation, pulling
    from orrery_cli.local.objects import Objects

    if given["no_environment"]:
        if given["deployment"] or given["offline"]:
            raise Failure("`--no-environment` goes with neither `--deployment` nor `--offline`", kind="usage")
        return preparation.prepared(found, lambda _place: Objects())
    return preparation.prepared(found, partial(pulling.pulled, current(), deployment=given["deployment"], offline=given["offline"]))
