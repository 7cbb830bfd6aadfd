"""Prints what the fuzz covered at the end of a run."""

from collections import Counter

import pytest

from tests.fuzz.coverage import answered, tried
from tests.fuzz.document import operations


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if tried:
        served = operations()
        slots = sum(len(each.slots) for each in served)
        cells = ", ".join(f"{who}: {count}" for who, count in sorted(tried.items()))
        terminalreporter.write_line(f"cross-tenant fuzz over {len(served)} operations with {slots} id slots: {cells}")
    if answered:
        total = sum(answered.values(), Counter[int]())
        statuses = ", ".join(f"{status}: {count}" for status, count in sorted(total.items()))
        fine = sum(1 for each in answered.values() if each.keys() & {200, 204})
        line = f"schemathesis over {len(answered)} of {len(operations())} operations, {fine} of them to success: {statuses}"
        terminalreporter.write_line(line)
