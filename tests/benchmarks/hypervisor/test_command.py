"""The command: what it takes and what it prints."""

import json

import pytest

from benchmarks.hypervisor.__main__ import ARRIVALS, GRAPHS, main
from benchmarks.hypervisor.scenarios import SCENARIOS
from benchmarks.hypervisor.score import POLICIES, YARDSTICKS, Setting, scores
from benchmarks.hypervisor.workload import read_arrivals, read_graphs

FIELDS = {
    "cost_over_optimum",
    "dag_slowdown_mean",
    "dag_slowdown_p95",
    "task_wait_p50",
    "task_wait_p99",
    "launches",
    "tasks_killed",
}


@pytest.fixture
def graphs(tmp_path):
    tasks = [{"seconds": 20.0, "parents": []}, *({"seconds": 30.0, "parents": [0]} for _ in range(8))]
    file = tmp_path / "graphs.json"
    file.write_text(json.dumps({"graphs": [{"name": name, "tasks": tasks} for name in "ab"]}))
    return file


@pytest.fixture
def arrivals(tmp_path):
    file = tmp_path / "jobs.csv"
    file.write_text("arrival_seconds,duration_seconds\n" + "\n".join(f"{n * 40},{30 + n}" for n in range(20)))
    return file


def printed(capsys, *words):
    assert main([str(word) for word in words]) == 0
    return capsys.readouterr().out


def test_json_is_one_object_with_every_policy(capsys, graphs):
    found = json.loads(printed(capsys, "--json", "--graphs", graphs, "--seed", 3))
    assert list(found) == ["policies"]
    assert list(found["policies"]) == ["balanced", "economy", "astro", "astro_no_hold", "keda", "mwaa"]
    assert all(set(each) == FIELDS for each in found["policies"].values())


def test_one_policy_and_another_kind_of_worker_can_be_asked_for(capsys, graphs):
    asked = ["--json", "--graphs", graphs, "--policy", "astro"]
    small, large = (json.loads(printed(capsys, *asked, "--concurrency", c, "--start-seconds", s)) for c, s in ((1, 30), (16, 90)))
    assert list(small["policies"]) == ["astro"]
    assert small["policies"]["astro"]["launches"] > large["policies"]["astro"]["launches"]
    assert small["policies"]["astro"]["task_wait_p99"] < large["policies"]["astro"]["task_wait_p99"]


def test_arrivals_alone_are_scored_by_themselves_and_else_as_one_more_deployment(capsys, graphs, arrivals):
    ask = ["--json", "--policy", "astro"]
    alone, dags, both = (
        json.loads(printed(capsys, *ask, *files))["policies"]["astro"]
        for files in (["--arrivals", arrivals], ["--graphs", graphs], ["--graphs", graphs, "--arrivals", arrivals])
    )
    assert alone["launches"] + dags["launches"] == both["launches"]
    assert both["dag_slowdown_mean"] == dags["dag_slowdown_mean"] != alone["dag_slowdown_mean"]


def test_without_json_it_is_a_table(capsys, graphs):
    lines = printed(capsys, "--graphs", graphs).splitlines()
    assert [line.split("|")[1].strip() for line in lines[2:]] == list(POLICIES)


def test_the_breakdown_has_the_yardsticks_too_and_its_parts_come_to_the_cost(capsys, graphs):
    lines = [line.split("|")[1:-1] for line in printed(capsys, "--graphs", graphs, "--breakdown").splitlines()[2:]]
    assert [name.strip() for name, *_ in lines] == [*POLICIES, *YARDSTICKS]
    assert all(float(cost) == pytest.approx(sum(map(float, parts)), abs=0.03) for _, cost, *parts in lines)


def test_help_says_what_is_counted(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    said = capsys.readouterr().out
    assert all(word in said for word in ("critical path", "astro_no_hold", *SCENARIOS))


@pytest.mark.parametrize("words", [["--seed", "x"], ["--concurrency", "0"], ["--start-seconds", "-1"], ["--policy", "magic"]])
def test_what_makes_no_sense_is_refused(words):
    with pytest.raises(SystemExit) as refused:
        main(words)
    assert refused.value.code == 2


@pytest.mark.parametrize("name", sorted(set(SCENARIOS) - {"surf"}))
def test_every_scenario_plays_to_its_end_and_the_same_on_any_number_of_cores(name, graphs):
    cases = SCENARIOS[name].cases(read_graphs(graphs), (), Setting(seed=5), 0.1)[:2]
    assert scores(["balanced"], cases, processes=1) == scores(["balanced"], cases, processes=2)


def test_our_own_traces_are_whole():
    assert len(read_graphs(GRAPHS)) == 30
    assert len(read_arrivals(ARRIVALS)) == 6295


def test_pictures_are_written(capsys, graphs, tmp_path):
    printed(capsys, "--graphs", graphs, "--policy", "astro", "--plots", tmp_path / "pictures")
    pictures = sorted((tmp_path / "pictures").iterdir())
    assert [picture.name for picture in pictures] == ["cost-and-slowdown.png", "workers.png"]
    assert all(picture.read_bytes().startswith(b"\x89PNG") for picture in pictures)
