"""Prints what the fuzz covered at the end of a run."""

import pytest

from tests.fuzz.coverage import tried
from tests.fuzz.document import operations


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if tried:
        served = operations()
        slots = sum(len(each.slots) for each in served)
        cells = ", ".join(f"{who}: {count}" for who, count in sorted(tried.items()))
        terminalreporter.write_line(f"cross-tenant fuzz over {len(served)} operations with {slots} id slots: {cells}")
