"""Says at the end of a run how much of the policy was compared with Cedar."""

import pytest

from tests.cedar.tally import REPORTS


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if REPORTS:
        terminalreporter.section("our policy beside Cedar")
        for line in REPORTS:
            terminalreporter.line(line)
