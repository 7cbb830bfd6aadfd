"""The types of environment objects, as options and as the fields of a request; secrets may come from a file or stdin."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

import click

from orrery_cli.failures import Failure
from orrery_cli.specification import given

Item = dict[str, Any]
Asked = Mapping[str, Any]
Option = Callable[[Any], Any]
Actions = dict[str, tuple[Callable[..., None], tuple[Option, ...]]]
"""Commands of one type by their verbs, with their options."""

KEY = click.option("--key", required=True, metavar="KEY|ID", help="Which one.")


@dataclass(frozen=True)
class Kind:
    """One type: its words on the command line and on the wire, and what its examples say."""

    noun: str
    name: str
    """As a sentence says it."""
    type: str
    property: str
    """Of a request, and of an answer."""
    columns: tuple[str, ...]
    names: tuple[str, ...]
    """The wire's names of `fields`."""
    fields: tuple[Option, ...]
    """What may also be different in one Deployment."""
    flags: tuple[Option, ...]
    """What may not."""
    held: Callable[[Asked], Item]
    always: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    """What a new one has besides: the wire asks for it, and there is no choice."""
    words: Mapping[str, str]
    """For help: a `key`, options that `create` one (`sealed`: from stdin), that `change` it, that give it a `secret` from stdin."""


def file_option(name: str, what: str) -> Option:
    """An option that names a file with what another option would say."""
    return click.option(name, type=click.File(encoding="utf-8"), help=f"Read {what} from a file; `-` reads stdin.")


def text(asked: Asked, name: str) -> str | None:
    """What an option says, or the file that it names, whose last line break is not part of it."""
    value, file = asked[name], asked[f"{name}_file"]
    if file is None:
        return None if value is None else str(value)
    if value is not None:
        raise Failure(f"give `--{name}` or `--{name}-file`, not both", kind="usage")
    return _read(file)


def _read(file: IO[str]) -> str:
    try:
        return file.read().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise Failure(f"`{file.name}` is not text in UTF-8", kind="usage") from None


def _connection(asked: Asked) -> Item:
    plain = {name: asked[name] for name in ("type", "host", "login", "port", "schema")}
    return given(**plain, password=text(asked, "password"), extra=_extra(text(asked, "extra")))


def _variable(asked: Asked) -> Item:
    return given(value=text(asked, "value"), isSecret=asked.get("secret"))


def _metrics_export(asked: Asked) -> Item:
    plain = given(endpoint=asked["endpoint"], authType=asked["auth"], username=asked["username"])
    secrets = given(password=text(asked, "password"), basicToken=text(asked, "token"))
    pairs = {"labels": _pairs(asked["label"], "--label"), "headers": _pairs(asked["header"], "--header")}
    return plain | secrets | {name: each for name, each in pairs.items() if each}


def _pairs(words: tuple[str, ...], option: str) -> dict[str, str]:
    parts = [word.partition("=") for word in words]
    if any(not name or not sign for name, sign, _ in parts):
        # a header may hold a secret, so it is not repeated
        raise Failure(f"`{option}` is `NAME=VALUE`, as in `{option} team=data`", kind="usage")
    return {name: value for name, _, value in parts}


def _extra(text: str | None) -> Item | None:
    if text is None:
        return None
    try:
        extra = json.loads(text)
    except ValueError:
        extra = None
    if not isinstance(extra, dict):
        # it may hold secrets, so it is not repeated
        raise Failure('`--extra` is one JSON object, as in `{"sslmode": "require"}`', kind="usage")
    return extra


_CONNECTION_FIELDS = (
    click.option("--type", help="As Airflow names it: postgres, http, aws."),
    click.option("--host", help="Where it leads."),
    click.option("--login", help="Who signs in."),
    click.option("--password", help="A secret; better from a file or stdin, as other users can see a command line."),
    file_option("--password-file", "the password"),
    click.option("--port", type=click.IntRange(0, 65535), help="The port there."),
    click.option("--schema", help="The database or schema there."),
    click.option("--extra", metavar="JSON", help="All else that the type takes: one JSON object, a secret as a whole."),
    file_option("--extra-file", "the extra"),
)
_METRICS_EXPORT_FIELDS = (
    click.option("--endpoint", metavar="URL", help="Where Prometheus remote write is taken."),
    click.option("--auth", type=click.Choice(("BASIC", "AUTH_TOKEN")), help="How the sender says who it is."),
    click.option("--username", help="Of BASIC."),
    click.option("--password", help="Of BASIC, a secret; better from a file or stdin, as other users can see a command line."),
    file_option("--password-file", "the password"),
    click.option("--token", help="Of AUTH_TOKEN, a secret; better from a file or stdin."),
    file_option("--token-file", "the token"),
    click.option("--label", multiple=True, metavar="NAME=VALUE", help="A label of every sample; repeat it for more."),
    click.option("--header", multiple=True, metavar="NAME=VALUE", help="A header of every request, a secret; repeat it for more."),
)
_VALUE = (
    click.option("--value", help="What it is; a secret better comes from a file or stdin."),
    file_option("--value-file", "the value"),
)
_SECRET = click.option("--secret/--no-secret", default=None, help="Seal the value and never show it; out of this only with a new value.")


def _variable_of(noun: str, name: str, *, type: str, property: str, **words: str) -> Kind:
    words |= {"change": "--value prod", "secret": "--secret --value-file -", "sealed": "--secret --value-file -"}
    return Kind(noun, name, type, property, (f"{property}.value", f"{property}.isSecret"), ("value",), _VALUE, (_SECRET,), _variable, words)


CONNECTION = Kind(
    noun="connection",
    name="connection",
    type="CONNECTION",
    property="connection",
    columns=("connection.type", "connection.host", "connection.login"),
    names=("host", "login", "password", "port", "schema", "type", "extra"),
    fields=_CONNECTION_FIELDS,
    flags=(),
    held=_connection,
    words={
        "key": "sales",
        "create": "--type postgres --host db.example.com --login ada",
        "change": "--host replica.example.com",
        "secret": "--password-file -",
        "sealed": "--type postgres --host db.example.com --password-file -",
    },
)
AIRFLOW_VARIABLE = _variable_of(
    "airflow-variable", "Airflow variable", type="AIRFLOW_VARIABLE", property="airflowVariable", key="stage", create="--value dev"
)
VARIABLE = _variable_of(
    "variable", "environment variable", type="ENVIRONMENT_VARIABLE", property="environmentVariable", key="STAGE", create="--value dev"
)
METRICS_EXPORT = Kind(
    noun="metrics-export",
    name="metrics export",
    type="METRICS_EXPORT",
    property="metricsExport",
    columns=("metricsExport.endpoint", "metricsExport.authType"),
    names=("endpoint", "authType", "username", "password", "basicToken", "labels", "headers"),
    fields=_METRICS_EXPORT_FIELDS,
    flags=(),
    held=_metrics_export,
    always={"exporterType": "PROMETHEUS"},
    words={
        "key": "grafana",
        "create": "--endpoint https://prometheus.example.com/api/v1/write",
        "change": "--label team=data",
        "secret": "--auth AUTH_TOKEN --token-file -",
        "sealed": "--endpoint https://prometheus.example.com/api/v1/write --auth AUTH_TOKEN --token-file -",
    },
)
KINDS = (CONNECTION, AIRFLOW_VARIABLE, VARIABLE, METRICS_EXPORT)
