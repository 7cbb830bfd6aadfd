"""Explanations of access on the wire; ours, beside the public operations."""

from typing import Annotated

from orrery.api.wire.base import Response, one_of
from orrery.authz import explain as model
from orrery.authz.permissions import Permission


class AccessReason(Response):
    """A role that gives the permission, and the team through which it is held, if it is."""

    role: str
    entity_type: Annotated[str, one_of("ORGANIZATION", "WORKSPACE", "DEPLOYMENT", "DAG", "DAG_TAG")]
    entity_id: str
    deployment_id: str | None
    team_name: str | None

    @classmethod
    def of(cls, holding: model.Holding) -> "AccessReason":
        grant = holding.grant
        return cls(
            role=grant.role, entity_type=grant.scope.value, entity_id=grant.entity_id, deployment_id=grant.deployment_id or None,
            team_name=holding.team or None,
        )  # fmt: skip


class AccessExplanation(Response):
    """Whether somebody may do something, and why; `message` says it to a person."""

    subject_id: str
    permission: str
    resource_id: str
    resource_type: Annotated[str, one_of("ORGANIZATION", "WORKSPACE", "DEPLOYMENT", "DAG", "DAG_TAG")]
    is_allowed: bool
    reasons: list[AccessReason]
    message: str

    @classmethod
    def of(cls, explanation: model.Explanation, *, subject: str, permission: Permission, place: model.Place) -> "AccessExplanation":
        return cls(
            subject_id=subject,
            permission=permission.value,
            resource_id=place.key,
            resource_type=place.kind.value,
            is_allowed=explanation.is_allowed,
            reasons=[AccessReason.of(each) for each in explanation.because],
            message=explanation.message,
        )
