"""`orrery deployment variable`: the environment variables that a Deployment has of its own."""

from typing import Any

import click

from orrery_cli import lookup
from orrery_cli import specification as spec
from orrery_cli.commands.deployment import OF, TIMEOUT, WAIT, changed
from orrery_cli.environment_fields import file_option, text
from orrery_cli.failures import Failure
from orrery_cli.session import Session, current
from orrery_cli.shared import group
from orrery_cli.waiting import Item

COLUMNS = ("key", "value", "isSecret", "updatedAt")
_VALUE = click.option("--value", help="The value; a secret is better given by --value-file.")
_VALUE_FILE = file_option("--value-file", "the value")


@group("variable")
def variable() -> None:
    """Set and remove a Deployment's own environment variables; `orrery env variable` keeps those that several share.

    Airflow is restarted with them, and running tasks end first. A secret's value is never shown again.

    \b
    Examples:
      orrery deployment variable create STAGE --deployment etl --value dev
      orrery deployment variable create KEY --deployment etl --secret --value-file - < key.txt
      orrery deployment variable delete STAGE --deployment etl --yes
    """


@variable.command("list")
@OF
def list_variables(deployment: str | None) -> None:
    """The variables that a Deployment has of its own."""
    session = current()
    session.show({"environmentVariables": lookup.deployment(session, deployment).get("environmentVariables") or []}, COLUMNS)


@variable.command("create")
@click.argument("key")
@OF
@_VALUE
@_VALUE_FILE
@click.option("--secret", is_flag=True, help="Never show the value again.")
@WAIT
@TIMEOUT
def create(key: str, deployment: str | None, secret: bool, wait: bool, timeout: int, **asked: Any) -> None:
    """Add the variable KEY.

    \b
    Examples:
      orrery deployment variable create STAGE --deployment etl --value dev --wait
    """
    session = current()
    value = text(asked, "value")
    if value is None:
        raise Failure("a variable needs a value: `--value` or `--value-file`", kind="usage")
    found = lookup.deployment(session, deployment)
    if any(each["key"] == key for each in found.get("environmentVariables") or []):
        raise Failure(f"`{found['name']}` has a variable `{key}` already; change it with `update`", kind="conflict")
    _put(session, found, {"key": key, "value": value, "isSecret": secret}, wait=wait, timeout=timeout)


@variable.command("update")
@click.argument("key")
@OF
@_VALUE
@_VALUE_FILE
@click.option("--secret/--no-secret", default=None, help="Whether the value is never shown again.")
@WAIT
@TIMEOUT
def update(key: str, deployment: str | None, secret: bool | None, wait: bool, timeout: int, **asked: Any) -> None:
    """Give a variable another value; it stays secret, or not, unless told otherwise.

    \b
    Examples:
      orrery deployment variable update STAGE --deployment etl --value prod
      orrery deployment variable update KEY --deployment etl --value-file - < key.txt
    """
    session = current()
    change = spec.given(value=text(asked, "value"), isSecret=secret)
    if not change:
        raise Failure("nothing to change: name what should be different", kind="usage")
    found = lookup.deployment(session, deployment)
    known = lookup.variable(found, key)
    kept: Item = {name: known[name] for name in ("key", "value", "isSecret") if name in known}
    _put(session, found, {**kept, **change}, wait=wait, timeout=timeout)


@variable.command("delete")
@click.argument("key")
@OF
@WAIT
@TIMEOUT
def delete(key: str, deployment: str | None, wait: bool, timeout: int) -> None:
    """Remove a variable.

    \b
    Examples:
      orrery deployment variable delete STAGE --deployment etl --yes
    """
    session = current()
    found = lookup.deployment(session, deployment)
    known = lookup.variable(found, key)
    session.confirm(f"delete the variable `{known['key']}` of `{found['name']}`")
    left = spec.changed_environment(found["environmentVariables"], (), [known["key"]])
    changed(session, found, {"environmentVariables": left}, wait=wait, timeout=timeout)
    session.show({"key": known["key"], "deleted": True})


def _put(session: Session, found: Item, variable: Item, *, wait: bool, timeout: int) -> None:
    variables = spec.changed_environment(found.get("environmentVariables") or [], [variable], ())
    after = changed(session, found, {"environmentVariables": variables}, wait=wait, timeout=timeout)
    shown = lookup.variable(after, variable["key"])
    session.show({key: shown.get(key) for key in COLUMNS})
