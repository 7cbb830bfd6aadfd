"""Pages of a list: offset, limit, sorts and the filters every list shares."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel, Field

from orrery.errors import Invalid

T = TypeVar("T")
Key = Callable[[Any], Any]
BY_NAME_AND_AGE: Mapping[str, Key] = {
    "name": lambda each: each.name,
    "createdAt": lambda each: each.created_at,
    "updatedAt": lambda each: each.updated_at,
}
"""The sort keys that most nouns have."""


@dataclass(frozen=True)
class Cut(Generic[T]):
    """One page's values, and the envelope's numbers."""

    items: list[T]
    envelope: dict[str, int]


class Paging(BaseModel):
    """Where in a list to look; unsorted, a list is in the order in which its things were made."""

    offset: int = Field(0, ge=0, description="How many to pass over.")
    limit: int = Field(20, ge=1, le=1000, description="How many to send at most.")
    sorts: list[str] = Field([], description="`<key>:asc` or `<key>:desc`; repeat it to sort by several keys, the first one counts most.")

    def cut(self, values: Sequence[T], keys: Mapping[str, Key] = BY_NAME_AND_AGE) -> Cut[T]:
        """The page out of everything that matches."""
        found = list(values)
        for name, descending in reversed([_parse(sort, keys) for sort in self.sorts]):
            found.sort(key=keys[name], reverse=descending)
        numbers = {"limit": self.limit, "offset": self.offset, "total_count": len(found)}
        return Cut(found[self.offset : self.offset + self.limit], numbers)


Page = Annotated[Paging, Query()]


def _parse(sort: str, keys: Mapping[str, Key]) -> tuple[str, bool]:
    name, _, direction = sort.partition(":")
    if name not in keys or direction not in ("asc", "desc"):
        known = ", ".join(f"`{key}`" for key in keys)
        raise Invalid.field("sorts", f"`{sort}` cannot be sorted by; write one of {known} with `:asc` or `:desc`")
    return name, direction == "desc"
