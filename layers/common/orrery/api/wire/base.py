"""The two kinds of wire model: what we take, closed and exact, and what we send, with every property always present."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, Strict, WithJsonSchema
from pydantic.alias_generators import to_camel

from orrery.model.subject import Subject, SubjectType

Integer = Annotated[int, Strict()]
Boolean = Annotated[bool, Strict()]
Name = Annotated[str, Field(min_length=1)]
Timestamp = Annotated[
    datetime,
    PlainSerializer(lambda moment: moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"), when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""RFC 3339 in UTC with milliseconds, as in `2025-03-16T03:50:36.817Z`."""


def one_of(*values: str) -> WithJsonSchema:
    """Documents the words that a string we send is one of."""
    return WithJsonSchema({"type": "string", "enum": [*values]})


class Request(BaseModel):
    """A body we take: unknown fields are refused, and numbers and booleans are not guessed from strings."""

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=False, validate_by_alias=True, extra="forbid")


class Response(BaseModel):
    """A body we send: nothing is left out, because clients look into fields without asking whether they are there."""

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)


class BasicSubjectProfile(Response):
    """Who made or changed a thing."""

    id: str
    subject_type: SubjectType
    username: str | None
    full_name: str | None
    avatar_url: str | None
    api_token_name: str | None

    @classmethod
    def of(cls, subject: Subject) -> "BasicSubjectProfile":
        person = subject.type is SubjectType.USER
        return cls(
            id=subject.id,
            subject_type=subject.type,
            username=subject.username if person else None,
            full_name=subject.name if person else None,
            avatar_url="" if person else None,
            api_token_name=None if person else subject.name,
        )


class Paginated(Response):
    """One page of a list; `totalCount` counts what matches, not what is on the page."""

    limit: int
    offset: int
    total_count: int


def without_nothing(**values: Any) -> dict[str, Any]:
    """The values that were given: a property that a request leaves out (or sends as null) changes nothing."""
    return {name: value for name, value in values.items() if value is not None}
