"""The audit log's export: days and instants, ninety of them, whole or refused, and for nobody but the Organization's owners."""

import gzip
import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from orrery import names
from orrery.api import audit_logs
from orrery.errors import Unavailable
from orrery.model.audit import RETENTION, Record
from orrery.model.span import floor, said
from orrery.model.subject import SubjectType
from orrery.store import audit, tables

from tests.support.audit import exported, lines
from tests.support.installation import Installation, another
from tests.support.people import member

NOW = floor(datetime.now(UTC))


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the test begins: this file may have been read an hour before."""
    monkeypatch.setattr(sys.modules[__name__], "NOW", floor(datetime.now(UTC)))


def made(installation: Installation, at: datetime, number: int = 0) -> Record:
    """Something that somebody did at a moment."""
    return Record(
        request_id=f"r{number:04}",
        timestamp=floor(at),
        organization_id=installation.organization_id,
        subject_id=names.new_id(),
        subject_type=SubjectType.USER,
        source_ip="127.0.0.1",
        user_agent="",
        method="POST",
        path="/v1",
        operation_id="CreateWorkspace",
        request_body={"name": "x"},
        response_status=200,
    )


def record(installation: Installation, at: datetime, number: int = 0) -> None:
    audit.append(made(installation, at, number))


def ids(installation: Installation, **asked: str) -> list[str]:
    return [each["requestId"] for each in exported(installation, **asked)]


def test_it_is_compressed_lines_as_every_http_client_unpacks_them(installation: Installation) -> None:
    record(installation, NOW)
    answer = installation.owner.get(f"{installation.path}/audit-logs")

    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(answer.body).endswith(b"}\n")
    assert lines(answer)[0]["timestamp"] == said(NOW)


def test_records_come_in_the_order_of_time_over_days_and_shards(installation: Installation) -> None:
    moments = [NOW - timedelta(hours=7 * number) for number in range(20)]
    for number, moment in enumerate(moments):
        record(installation, moment, number)

    assert ids(installation) == [f"r{number:04}" for number in reversed(range(20))]


def test_both_days_are_within_and_seven_of_them_are_usual(installation: Installation) -> None:
    day = (NOW - timedelta(days=3)).replace(hour=0, minute=0, second=0, microsecond=0)
    last = day + timedelta(days=1) - timedelta(milliseconds=1)
    for number, moment in enumerate([day - timedelta(milliseconds=1), day, last, last + timedelta(milliseconds=1)]):
        record(installation, moment, number)
    record(installation, NOW - timedelta(days=8), 9)

    assert ids(installation, startDate=str(day.date()), endDate=str(day.date())) == ["r0001", "r0002"]
    assert ids(installation, startDate=said(last), endDate=said(last)) == ["r0002"]
    assert ids(installation) == ["r0000", "r0001", "r0002", "r0003"]
    assert ids(installation, startDate=str((NOW - timedelta(days=9)).date()))[0] == "r0009"


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"startDate": "soon"}, "startDate"),
        ({"endDate": "2026-02-30"}, "endDate"),
        ({"startDate": "2026-01-02", "endDate": "2026-01-01"}, "startDate"),
        ({"startDate": "9999-12-31"}, "startDate"),
    ],
)
def test_what_is_no_span_is_refused_by_name(installation: Installation, asked: dict[str, str], field: str) -> None:
    refused = installation.owner.get(f"{installation.path}/audit-logs", **asked)

    assert (refused.status, refused.fields) == (400, [field])
    assert f"`{field}`" in refused.body["message"]


def test_what_is_older_than_ninety_days_is_gone_even_while_its_row_is_there(installation: Installation) -> None:
    record(installation, NOW - RETENTION - timedelta(minutes=1), 1)
    record(installation, NOW - RETENTION + timedelta(minutes=5), 2)

    assert ids(installation, startDate="2000-01-01") == ["r0002"]
    assert ids(installation, startDate="2000-01-01", endDate="2000-12-31") == []


def test_a_row_says_when_it_may_go(installation: Installation) -> None:
    record(installation, NOW)

    (row,) = [each for each in tables.table().scan() if each.pk.startswith("AUDIT#")]

    assert row.pk.startswith(f"AUDIT#{installation.organization_id}#{NOW.date()}#")
    assert row.expires == (NOW + RETENTION).replace(microsecond=0)


def test_a_day_is_spread_over_several_partitions(installation: Installation) -> None:
    for number in range(40):
        record(installation, NOW, number)

    assert len({each.pk for each in tables.table().scan() if each.pk.startswith("AUDIT#")}) == audit.SHARDS


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(moments=st.lists(st.integers(0, 40), max_size=30), most=st.integers(1, 6))
def test_a_span_with_too_many_is_refused_with_the_cut_that_makes_it_whole(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, moments: list[int], most: int
) -> None:
    """Following the refusals' words gives every record once; only more records in one millisecond than an answer holds cannot be cut."""
    times = sorted((NOW - timedelta(milliseconds=each), number) for number, each in enumerate(moments))
    most = max(most, max((moments.count(each) for each in moments), default=1))
    monkeypatch.setattr(audit_logs, "MOST", most)
    kept = [made(installation, at, number) for at, number in times]
    monkeypatch.setattr(audit, "between", lambda _, span: (each for each in kept if span.first <= each.timestamp <= span.last))

    found: list[str] = []
    asked = {"startDate": said(NOW - timedelta(seconds=1)), "endDate": said(NOW)}
    while (answer := installation.owner.get(f"{installation.path}/audit-logs", **asked)).status == 400:
        assert answer.fields == ["endDate"]
        until, after = _cut(answer.body["message"])
        part = lines(installation.owner.get(f"{installation.path}/audit-logs", startDate=asked["startDate"], endDate=until))
        assert 0 < len(part) <= most
        found += [each["requestId"] for each in part]
        asked["startDate"] = after
    found += [each["requestId"] for each in lines(answer)]

    assert found == [each.request_id for each in kept]


def _cut(message: str) -> tuple[str, str]:
    """The last moment that fits and the first that does not, from the words of a refusal."""
    return message.split("must be `")[1].split("`")[0], message.split("startDate=")[1].split("`")[0]


def test_an_answer_that_would_be_too_large_is_refused_as_well(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_logs, "LARGEST", -1)
    record(installation, NOW)

    assert installation.owner.get(f"{installation.path}/audit-logs").fields == ["endDate"]


def test_another_tenants_log_is_not_there_and_ones_own_is_for_owners(installation: Installation) -> None:
    other, (_, eve) = another(installation), member(installation)
    record(installation, NOW)

    answers = [other.owner.get(f"/v1/organizations/{id}/audit-logs") for id in (installation.organization_id, names.new_id())]

    assert [each.status for each in answers] == [404, 404]
    assert answers[0].words == answers[1].words
    assert eve.get(f"{installation.path}/audit-logs").status == 403
    assert installation.somebody("ORGANIZATION_BILLING_ADMIN").get(f"{installation.path}/audit-logs").status == 403
    assert [each["responseStatus"] for each in lines(other.owner.get(f"{other.path}/audit-logs"))] == [404, 404]


def test_a_table_that_is_away_is_a_503(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> object:
        raise Unavailable("away")

    monkeypatch.setattr(audit, "between", away)

    assert installation.owner.get(f"{installation.path}/audit-logs").status == 503
