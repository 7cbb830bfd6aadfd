"""The older spellings of local development, for hands that know them: the same commands under other words."""

import click

from orrery_cli.commands.local_options import PATH
from orrery_cli.shared import group

COMMANDS = {
    "init": "init:init | orrery init",
    "start": "local_life:start | orrery local start",
    "stop": "local_life:stop | orrery local stop",
    "restart": "local_life:restart | orrery local restart",
    "ps": "local_view:status | orrery local status",
    "logs": "local_view:logs | orrery local logs",
    "bash": "local_run:shell | orrery local shell",
    "kill": "local_life:reset | orrery local reset",
    "parse": "check:check | orrery check",
    "pytest": "check:pytest | orrery pytest",
}


@group("dev", names=COMMANDS)
def dev() -> None:
    """The older words for `orrery init`, `orrery local`, `orrery check` and `orrery pytest`."""


@dev.command("run", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@PATH
@click.argument("words", metavar="COMMAND...", nargs=-1, type=click.UNPROCESSED, required=True)
@click.pass_context
def run(ctx: click.Context, path: str | None, words: tuple[str, ...]) -> None:
    """Run one of Airflow's own commands, as in `orrery dev run dags list`; `orrery local run` runs a DAG."""
    from orrery_cli.commands.local_run import shell

    ctx.invoke(shell, path=path, words=("airflow", *words))
