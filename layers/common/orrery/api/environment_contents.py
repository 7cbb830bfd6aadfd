"""What an environment object holds, out of a request: secret fields are sealed before they are kept, and those left out stay."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from orrery import vault
from orrery.api.problems import Problems
from orrery.api.wire.environment_objects import Shown
from orrery.api.wire.environment_requests import (
    CreateEnvironmentObjectLinkRequest,
    UpdateEnvironmentObjectLinkRequest,
    held_in,
    property_of,
    unset_in,
)
from orrery.model.environment import Content, EnvironmentObject, Link, ObjectType
from orrery.vault import Sealing

_ALWAYS_SECRET = {"password", "extra", "basicToken", "headers"}
_NESTED = {"extra", "headers"}
"""Fields that are objects: sealed as JSON text."""

_VARIABLES = {ObjectType.AIRFLOW_VARIABLE, ObjectType.ENVIRONMENT_VARIABLE}
_NEEDED = {"BASIC": ("username", "password"), "AUTH_TOKEN": ("basicToken",)}
"""What each authentication of a metrics export needs."""

Given = Mapping[str, Any]
AnyLink = CreateEnvironmentObjectLinkRequest | UpdateEnvironmentObjectLinkRequest


def wanted(found: EnvironmentObject, given: Given | None, seal: Sealing, problems: Problems) -> Content:
    """The object's content after a request gave these fields of it."""
    before = found.content
    if given is None:
        return before
    if found.type in _VARIABLES:
        _judge_variable(given, before, f"{property_of(found.type)}.value", problems)
    secret = _is_secret(given, before)
    moved = {"value": before.open["value"]} if secret and "value" in before.open and not given.get("value") else {}
    return _sealed({"isSecret": secret, **moved, **given} if found.type in _VARIABLES else given, secret, seal).over(before)


def with_links(before: EnvironmentObject, asked: Sequence[AnyLink] | None, seal: Sealing, **changes: Any) -> EnvironmentObject:
    """The object with these changes and the links of a request; a link keeps the overrides that the request says nothing of.

    A link's value is as secret as the object's own: it is sealed when that becomes a secret, and forgotten when that stops being one.
    """
    found = replace(before, **changes)
    kept = {link.deployment_id: _as_secret_as(found, link.overrides, seal) for link in before.links}
    if asked is None:
        return replace(found, links=tuple(Link(*each) for each in kept.items()))
    links = (Link(each.scope_entity_id, _overrides(found, each, kept.get(each.scope_entity_id, Content()), seal)) for each in asked)
    return replace(found, links=tuple(links))


def judge_authentication(found: EnvironmentObject, problems: Problems) -> None:
    """A metrics export must have what its authentication needs, by itself and as each link has it."""
    if found.type is not ObjectType.METRICS_EXPORT:
        return
    places = {"metricsExport": found.content}
    places |= {f"links[{place}].overrides.metricsExport": found.content_for(link.deployment_id) for place, link in enumerate(found.links)}
    for where, content in places.items():
        kind = content.open.get("authType", "")
        for name in _NEEDED.get(kind, ()):
            if not content.open.get(name) and not content.sealed.get(name):
                problems.add(f"{where}.{name}", f"is required for the authentication `{kind}`", "MISSING")


class Revealed(Shown):
    """Everything that a content holds, secrets opened."""

    def __call__(self, found: EnvironmentObject, content: Content) -> dict[str, Any]:
        secrets = vault.unseal(content.sealed, **found.owner)
        return content.open | {name: json.loads(text) if name in _NESTED else text for name, text in secrets.items()}


def _overrides(found: EnvironmentObject, asked: AnyLink, before: Content, seal: Sealing) -> Content:
    if asked.overrides is None:
        return before
    given = held_in(asked.overrides, found.type) or {}
    return _sealed(given, bool(found.content.open.get("isSecret")), seal).over(before).without(unset_in(asked))


def _sealed(given: Given, value_is_secret: bool, seal: Sealing) -> Content:
    """The fields that were given, secret ones sealed; an empty secret is one that was left out."""
    secret = _ALWAYS_SECRET | ({"value"} if value_is_secret else set())
    texts = {name: json.dumps(given[name]) if name in _NESTED else str(given[name]) for name in given if name in secret}
    return Content(
        {name: value for name, value in given.items() if name not in secret},
        seal({name: text for name, text in texts.items() if text}),
    )


def _judge_variable(given: Given, before: Content, field: str, problems: Problems) -> None:
    there = "value" in before.open or "value" in before.sealed
    if "value" in before.sealed and given.get("isSecret") is False and not given.get("value"):
        problems.add(field, "is required when a secret stops being one: what it was is not shown", "MISSING")
    elif not there and ("value" not in given or (given.get("isSecret") and not given["value"])):
        problems.add(field, "is required for a variable that is not there yet", "MISSING")


def _is_secret(given: Given, before: Content) -> bool:
    return bool(given.get("isSecret", before.open.get("isSecret", False)))


def _as_secret_as(found: EnvironmentObject, overrides: Content, seal: Sealing) -> Content:
    if found.type not in _VARIABLES:
        return overrides
    if not found.content.open.get("isSecret"):
        return Content(overrides.open)
    return _sealed(overrides.open, True, seal).over(overrides)
