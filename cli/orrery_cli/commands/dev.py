"""The older spellings of local development, for hands that know them: the same commands under other words."""

import click

from orrery_cli.commands.check import check, pytest
from orrery_cli.commands.init import init
from orrery_cli.commands.local import PATH, local, shell
from orrery_cli.shared import group


@group("dev")
def dev() -> None:
    """The older words for `orrery init`, `orrery local`, `orrery check` and `orrery pytest`."""


@dev.command("run", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@PATH
@click.argument("words", metavar="COMMAND...", nargs=-1, type=click.UNPROCESSED, required=True)
@click.pass_context
def run(ctx: click.Context, path: str | None, words: tuple[str, ...]) -> None:
    """Run one of Airflow's own commands, as in `orrery dev run dags list`; `orrery local run` runs a DAG."""
    ctx.invoke(shell, path=path, words=("airflow", *words))


for word, command in {
    "init": init,
    **{name: local.commands[name] for name in ("start", "stop", "restart", "logs")},
    "ps": local.commands["status"],
    "bash": shell,
    "kill": local.commands["reset"],
    "parse": check,
    "pytest": pytest,
}.items():
    dev.add_command(command, word)
