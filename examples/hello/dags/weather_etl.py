"""Four years of Seattle's days: read, validated, added up by month, and left in a SQLite file that is checked against its source."""

from __future__ import annotations

from typing import Any

from airflow.sdk import dag, task


@dag(schedule=None, catchup=False, tags=["example"], doc_md=__doc__)
def weather_etl() -> None:
    @task
    def extract() -> list[dict[str, str]]:
        from seattle import records

        rows = records.daily()
        print(f"read {len(rows)} rows")
        return rows

    @task
    def transform(rows: list[dict[str, str]]) -> dict[str, Any]:
        from seattle import months, records

        days, rejected = records.validated(rows)
        for line in rejected:
            print(f"left out {line}")
        return {"days": days, "months": months.monthly(days), "rejected": len(rejected)}

    @task
    def load(clean: dict[str, Any], run_id: str | None = None) -> dict[str, Any]:
        from seattle import months, places

        path = places.run_directory("weather_etl", str(run_id)) / "seattle.sqlite"
        written = months.write(path, clean["days"], clean["months"])
        print(f"wrote {path}, {path.stat().st_size} bytes")
        return {"path": str(path), **written}

    @task
    def check(rows: list[dict[str, str]], loaded: dict[str, Any]) -> dict[str, Any]:
        """The totals of the file against the raw text, by another way than the one that made them."""
        rain = round(sum(float(row["precipitation"]) for row in rows), 1)
        if loaded["days"] != len(rows) or loaded["precipitation_mm"] != rain:
            raise ValueError(f"the file tells {loaded['days']} days and {loaded['precipitation_mm']} mm, the source {len(rows)} and {rain}")
        if loaded["months"] != len({row["date"][:7] for row in rows}):
            raise ValueError(f"{loaded['months']} months are not all of them")
        print(f"{loaded['days']} days, {rain} mm; wettest {loaded['wettest_month']}, warmest {loaded['warmest_month']}")
        return loaded

    rows = extract()
    check(rows, load(transform(rows)))


weather_etl()
