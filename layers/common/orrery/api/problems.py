"""Everything that is wrong with one request, told at once."""

from collections.abc import Mapping

from orrery.errors import FieldError, Invalid


class Problems:
    """Collects field errors; `refuse` raises them together, or does nothing when there are none.

    `called` has the fields that this request knows under other names than those who judge them.
    """

    def __init__(self, called: Mapping[str, str] | None = None) -> None:
        self._found: list[FieldError] = []
        self._called = called or {}

    def add(self, field: str, message: str, code: str = "INVALID") -> None:
        """One more thing that is wrong; the message says what to send instead."""
        self._found.append(FieldError(self._called.get(field, field), code, message))

    def refuse(self) -> None:
        if self._found:
            raise Invalid("; ".join(f"`{each.field}` {each.message}" for each in self._found), field_errors=tuple(self._found))
