"""What a Deployment's Airflow and the control plane say to each other about who is asking."""

from typing import Annotated

from pydantic import Field

from orrery.api.wire.base import Request, Response, Timestamp
from orrery.authz.policy import AirflowRole


class AirflowAccess(Response):
    """Somebody, and the role they have inside this Airflow."""

    subject: str
    name: str
    role: AirflowRole


class RedeemHandoverRequest(Request):
    """The code of a one-time link, and the Deployment whose Airflow it was brought to."""

    code: Annotated[str, Field(min_length=1, max_length=512)]
    deployment_id: Annotated[str, Field(max_length=100)]


class Handover(Response):
    """A one-time link into a Deployment's Airflow; it works once, within a minute."""

    url: str
    expires_at: Timestamp
