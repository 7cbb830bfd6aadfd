"""The agent's log of decisions, and its settings."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent import journal, settings
from agent.journal import Journal

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_each_decision_is_a_line_that_only_its_owner_can_read(tmp_path: Path) -> None:
    log = Journal(tmp_path / "agent")
    log.write(NOW, action="LAUNCH", source="lease 42")
    assert json.loads(log.path.read_text()) == {"at": "2026-03-01T00:00:00+00:00", "action": "LAUNCH", "source": "lease 42"}
    assert log.path.stat().st_mode & 0o777 == 0o600


def test_the_log_keeps_one_older_part_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "_FULL", 200)
    log = Journal(tmp_path)
    for number in range(50):
        log.write(NOW, number=number)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["decisions.1.jsonl", "decisions.jsonl"]
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 600
    assert json.loads(log.path.read_text().splitlines()[-1])["number"] == 49


def test_a_log_that_cannot_be_written_stops_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = Journal(tmp_path)
    log.path.mkdir()
    log.write(NOW, action="LAUNCH")
    assert "the decision log cannot be written" in capsys.readouterr().out


def test_a_missing_setting_is_named() -> None:
    with pytest.raises(settings.Unset, match="ORRERY_API_URL"):
        settings.read({"ORRERY_CLUSTER_ID": "c1"})


def test_the_state_names_the_rest() -> None:
    given = {"ORRERY_CLUSTER_ID": "c1", "ORRERY_API_URL": "http://127.0.0.1:1/", "ORRERY_AGENT_TOKEN_FILE": "t", "ORRERY_STATE": "s"}
    read = settings.read(given)
    assert (read.plane_url, read.home_socket, read.state) == ("http://127.0.0.1:1", Path("s/home/home.sock"), Path("s/agent"))
