"""One run of the command: who calls which control plane, and how answers are shown.

Options beat the environment, the environment beats the context.
"""

import os
import sys
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import click

from orrery_cli import settings as files
from orrery_cli.failures import FAILED, Failure
from orrery_cli.output import Columns, Format, note, show

if TYPE_CHECKING:
    from orrery_cli.http import Api

FORMATS: Final[tuple[Format, ...]] = ("json", "yaml", "table")


@dataclass
class Session:
    """Filled by the options that every command takes; anything that costs a file or a request waits for its first use."""

    output: Format = "table"
    context_name: str | None = None
    organization_option: str | None = None
    workspace_option: str | None = None
    yes: bool = False
    patience: float = 60.0
    """Seconds to wait for an answer of the API."""

    @cached_property
    def settings(self) -> files.Settings:
        return files.load()

    @cached_property
    def context(self) -> files.Context:
        name = self.context_name or os.environ.get("ORRERY_CONTEXT") or self.settings.current
        return self.settings.context(name)

    @property
    def api_url(self) -> str:
        return os.environ.get("ORRERY_API_URL") or self.context.api_url

    @property
    def organization(self) -> str | None:
        return self.organization_option or os.environ.get("ORRERY_ORGANIZATION") or self.context.organization

    @property
    def workspace(self) -> str | None:
        return self.workspace_option or os.environ.get("ORRERY_WORKSPACE") or self.context.workspace

    @property
    def token_source(self) -> str | None:
        if os.environ.get("ORRERY_API_TOKEN"):
            return "environment"
        if files.stored_sign_in(self.context.name):
            return "sign-in"
        return "file" if files.stored_token(self.context.name) else None

    @cached_property
    def token(self) -> str:
        token = os.environ.get("ORRERY_API_TOKEN") or self._signed_in() or files.stored_token(self.context.name)
        if not token:
            raise Failure("nobody is signed in: run `orrery login`, or set ORRERY_API_TOKEN", kind="unauthenticated")
        return token.removeprefix("Bearer ").strip()

    def renew(self, stale: str) -> str:
        """Another token in place of one that was refused; the same where it cannot be renewed."""
        return stale if os.environ.get("ORRERY_API_TOKEN") else self._signed_in(stale) or stale

    def _signed_in(self, stale: str = "") -> str | None:
        if not files.stored_sign_in(self.context.name):
            return None
        from orrery_cli import sign_in

        return sign_in.token(self.context.name, stale=stale)

    @cached_property
    def api(self) -> "Api":
        from orrery_cli.http import Api

        return Api(self.api_url, self.token, renew=self.renew, timeout=self.patience)

    @cached_property
    def organization_id(self) -> str:
        from orrery_cli import lookup

        return str(lookup.organization(self)["id"])

    @property
    def root(self) -> str:
        """The path that everything of the Organization is under."""
        return f"/v1/organizations/{self.organization_id}"

    @property
    def interactive(self) -> bool:
        """Whether there is somebody to ask: a person at a terminal who did not want a document."""
        return self.output == "table" and sys.stdin.isatty() and sys.stderr.isatty()

    def show(self, document: Any, columns: Columns = ()) -> None:
        show(document, self.output, columns)

    def confirm(self, question: str) -> None:
        """Ask before what cannot be undone; without anybody to ask it takes `--yes`."""
        if self.yes:
            return
        if not self.interactive:
            raise Failure(f"{question}: pass `--yes` to go on without being asked", kind="input_required")
        if not click.confirm(question, err=True):
            note("Nothing was done")
            raise SystemExit(FAILED)


def current() -> Session:
    """The session of the running command."""
    return click.get_current_context().ensure_object(Session)
