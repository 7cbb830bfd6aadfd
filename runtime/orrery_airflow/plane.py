"""What Airflow asks the control plane: which role a token has here, and who stands behind a one-time link."""

from __future__ import annotations

import functools
import hashlib
import time
from dataclasses import dataclass
from typing import Any

import httpx
from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.configuration import conf

from orrery_airflow.dags import DagAccess, told

ROLES = ("VIEWER", "AUTHOR", "OPERATOR", "ADMIN")
# A revoked token must stop within a second, so an answer is believed for less, counted from when it was asked for.
_BELIEVED_SECONDS = 0.9
_REMEMBERED = 1000


class PlaneAway(Exception):
    """The control plane did not answer in time, or not in its right mind."""


class Refused(Exception):
    """The control plane answered, and the answer is no; `status` is the one it gave."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the control plane answered {status}")
        self.status = status


@dataclass(frozen=True)
class PlaneUser(BaseUser):
    """Somebody the control plane vouched for; `role` is one of ROLES, or empty for whoever may do something with single DAGs alone."""

    id: str
    name: str
    role: str
    dags: tuple[DagAccess, ...] = ()

    def get_id(self) -> str:
        return self.id

    def get_name(self) -> str:
        return self.name

    def may(self, role: str) -> bool:
        return bool(self.role) and ROLES.index(self.role) >= ROLES.index(role)

    @property
    def is_known(self) -> bool:
        """Whether there is anything they may do, in words we know."""
        return self.role in ROLES or (not self.role and bool(self.dags))


class Plane:
    def __init__(self, *, api_url: str, deployment_id: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.deployment_id = deployment_id
        self._http = httpx.AsyncClient(base_url=api_url, timeout=5.0, transport=transport, trust_env=False)
        self._believed: dict[str, tuple[float, PlaneUser]] = {}

    async def access(self, token: str) -> PlaneUser:
        """Whom `token` stands for on this Deployment; raises Refused or PlaneAway."""
        key = hashlib.sha256(token.encode()).hexdigest()
        asked = time.monotonic()
        until, user = self._believed.get(key, (0.0, None))
        if user and asked < until:
            return user
        self._believed.pop(key, None)
        user = await self._ask("GET", f"/airflow/v1/deployments/{self.deployment_id}/access", headers={"Authorization": f"Bearer {token}"})
        while len(self._believed) >= _REMEMBERED:
            self._believed.pop(next(iter(self._believed)))
        self._believed[key] = (asked + _BELIEVED_SECONDS, user)
        return user

    async def redeem(self, code: str) -> PlaneUser:
        """Who was given the one-time `code`; it works once. Raises Refused or PlaneAway."""
        return await self._ask("POST", "/airflow/v1/handovers/redeem", json={"code": code, "deploymentId": self.deployment_id})

    async def _ask(self, method: str, path: str, **kwargs: Any) -> PlaneUser:
        try:
            answer = await self._http.request(method, path, **kwargs)
        except httpx.HTTPError as error:
            raise PlaneAway(str(error)) from error
        if answer.status_code in (400, 401, 403, 404):
            raise Refused(answer.status_code)
        if answer.status_code != 200:
            raise PlaneAway(f"the control plane answered {answer.status_code}")
        return _user(answer)


def _user(answer: httpx.Response) -> PlaneUser:
    try:
        body = answer.json()
        name, role = str(body.get("name") or body["subject"]), str(body["role"] or "")
        user = PlaneUser(id=str(body["subject"]), name=name, role=role, dags=told(body.get("dags")))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PlaneAway("the control plane's answer makes no sense") from error
    if not user.is_known:
        raise PlaneAway(f"the control plane gave a role we do not know: `{user.role}`")
    return user


@functools.cache
def plane() -> Plane:
    """The control plane of this Deployment, as `[orrery]` in Airflow's configuration names it."""
    return Plane(api_url=conf.get("orrery", "api_url"), deployment_id=conf.get("orrery", "deployment_id"))
