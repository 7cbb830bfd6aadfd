"""What a Deployment's Airflow and the control plane say to each other about who is asking."""

from typing import Annotated

from pydantic import Field

from orrery.api.wire.base import Boolean, Request, Response, Timestamp
from orrery.authz.policy import AirflowRole
from orrery.model import handover as model


class DagAccess(Response):
    """DAGs, by their ids and by their tags, with which somebody may do the same."""

    permissions: list[str]
    dag_ids: list[str]
    dag_tags: list[str]

    @classmethod
    def of(cls, access: model.DagAccess) -> "DagAccess":
        return cls(permissions=list(access.permissions), dag_ids=list(access.dag_ids), dag_tags=list(access.dag_tags))


class AirflowAccess(Response):
    """Somebody, the role they have inside this Airflow, if any, and what they may do with single DAGs besides."""

    subject: str
    name: str
    role: AirflowRole | None
    dags: list[DagAccess]


class RedeemHandoverRequest(Request):
    """The code of a one-time link, and the Deployment whose Airflow it was brought to."""

    code: Annotated[str, Field(min_length=1, max_length=512)]
    deployment_id: Annotated[str, Field(max_length=100)]


class CreateHandoverRequest(Request):
    """What becomes of a Deployment that sleeps; nothing said, it wakes, because a person is on the way in."""

    should_wake: Annotated[
        Boolean, Field(description="Whether a sleeping Deployment wakes. If not, it sleeps on; the answer is 409 both ways.")
    ] = True


class Handover(Response):
    """A one-time link into a Deployment's Airflow; it works once, within a minute.

    The code in its fragment opens a browser's session at the link itself, or is traded for a token of Airflow's API at `/auth/token`.
    """

    url: str
    expires_at: Timestamp
