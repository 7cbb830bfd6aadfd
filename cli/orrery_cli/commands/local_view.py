"""`orrery local status` and `logs`: what can be seen of an Airflow on this machine."""

import click

from orrery_cli.commands.local_options import PATH, place
from orrery_cli.failures import Failure
from orrery_cli.local import serving
from orrery_cli.session import current
from orrery_cli.shared import command

COLUMNS = (
    *("running", "healthy", "url", "username", "password", "airflowVersion", "startedAt"),
    *(f"components.{name}.status" for name in serving.COMPONENTS),
)


@command("status")
@PATH
def status(path: str | None) -> None:
    """Say what runs, how it is, where it is and how to sign in.

    \b
    Examples:
      orrery local status
      orrery local status -o json
    """
    current().show(serving.status(place(path)), COLUMNS)


@command("logs")
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
    from orrery_cli.local import following

    session = current()
    if follow and session.output == "yaml":
        raise Failure("`--follow` writes lines; use `-o json` or a table", kind="usage")
    here = place(path)
    files = {name: serving.log(here, name) for name in components or serving.COMPONENTS}
    if not any(file.exists() for file in files.values()):
        raise Failure("nothing was ever started here: `orrery local start`", kind="not_running")
    entries = [entry for name, file in files.items() for entry in following.last(name, file, limit)]
    if session.output == "table" or follow:
        following.show(session, entries)
    else:
        session.show({"logs": entries})
    if follow:
        following.follow(session, files)
