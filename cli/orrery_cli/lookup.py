"""Names or ids: everything that a person can name is found by either, and a near miss is told."""

import re
from typing import Any, Final
from urllib.parse import quote

from orrery_cli.failures import Failure, near
from orrery_cli.session import Session

_ID: Final = re.compile(r"c[a-z0-9]{24}")

Item = dict[str, Any]
LISTS: Final = {"invitation": "user invites", "role template": "role templates"}
"""The commands that list what has no command of its own."""


def organization(session: Session) -> Item:
    """The Organization that was named, or the only one the token can see."""
    found = session.api.items("/v1/organizations", "organizations")
    if session.organization:
        return _pick(found, session.organization, noun="organization")
    return _only(found, noun="organization", option="--organization")


def workspace(session: Session, named: str | None = None) -> Item:
    """The Workspace that was named, or the only one there is."""
    name = named or session.workspace
    if name and _is_id(name):
        return _fetch(session, f"{session.root}/workspaces/{name}")
    found = session.api.items(f"{session.root}/workspaces", "workspaces")
    if name:
        return _pick(found, name, noun="workspace")
    return _only(found, noun="workspace", option="--workspace")


def deployment(session: Session, named: str | None) -> Item:
    """The Deployment with this name or id, as it is now; the only one there is when none is named."""
    if named and _is_id(named):
        return _fetch(session, f"{session.root}/deployments/{named}")
    if named:
        # the whole list is asked for only to tell a near miss
        item = _pick(deployments(session, named) or deployments(session), named, noun="deployment")
    else:
        item = _only(deployments(session), noun="deployment", option="DEPLOYMENT")
    return _fetch(session, f"{session.root}/deployments/{item['id']}")


def deployments(session: Session, named: str | None = None) -> list[Item]:
    """The Deployments of the Workspace that was chosen, or of the whole Organization when none was."""
    within = workspace(session)["id"] if session.workspace else None
    return session.api.items(f"{session.root}/deployments", "deployments", {"workspaceIds": within, "names": named})


def deployment_of(session: Session, workspace: Item, name: str) -> Item | None:
    """The Deployment of a Workspace with exactly this name, where there is one."""
    # a comma parts the names of the query
    query = {"workspaceIds": workspace["id"], "names": None if "," in name else name}
    found = session.api.items(f"{session.root}/deployments", "deployments", query)
    return next((each for each in found if each["name"] == name and each["workspaceId"] == workspace["id"]), None)


def cluster(session: Session, named: str) -> Item:
    return _named(session, named, noun="cluster")


def token(session: Session, named: str) -> Item:
    return _named(session, named, noun="token")


def agent_token(session: Session, path: str, named: str) -> Item:
    """One of the agent tokens that lie under a path."""
    if _is_id(named):
        return _fetch(session, f"{path}/{named}")
    return _pick(session.api.items(path, "tokens"), named, noun="deployment agent-token")


def worker_queue(deployment: Item, named: str) -> Item:
    """One of a Deployment's queues."""
    return _pick(deployment["workerQueues"], named, noun="deployment worker-queue")


def variable(deployment: Item, named: str) -> Item:
    """One of a Deployment's own environment variables."""
    known = [{"id": each["key"], **each} for each in deployment.get("environmentVariables") or []]
    return _pick(known, named, noun="deployment variable", key="key")


def ip_range(session: Session, named: str) -> Item:
    """An address range from which the Organization may be used."""
    found = session.api.items(f"{session.root}/allowed-ip-address-ranges", "allowedIpAddressRanges")
    return _pick(found, named, noun="organization allowed-ip-range", key="ipAddressRange")


def team(session: Session, named: str) -> Item:
    return _named(session, named, noun="team")


def user(session: Session, named: str) -> Item:
    """A member, by e-mail address or id."""
    return _named(session, named, noun="user", key="username")


def role(session: Session, named: str) -> Item:
    """A custom role with its permissions, which the list leaves out."""
    found = _named(session, named, noun="role")
    return found if _is_id(named) else _fetch(session, f"{session.root}/roles/{found['id']}")


def role_template(session: Session, named: str) -> Item:
    """A role that is ready to be copied; it has no id."""
    found = session.api.get(f"{session.root}/role-templates")
    return _pick([{"id": each["name"], **each} for each in found], named, noun="role template")


def invite(session: Session, named: str) -> Item:
    """An open invitation, by the invited address or its id; there is one an address."""
    found = session.api.items(f"{session.root}/invites", "invites")
    known = [{"id": each["inviteId"], "name": each["invitee"]["username"], "invite": each} for each in found]
    item = next((each for each in known if each["name"].casefold() == named.casefold()), None)
    return dict((item or _pick(known, named, noun="invitation"))["invite"])


def environment_object(found: list[Item], key: str, *, noun: str) -> Item:
    """One of a place's environment objects of a type, by key or id."""
    return _pick(found, key, noun=noun, key="objectKey")


def segment(value: str) -> str:
    """A value as one piece of a path, whatever is in it."""
    return quote(value, safe="")


def _named(session: Session, named: str, *, noun: str, key: str = "name") -> Item:
    """One of the Organization's own things, which lie under the noun's plural."""
    path = f"{session.root}/{noun}s"
    if _is_id(named):
        return _fetch(session, f"{path}/{named}")
    return _pick(session.api.items(path, f"{noun}s"), named, noun=noun, key=key)


def _fetch(session: Session, path: str) -> Item:
    found = session.api.get(path)
    assert isinstance(found, dict)
    return found


def _is_id(name: str) -> bool:
    return bool(_ID.fullmatch(name))


def _pick(found: list[Item], named: str, *, noun: str, key: str = "name") -> Item:
    matches = [each for each in found if each["id"] == named] or [each for each in found if each[key] == named]
    if len(matches) == 1:
        return matches[0]
    if matches:
        ids = ", ".join(f"`{each['id']}`" for each in matches)
        raise Failure(f"{len(matches)} {noun}s are named `{named}`; use an id: {ids}", kind="usage")
    hint = near(named, [each[key] for each in found]) or f"; see `orrery {LISTS.get(noun, f'{noun} list')}`"
    raise Failure(f"there is no {noun} `{named}` here{hint}", kind="not_found")


def _only(found: list[Item], *, noun: str, option: str) -> Item:
    if len(found) == 1:
        return found[0]
    if not found:
        raise Failure(f"there is no {noun} yet that this token can see", kind="not_found")
    names = ", ".join(f"`{each['name']}`" for each in found[:10])
    raise Failure(f"which {noun}? name one of {names} with {option}", kind="input_required")
