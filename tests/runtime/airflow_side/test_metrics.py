"""From StatsD to remote write: what is counted, what is sent and to whom, and what is never said."""

import json
import os
import socket
import subprocess
import sys
import time

import pytest
from orrery_metrics import statsd
from orrery_metrics.exporter import Exporter, headers
from orrery_metrics.statsd import Series

from tests.support.remote_write import Receiver


@pytest.fixture
def receivers():
    made = []

    def make(*given, **more):
        made.append(Receiver(*given, **more))
        return made[-1]

    yield make
    for each in made:
        each.stop()


def until(done, seconds=20):
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


def heard(*lines):
    series = Series()
    for line in lines:
        series.hear(line.encode())
    return series.values()


def test_counters_add_up_and_a_sampled_one_counts_for_those_that_were_not_sent():
    assert heard("airflow.ti_successes:1|c", "airflow.ti_successes:2|c|@0.5") == {"airflow_ti_successes_total": 5.0}


def test_a_gauge_is_what_was_said_last_and_a_signed_one_moves_it():
    assert heard("airflow.pool.open:7|g", "airflow.pool.open:4|g\nairflow.pool.open:-1|g") == {"airflow_pool_open": 3.0}


def test_a_timer_is_a_sum_in_seconds_and_a_count():
    found = heard("airflow.dag.my-dag.duration:250.0|ms", "airflow.dag.my-dag.duration:750|ms")
    assert found == {"airflow_dag_my_dag_duration_seconds_sum": 1.0, "airflow_dag_my_dag_duration_seconds_count": 2.0}


@pytest.mark.parametrize(
    "line", ["", "nothing", "a:b|c", "a:1", "a:1|x", "a:nan|g", "a:inf|c", "a:1|c|@0", "a:1|c|@9", ":1|c", "\udcff:|c"]
)
def test_what_is_no_statsd_is_passed_over(line):
    series = Series()
    series.hear(line.encode(errors="surrogateescape"))
    assert series.values() == {}


def test_there_are_never_more_series_than_the_bound(monkeypatch):
    monkeypatch.setattr(statsd, "MOST_SERIES", 2)
    assert sorted(heard("a:1|g", "b:1|g", "c:1|g", "a:2|g")) == ["a", "b"]


def test_a_series_that_fell_silent_is_forgotten():
    now = [0.0]
    series = Series(clock=lambda: now[0])
    series.hear(b"old:1|g")
    now[0] = statsd.FORGET_SECONDS
    series.hear(b"new:1|g")
    now[0] += 1
    assert series.values() == {"new": 1.0}


def test_a_receiver_gets_each_series_with_its_labels_sorted_and_the_platforms_win(receivers):
    receiver = receivers()
    own = {"labels": {"team": "data", "namespace": "mine"}, "headers": {"X-Scope-OrgID": "t1"}}
    exporter = Exporter("m", {"endpoint": receiver.url, **own}, say=print)
    values = {f"airflow_{number}": number / 3 for number in range(500)}
    exporter.offer(values, {"namespace": "solar-orbit-1"}, milliseconds=1_700_000_000_123)
    until(lambda: receiver.requests)
    assert {each.name: each.value for each in receiver.samples} == values
    assert {each.milliseconds for each in receiver.samples} == {1_700_000_000_123}
    assert [list(each.labels.items()) for each in receiver.samples[:1]] == [[("namespace", "solar-orbit-1"), ("team", "data")]]
    sent, _ = receiver.requests[0]
    assert (sent["Content-Encoding"], sent["Content-Type"], sent["X-Scope-Orgid"]) == ("snappy", "application/x-protobuf", "t1")
    assert sent["X-Prometheus-Remote-Write-Version".title()] == "0.1.0"


def test_each_authentication_says_who_it_is_and_wins_over_a_header():
    basic = {"authType": "BASIC", "username": "ada", "password": "grün"}
    assert headers(basic)["Authorization"] == "Basic YWRhOmdyw7xu"
    assert headers({"authType": "AUTH_TOKEN", "basicToken": "t", "headers": {"Authorization": "x"}})["Authorization"] == "Bearer t"
    assert "Authorization" not in headers({"username": "ada", "password": "x"})


def test_a_dead_endpoint_keeps_nobody_waiting_and_gets_what_it_missed(receivers):
    receiver, words = receivers(503), []
    exporter = Exporter("m", {"endpoint": receiver.url}, say=words.append, pause=0.05)
    for number in range(30):
        exporter.offer({"a": number}, {}, milliseconds=number)
    until(lambda: len(receiver.requests) > 1)
    receiver.status = 204
    until(lambda: receiver.samples[-1].value == 29)
    assert words == ["metrics export `m`: the endpoint answered 503", "metrics export `m`: the endpoint takes metrics again"]


def test_what_an_endpoint_refuses_is_not_sent_again(receivers):
    receiver = receivers(400)
    exporter = Exporter("m", {"endpoint": receiver.url}, say=lambda words: None, pause=0.01)
    for number in range(2):
        exporter.offer({"a": number}, {}, milliseconds=0)
    until(lambda: len(receiver.requests) == 2)
    assert [each.value for each in receiver.samples] == [0, 1]


def test_credentials_do_not_follow_a_redirect(receivers):
    other = receivers()
    receiver, words = receivers(302, elsewhere=other.url), []
    exporter = Exporter("m", {"endpoint": receiver.url, "authType": "AUTH_TOKEN", "basicToken": "t"}, say=words.append)
    exporter.offer({"a": 1}, {}, milliseconds=0)
    until(lambda: words)
    assert other.requests == []


def test_no_word_of_the_sender_holds_a_secret():
    words = []
    export = {"endpoint": "http://127.0.0.1:1/", "authType": "AUTH_TOKEN", "basicToken": "hunter2\n", "headers": {"X": "hunter2\r\n"}}
    for each in (export, export | {"headers": {}, "basicToken": "hunter2"}):
        Exporter("m", each, say=words.append).offer({"a": 1}, {}, milliseconds=0)
    until(lambda: len(words) == 2)
    assert "hunter2" not in str(words)


def test_the_process_hears_sends_and_takes_up_a_changed_file(receivers, tmp_path):
    first, second = receivers(), receivers()
    file = tmp_path / "metrics.json"
    file.write_text(json.dumps({"a": {"endpoint": first.url}}))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    told = {"PORT": str(port), "FILE": str(file), "LABELS": '{"deploymentId": "d1"}', "SECONDS": "0.2"}
    env = {**os.environ, **{f"ORRERY_METRICS_{name}": value for name, value in told.items()}}
    process = subprocess.Popen([sys.executable, "-m", "orrery_metrics"], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def said(receiver):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.sendto(b"airflow.x:3|g", ("127.0.0.1", port))
        return receiver.samples

    try:
        until(lambda: said(first))
        assert (first.samples[0].name, first.samples[0].value, first.samples[0].labels) == ("airflow_x", 3.0, {"deploymentId": "d1"})
        file.write_text("{")
        file.write_text(json.dumps({"a": {"endpoint": second.url, "authType": "AUTH_TOKEN", "basicToken": "hunter2"}}))
        until(lambda: said(second))
        assert second.requests[0][0]["Authorization"] == "Bearer hunter2"
    finally:
        process.terminate()
    assert b"hunter2" not in process.communicate(timeout=10)[0]
