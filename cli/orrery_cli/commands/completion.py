"""`orrery completion`: the script with which a shell completes commands, options and names."""

import click
from click.shell_completion import ShellComplete, get_completion_class

from orrery_cli.output import note
from orrery_cli.session import current
from orrery_cli.shared import command

PLACES = {
    "bash": "orrery completion bash > ~/.local/share/bash-completion/completions/orrery",
    "zsh": 'orrery completion zsh > "${fpath[1]}/_orrery"',
    "fish": "orrery completion fish > ~/.config/fish/completions/orrery.fish",
}


@command("completion")
@click.argument("shell", type=click.Choice(tuple(PLACES)))
def completion(shell: str) -> None:
    """Print the script with which SHELL completes commands, options, and the names of Deployments, Workspaces and contexts.

    How to install it is said on stderr, so that stdout can go into a file; a new shell then knows it.

    \b
    Examples:
      orrery completion bash > ~/.local/share/bash-completion/completions/orrery
      orrery completion zsh > "${fpath[1]}/_orrery"
      orrery completion fish > ~/.config/fish/completions/orrery.fish
      eval "$(orrery completion bash)"          # for this shell alone
    """
    session = current()
    kind = get_completion_class(shell)
    assert kind is not None
    # not its own `source`: that of bash starts a bash to look at its version
    script = ShellComplete.source(kind(click.get_current_context().find_root().command, {}, "orrery", "_ORRERY_COMPLETE"))
    if session.output == "table":
        note(f"Install it once with: {PLACES[shell]}")
        click.echo(script)
    else:
        session.show({"shell": shell, "script": script, "install": PLACES[shell]})
