"""Everything that is wrong with one request, told at once."""

from orrery.errors import FieldError, Invalid


class Problems:
    """Collects field errors; `refuse` raises them together, or does nothing when there are none."""

    def __init__(self) -> None:
        self._found: list[FieldError] = []

    def add(self, field: str, message: str, code: str = "INVALID") -> None:
        """One more thing that is wrong; the message says what to send instead."""
        self._found.append(FieldError(field, code, message))

    def refuse(self) -> None:
        if self._found:
            raise Invalid("; ".join(f"`{each.field}` {each.message}" for each in self._found), field_errors=tuple(self._found))
