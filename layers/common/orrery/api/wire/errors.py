"""How every failure looks on the wire; `orrery.api.refusals` writes it."""

from typing import Annotated

from pydantic import Field

from orrery.api.wire.base import Response


class FieldValidationError(Response):
    """One field of a request that cannot be taken."""

    field: Annotated[str, Field(description="Its name, with the way there: `workerQueues[0].name`.")]
    code: str
    message: str


class Error(Response):
    """What went wrong, in words for a person and a code for a program."""

    message: str
    request_id: str
    status_code: Annotated[int, Field(ge=400, le=600)]
    code: Annotated[str, Field(description="Stable: `NOT_FOUND`, `STALE_GENERATION`, ...")]
    field_errors: Annotated[list[FieldValidationError], Field(default_factory=list, description="With a 400 about fields only.")]
