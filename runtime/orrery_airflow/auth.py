"""Airflow's auth manager: people and tokens are the control plane's, and so are their roles; Airflow never sees a password.

A Bearer token is the control plane's own API token and is checked there on each request (an answer is believed for under a second).
A session is a cookie of this Deployment's host, opened by a one-time link; it lasts until it expires, whether the plane is up or not.
Whoever has roles on single DAGs alone sees these DAGs and nothing that belongs to the whole Deployment.
"""

from __future__ import annotations

from typing import Any

import jwt
from airflow.api_fastapi.app import AUTH_MANAGER_FASTAPI_APP_PREFIX
from airflow.api_fastapi.auth.managers.base_auth_manager import BaseAuthManager
from airflow.api_fastapi.auth.managers.models.resource_details import AccessView, DagAccessEntity
from airflow.api_fastapi.common.types import MenuItem
from airflow.configuration import conf
from fastapi import FastAPI, HTTPException

from orrery_airflow import dags
from orrery_airflow.handover import handover_app
from orrery_airflow.plane import ROLES, PlaneAway, PlaneUser, Refused, plane

VIEWER, AUTHOR, OPERATOR, ADMIN = ROLES

# Who may look, who may change. A viewer sees DAGs, runs and logs; the objects that hold secrets start with the author.
_LOOK = {"asset": VIEWER, "connection": AUTHOR, "pool": AUTHOR, "variable": AUTHOR, "configuration": ADMIN}
_CHANGE = {"asset": AUTHOR, "connection": OPERATOR, "pool": OPERATOR, "variable": OPERATOR, "configuration": ADMIN}
_DAG_LOOK = {DagAccessEntity.AUDIT_LOG: OPERATOR, DagAccessEntity.XCOM: AUTHOR}
_DAG_CHANGE = {DagAccessEntity.AUDIT_LOG: OPERATOR, DagAccessEntity.XCOM: OPERATOR}
_VIEWS = {AccessView.PLUGINS: AUTHOR, AccessView.PROVIDERS: AUTHOR}
_MENU = {
    MenuItem.AUDIT_LOG: OPERATOR,
    MenuItem.CONFIG: ADMIN,
    MenuItem.CONNECTIONS: AUTHOR,
    MenuItem.PLUGINS: AUTHOR,
    MenuItem.POOLS: AUTHOR,
    MenuItem.PROVIDERS: AUTHOR,
    MenuItem.VARIABLES: AUTHOR,
    MenuItem.XCOMS: AUTHOR,
}

_FOR_EVERYBODY = {AccessView.WEBSITE, AccessView.DOCS, MenuItem.DAGS, MenuItem.DOCS}


class OrreryAuthManager(BaseAuthManager[PlaneUser]):
    def deserialize_user(self, token: dict[str, Any]) -> PlaneUser:
        on_dags = dags.unpacked(token["dags"]) if "dags" in token else ()
        user = PlaneUser(id=token["sub"], name=token["name"], role=token["role"], dags=on_dags)
        if not user.is_known:
            raise ValueError("the session has no role we know")
        return user

    def serialize_user(self, user: PlaneUser) -> dict[str, Any]:
        claims = {"sub": user.id, "name": user.name, "role": user.role}
        return claims | {"dags": dags.packed(user.dags)} if user.dags else claims

    async def get_user_from_token(self, token: str) -> Any:
        """Our own sessions name this Deployment as their issuer; every other token is for the control plane to judge."""
        if _issuer(token) == conf.get("api_auth", "jwt_issuer"):
            return await super().get_user_from_token(token)
        try:
            return await plane().access(token)
        except Refused as no:
            if no.status in (403, 404):
                raise HTTPException(403, "this token has no role on this Deployment") from no
            raise HTTPException(401, "the control plane does not know this token, or it has expired or been revoked") from no
        except PlaneAway as away:
            raise HTTPException(
                503,
                "the control plane does not answer, so this token cannot be checked; try again in a moment (sessions already open go on)",
                headers={"Retry-After": "5"},
            ) from away

    def get_url_login(self, **kwargs: Any) -> str:
        # No query string here: Airflow appends `?next=` itself.
        return f"{AUTH_MANAGER_FASTAPI_APP_PREFIX}/handover"

    def get_fastapi_app(self) -> FastAPI:
        return handover_app(self)

    def is_authorized_configuration(self, *, method: str, user: PlaneUser, details: Any = None) -> bool:
        return _may(user, method, "configuration")

    def is_authorized_connection(self, *, method: str, user: PlaneUser, details: Any = None) -> bool:
        return _may(user, method, "connection")

    def is_authorized_variable(self, *, method: str, user: PlaneUser, details: Any = None) -> bool:
        return _may(user, method, "variable")

    def is_authorized_pool(self, *, method: str, user: PlaneUser, details: Any = None) -> bool:
        return _may(user, method, "pool")

    def is_authorized_asset(self, *, method: str, user: PlaneUser, details: Any = None) -> bool:
        return _may(user, method, "asset")

    def is_authorized_asset_alias(self, *, method: str, user: PlaneUser, details: Any = None) -> bool:
        return _may(user, method, "asset")

    def is_authorized_dag(self, *, method: str, user: PlaneUser, access_entity: DagAccessEntity | None = None, details: Any = None) -> bool:
        if _may_with_all_dags(user, method, access_entity):
            return True
        needed, dag_id = dags.permission(method, access_entity), details.id if details else None
        if not user.dags or needed is None:
            return False
        if dag_id is not None:
            return bool(dags.allowed(user.dags, needed, {dag_id}))
        if user.role and access_entity is not None:  # they read every DAG, so a list of parts would be one of every DAG's
            return False
        return dags.may_ask_about_all(user.dags, method, access_entity, needed)

    def filter_authorized_dag_ids(
        self, *, dag_ids: set[str], user: PlaneUser, method: str = "GET", team_name: str | None = None
    ) -> set[str]:
        if _may_with_all_dags(user, method, None):
            return dag_ids
        return dags.allowed(user.dags, str(dags.permission(method, None)), dag_ids)

    def is_authorized_view(self, *, access_view: AccessView, user: PlaneUser) -> bool:
        return access_view in _FOR_EVERYBODY or user.may(_VIEWS.get(access_view, VIEWER))

    def is_authorized_custom_view(self, *, method: str, resource_name: str, user: PlaneUser) -> bool:
        return user.may(VIEWER if method in ("GET", "MENU") else OPERATOR)

    def filter_authorized_menu_items(self, menu_items: list[MenuItem], *, user: PlaneUser) -> list[MenuItem]:
        return [item for item in menu_items if item in _FOR_EVERYBODY or user.may(_MENU.get(item, VIEWER))]


def _may_with_all_dags(user: PlaneUser, method: str, entity: DagAccessEntity | None) -> bool:
    return user.may(_DAG_LOOK.get(entity, VIEWER) if method == "GET" else _DAG_CHANGE.get(entity, AUTHOR))


def _may(user: PlaneUser, method: str, thing: str) -> bool:
    return user.may(_LOOK[thing] if method in ("GET", "MENU") else _CHANGE[thing])


def _issuer(token: str) -> str | None:
    """Whom a token says it comes from; nothing is believed on the strength of it, it only picks the judge."""
    try:
        return jwt.decode(token, options={"verify_signature": False}).get("iss")
    except jwt.InvalidTokenError:
        return None
