"""Waiting for what the control plane does in the background, with a word on stderr whenever something changes."""

import time
from collections.abc import Callable
from typing import Any, Final

from orrery_cli.failures import Failure
from orrery_cli.output import note
from orrery_cli.session import Session

EVERY: Final = 2.0
HEARTBEAT: Final = 15.0

Item = dict[str, Any]


def until(session: Session, deployment: Item, *, done: Callable[[Item], bool], timeout: int) -> Item:
    """The Deployment as soon as `done` says so; raises `Failure` when it is gone or the time is up."""
    progress = _Progress(f"deployment `{deployment['name']}`", timeout)
    while True:
        try:
            now = session.api.get(_path(session, deployment))
        except Failure as failure:
            if failure.kind == "not_found":
                raise Failure(f"deployment `{deployment['name']}` is gone: its creation was undone", kind="not_found") from failure
            raise
        if done(now):
            progress.say(_words(now))
            return dict(now)
        progress.tick(_words(now))


def until_gone(session: Session, deployment: Item, *, timeout: int) -> None:
    """Returns when the API no longer knows the Deployment."""
    progress = _Progress(f"deployment `{deployment['name']}`", timeout)
    while True:
        try:
            now = session.api.get(_path(session, deployment))
        except Failure as failure:
            if failure.kind == "not_found":
                progress.say("gone")
                return
            raise
        progress.tick(f"{_words(now)}, still there")


def settled(deployment: Item) -> bool:
    """Whether nothing is under way any more and it is as it should be."""
    return deployment["status"] in ("HEALTHY", "HIBERNATING")


class _Progress:
    def __init__(self, what: str, timeout: int) -> None:
        self._what = what
        self._timeout = timeout
        self._began = self._spoke = time.monotonic()
        self._last = ""

    def say(self, words: str) -> None:
        if words != self._last:
            self._speak(words)

    def tick(self, words: str) -> None:
        """Speak when something changed or it has been quiet for long; then wait a little, or give up."""
        now = time.monotonic()
        if words != self._last or now - self._spoke >= HEARTBEAT:
            self._speak(words)
        if now - self._began + EVERY > self._timeout:
            message = f"{self._what} is still {words} after {self._timeout} s; it goes on without you, see `orrery deployment inspect`"
            raise Failure(message, kind="not_running", code="wait_timeout")
        time.sleep(EVERY)

    def _speak(self, words: str) -> None:
        self._last, self._spoke = words, time.monotonic()
        note(f"{self._spoke - self._began:5.0f} s  {self._what}: {words}")


def _path(session: Session, deployment: Item) -> str:
    return f"{session.root}/deployments/{deployment['id']}"


def _words(deployment: Item) -> str:
    reason = deployment.get("statusReason")
    return f"{deployment['status']} ({reason})" if reason else str(deployment["status"])
