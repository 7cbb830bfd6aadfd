"""Environment objects of a Workspace or a Deployment: where they are, how one is found by its key, whom it is linked to."""

from dataclasses import dataclass
from typing import Any

from orrery_cli import lookup
from orrery_cli.environment_fields import Kind
from orrery_cli.failures import Failure
from orrery_cli.session import Session
from orrery_cli.specification import given

Item = dict[str, Any]
LIST = "environmentObjects"


@dataclass(frozen=True)
class Place:
    """The Workspace or the Deployment that objects belong to; `query` narrows a list to it."""

    scope: str
    id: str

    @property
    def query(self) -> dict[str, str]:
        return {"deploymentId" if self.scope == "DEPLOYMENT" else "workspaceId": self.id}


def place(session: Session, deployment: str | None) -> Place:
    """The Deployment that was named; otherwise the Workspace that was chosen, or the only one."""
    if deployment is not None:
        return Place("DEPLOYMENT", lookup.deployment(session, deployment)["id"])
    return Place("WORKSPACE", lookup.workspace(session)["id"])


def listed(session: Session, kind: Kind, where: Place, *, own: bool = False, secrets: bool = False) -> list[Item]:
    """The objects of a type; of a Deployment also what reaches it from its Workspace, unless only its own are wanted."""
    query = {"objectType": kind.type, **where.query, **given(showSecrets=secrets or None, resolveLinked=False if own else None)}
    return session.api.items(path(session), LIST, {key: _text(value) for key, value in query.items()})


def find(session: Session, kind: Kind, key: str, where: Place, *, own: bool = True) -> Item:
    """The object of a type under this key (or with this id) in a place; a near miss is told."""
    return lookup.environment_object(listed(session, kind, where, own=own), key, noun=f"env {kind.noun}")


def path(session: Session, found: Item | None = None) -> str:
    """Where objects are asked for, or one of them."""
    return f"{session.root}/environment-objects" + (f"/{found['id']}" if found else "")


def with_link(found: Item, deployment_id: str, overrides: Item) -> Item:
    """The change that links a Deployment: other links stay with what is different there, and it is no longer left out."""
    link = _deployment(deployment_id) | ({"overrides": overrides} if overrides else {})
    change: Item = {"links": [*_others(found["links"], deployment_id), link]}
    kept = _others(found["excludeLinks"], deployment_id)
    return change | ({"excludeLinks": kept} if len(kept) < len(found["excludeLinks"]) else {})


def without_link(found: Item, deployment: Item) -> Item:
    """The change that takes a link away."""
    kept = _others(found["links"], deployment["id"])
    if len(kept) == len(found["links"]):
        hint = "; it links by itself, so use `exclude` to leave this one out" if found["autoLinkDeployments"] else ""
        raise Failure(f"`{found['objectKey']}` is not linked to `{deployment['name']}`{hint}", kind="not_found")
    return {"links": kept}


def _others(links: list[Item], deployment_id: str) -> list[Item]:
    return [_deployment(each["scopeEntityId"]) for each in links if each["scopeEntityId"] != deployment_id]


def _deployment(id: str) -> Item:
    return {"scope": "DEPLOYMENT", "scopeEntityId": id}


def _text(value: str | bool) -> str:
    return value if isinstance(value, str) else str(value).lower()
