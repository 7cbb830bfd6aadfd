"""The example's own work, without Airflow: known figures of the data, and wrong data noticed."""

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest
from seattle import bootstrap, months, normals, places, records

Day = dict[str, Any]
DAGS = Path(__file__).parents[2] / "examples" / "hello" / "dags"


@pytest.fixture(scope="module")
def days() -> list[Day]:
    found, rejected = records.validated(records.daily())
    assert rejected == []
    return found


def test_the_data_are_the_1461_days_of_four_years(days: list[Day]) -> None:
    assert len(days) == 1461
    assert (days[0]["date"], days[-1]["date"]) == ("2012-01-01", "2015-12-31")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"date": "2012/02/30"}, "row 1"),
        ({"precipitation": "wet"}, "row 1"),
        ({"precipitation": "-1"}, "less than no rain"),
        ({"temp_min": "40"}, "lowest temperature is above"),
        ({"weather": "frogs"}, "unknown weather `frogs`"),
        ({"date": "2012/01/02"}, "there twice"),
    ],
)
def test_a_row_that_does_not_hold_together_is_named_and_left_out(change: dict[str, str], complaint: str) -> None:
    rows = records.daily()[:3]
    rows[0] |= change
    kept, rejected = records.validated(rows)
    assert len(kept) == 2
    assert len(rejected) == 1
    assert complaint in rejected[0]


def test_a_month_adds_up_its_days_and_no_others(days: list[Day]) -> None:
    found = months.monthly(days)
    assert len(found) == 48
    assert sum(each["days"] for each in found) == 1461
    february = next(each for each in found if each["month"] == "2012-02")
    assert february["days"] == 29
    assert february["precipitation"] == pytest.approx(sum(d["precipitation"] for d in days if d["date"].startswith("2012-02")))


def test_the_file_tells_the_totals_of_the_source_and_is_made_anew_each_time(days: list[Day], tmp_path: Path) -> None:
    path = tmp_path / "seattle.sqlite"
    for _ in range(2):
        totals = months.write(path, days, months.monthly(days))
    assert totals == {
        "months": 48,
        "days": 1461,
        "precipitation_mm": 4426.0,
        "wettest_month": "2015-12",
        "warmest_month": "2015-07",
    }
    assert [each.name for each in tmp_path.iterdir()] == ["seattle.sqlite"]


def test_an_interval_holds_its_value_and_narrows_where_days_agree() -> None:
    sure = bootstrap.interval([[10.0] * 31] * 4, fmean, resamples=500, seed=1)
    unsure = bootstrap.interval([[0.0, 20.0] * 15] * 4, fmean, resamples=500, seed=1)
    assert sure == {"value": 10.0, "low": 10.0, "high": 10.0}
    assert unsure["low"] < unsure["value"] < unsure["high"]


def test_a_second_try_of_a_month_gives_the_same_answer(days: list[Day]) -> None:
    july = bootstrap.month(days, 7, resamples=1000)
    assert july == bootstrap.month(days, 7, resamples=1000)
    assert july["days"] == 4 * 31
    assert july["cold_night"]["value"] < july["mean"]["value"] < july["hot_day"]["value"]


def test_an_hour_is_compared_with_the_same_hour_of_the_days_around_it() -> None:
    temperatures = {datetime(2010, 7, 1) + timedelta(hours=h): float(h % 24) for h in range(24 * 14)}
    # 20:30 UTC is 13:30 in Seattle's summer
    found = normals.report(datetime(2024, 7, 7, 20, 30, tzinfo=UTC), temperatures)
    assert found["local_hour"] == "2024-07-07T13:00"
    assert (found["usual"], found["samples"], found["warmest_hour"]) == (13.0, 7, 23)
    assert found["against_the_day"] == 1.5


@pytest.mark.parametrize(
    "moment", [datetime(2024, 2, 29, 12, tzinfo=UTC), datetime(2023, 3, 14, 10, tzinfo=UTC), datetime(2026, 1, 1, 8, tzinfo=UTC)]
)
def test_leap_days_missing_hours_and_the_turn_of_the_year_have_a_report(moment: datetime) -> None:
    found = normals.report(moment, records.hourly())
    assert found["samples"] >= 6
    assert found["coldest"] <= found["usual"] <= found["warmest"]


def test_each_run_has_a_folder_of_its_own_whatever_its_id_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))
    path = places.run_directory("weather_etl", "../manual__2026-01-01T00:00:00+00:00")
    assert path.is_dir()
    assert path.parent == tmp_path / "data" / "weather_etl"


@pytest.mark.parametrize("file", sorted(DAGS.glob("*.py")), ids=lambda path: path.stem)
def test_a_dag_file_imports_nothing_heavy_while_it_is_parsed(file: Path) -> None:
    modules = {node.module for node in ast.parse(file.read_text()).body if isinstance(node, ast.ImportFrom)}
    imports = [node for node in ast.parse(file.read_text()).body if isinstance(node, ast.Import)]
    assert modules <= {"__future__", "typing", "airflow.sdk"}
    assert imports == []
