"""Everything that can go wrong for somebody at a terminal, in one class with a kind a script can branch on."""

from collections.abc import Iterable
from typing import Any, Final, Literal

Kind = Literal[
    "usage",
    "input_required",
    "unauthenticated",
    "forbidden",
    "not_found",
    "conflict",
    "api_unavailable",
    "no_project",
    "not_running",
    "deployment_hibernating",
]

FAILED: Final = 1
USAGE: Final = 2
INTERRUPTED: Final = 130

_KINDS: Final[dict[int, Kind]] = {
    400: "usage",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "usage",
    409: "conflict",
    412: "conflict",
    413: "usage",
    422: "usage",
}


class Failure(Exception):
    """A command that could not do its work; `code` is the API's stable code where the API sent one."""

    def __init__(
        self,
        message: str,
        *,
        kind: Kind,
        code: str | None = None,
        request_id: str | None = None,
        field_errors: tuple[dict[str, str], ...] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.kind = kind
        self.code = code or kind
        self.request_id = request_id
        self.field_errors = field_errors

    @property
    def exit_code(self) -> int:
        return USAGE if self.kind in ("usage", "input_required") else FAILED

    def document(self) -> dict[str, Any]:
        """The object a script reads from stderr; `fieldErrors` only where the API named fields."""
        document: dict[str, Any] = {"error": self.message, "code": self.code, "kind": self.kind, "requestId": self.request_id}
        if self.field_errors:
            document["fieldErrors"] = list(self.field_errors)
        return document

    def text(self) -> str:
        """The same for a person."""
        lines = [f"Error: {self.message}"]
        lines += [f"  {each.get('field', '?')}: {each.get('message', '')}" for each in self.field_errors]
        if self.request_id:
            lines.append(f"  ({self.kind}, request {self.request_id})")
        return "\n".join(lines)


def near(word: str, known: Iterable[str], *, most: int = 1) -> str:
    """`; did you mean ...` for what was probably meant, or nothing where no name comes near."""
    import difflib  # only whoever mistyped pays for it

    found = difflib.get_close_matches(word, known, n=most)
    return f"; did you mean {', '.join(f'`{each}`' for each in found)}" if found else ""


def kind_of(status: int) -> Kind:
    """What an HTTP status means to whoever asked; an unknown one is the service's trouble, not theirs."""
    return _KINDS.get(status, "api_unavailable")
