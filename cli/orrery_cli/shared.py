"""The options that every command takes in every position, and the groups that import a command only when it is called."""

import importlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import click

from orrery_cli import names as known
from orrery_cli.session import FORMATS, Session

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Names = Mapping[str, str]
"""Command name -> "module:attribute | one line of help"."""


class Shared(click.Option):
    """An option that fills the session instead of an argument of the command."""

    def __init__(self, *names: str, field: str, **rest: Any) -> None:
        super().__init__(list(names), expose_value=False, is_eager=True, callback=self._remember, **rest)
        self._field = field

    def _remember(self, ctx: click.Context, _parameter: click.Parameter, value: Any) -> None:
        if value is not None and not ctx.resilient_parsing:
            setattr(ctx.ensure_object(Session), self._field, value)


# Made once: click compares parameters by identity while it orders their callbacks.
SHARED: Final[tuple[click.Parameter, ...]] = (
    Shared("-o", "--output", "shared_output", field="output", type=click.Choice(FORMATS), help="How to print the answer (table)."),
    Shared(
        "--context",
        "shared_context",
        field="context_name",
        metavar="NAME",
        help="The context to use, not the current one.",
        shell_complete=known.contexts,
    ),
    Shared("--organization", "shared_organization", field="organization_option", metavar="NAME|ID", help="Work in this Organization."),
    Shared(
        "-w",
        "--workspace",
        "shared_workspace",
        field="workspace_option",
        metavar="NAME|ID",
        help="Work in this Workspace.",
        shell_complete=known.workspaces,
    ),
    Shared("-y", "--yes", "shared_yes", field="yes", is_flag=True, default=None, help="Do not ask before destroying anything."),
)


class Command(click.Command):
    """A command with the shared options, which come last in `--help` under their own heading."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        own = super().get_params(ctx)
        return [*(each for each in own if not _is_help(each)), *SHARED, *filter(_is_help, own)]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        params = [each for each in self.get_params(ctx) if isinstance(each, click.Option)]
        for title, shared in (("Options", False), ("Everywhere", True)):
            chosen = [each for each in params if (isinstance(each, Shared) or _is_help(each)) is shared]
            records = [record for each in chosen if (record := each.get_help_record(ctx))]
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


class Group(Command, click.Group):
    """A group whose commands are named by module and imported on use: a run pays for one command, not for thirty."""

    command_class = Command

    def __init__(self, *args: Any, names: Names | None = None, unlisted: Names | None = None, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self._names = names or {}
        self._unlisted = unlisted or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self._names, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        known = {**self._unlisted, **self._names}
        if cmd_name not in known:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = known[cmd_name].partition(" ")[0].partition(":")
        command = getattr(importlib.import_module(f"orrery_cli.commands.{module}"), attribute)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            # click looks for a near miss among the imported commands only
            raise click.NoSuchCommand(error.command_name, possibilities=self.list_commands(ctx), ctx=ctx) from None

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        from click.shell_completion import CompletionItem

        lines = {name: spec.partition("| ")[2] for name, spec in self._names.items()}
        lines |= {name: command.get_short_help_str(90) for name, command in self.commands.items() if not command.hidden}
        found = [CompletionItem(name, help=words) for name, words in lines.items() if name.startswith(incomplete)]
        return [*found, *Command.shell_complete(self, ctx, incomplete)]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        lazy = [(name, spec.partition("| ")[2]) for name, spec in self._names.items()]
        eager = [(name, command.get_short_help_str(90)) for name, command in self.commands.items() if not command.hidden]
        with formatter.section("Commands"):
            formatter.write_dl(lazy + eager)


def group(name: str, **rest: Any) -> Callable[[Callable[..., Any]], Group]:
    """A group with the shared options; commands join it with `@that_group.command()`."""
    return click.group(name, cls=Group, **rest)


def command(name: str, **rest: Any) -> Callable[[Callable[..., Any]], click.Command]:
    return click.command(name, cls=Command, **rest)


def _is_help(parameter: click.Parameter) -> bool:
    return "--help" in parameter.opts
