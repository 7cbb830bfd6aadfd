"""`orrery env`: connections, variables and metrics exports, of a Workspace or of one Deployment.

The types have the same commands; what differs is in `environment_fields.KINDS`.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any

import click

from orrery_cli.commands import env_links, env_objects
from orrery_cli.environment_fields import KINDS, Kind, Option
from orrery_cli.shared import Group, command, group

_HELP = """Keep {name}s of a Workspace or of one Deployment.

\b
Examples:
  orrery env {noun} create --key {key} {create} --auto-link
  orrery env {noun} list --deployment etl
  orrery env {noun} link etl --key {key} {change}
  orrery env {noun} exclude etl --key {key}
"""


@group("env")
def env() -> None:
    """Keep connections, variables and metrics exports for Deployments.

    What belongs to a Workspace reaches the Deployments that it is linked to, or all of them with --auto-link; what belongs
    to a Deployment comes first there. Connections and Airflow variables arrive without a restart. Passwords, extras and
    values marked as secrets are never shown again, unless the Organization allows it.

    \b
    Examples:
      orrery env connection create --key sales --type postgres --host db.example.com --password-file - < password.txt
      orrery env connection link etl --key sales --host replica.example.com
      orrery env airflow-variable create --key region --value eu --auto-link
      orrery env metrics-export create --key grafana --endpoint https://prometheus.example.com/api/v1/write --auto-link
      orrery env variable list --deployment etl
    """


def _noun(kind: Kind) -> Group:
    """The commands of one type."""
    made = Group(kind.noun, help=_HELP.format(**_words(kind)))
    for name, (action, options) in (env_objects.actions(kind) | env_links.actions(kind)).items():
        made.add_command(_command(kind, name, action, options))
    return made


def _command(kind: Kind, name: str, action: Callable[..., None], options: tuple[Option, ...]) -> click.Command:
    """An action as the command of one type; its docstring is the help, with that type's words in it."""
    bound: Any = functools.partial(action, kind)
    for option in reversed(options):
        bound = option(bound)
    return command(name, help=inspect.cleandoc(action.__doc__ or "").format(**_words(kind)))(bound)


def _words(kind: Kind) -> dict[str, str]:
    return {"noun": kind.noun, "name": kind.name, "field": kind.names[0], **kind.words}


for kind in KINDS:
    env.add_command(_noun(kind))
