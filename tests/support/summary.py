"""Lines that tests leave for the end of a run, whichever worker they ran on."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

Teller = Callable[[], Iterable[str]]
_tellers: list[Teller] = []
_heard: list[str] = []
"""What the workers have told."""


def at_the_end(teller: Teller) -> Teller:
    """Its lines are printed at the end of the run, if it has any."""
    _tellers.append(teller)
    return teller


def _lines() -> list[str]:
    return [line for teller in _tellers for line in teller()]


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["lines"] = _lines()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    _heard.extend(getattr(node, "workeroutput", {}).get("lines", ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lines = [*_heard, *_lines()]
    if lines:
        terminalreporter.section("what was tried")
        terminalreporter.write("\n".join([*lines, ""]))
