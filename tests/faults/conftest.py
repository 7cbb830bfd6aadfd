"""Prints how many cells the faults ran through at the end of a run."""

import pytest

from tests.faults.tally import cells


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if cells:
        told = ", ".join(f"{fault}: {count}" for fault, count in cells.items())
        terminalreporter.write_line(f"faults of DynamoDB in {cells.total()} places: {told}")
