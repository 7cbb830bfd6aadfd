"""Each hour: what the temperature in Seattle usually is at this hour of this time of year, kept as a JSON file of the run."""

from __future__ import annotations

from typing import Any

from airflow.sdk import dag, task


@dag(schedule="0 * * * *", catchup=False, max_active_runs=1, tags=["example"], doc_md=__doc__)
def hourly_report() -> None:
    @task
    def report(dag_run: Any = None) -> dict[str, Any]:
        from seattle import normals, records

        found = normals.report(dag_run.run_after, records.hourly())
        print(f"Seattle, {found['local_hour']}: usually {found['usual']} °C, {found['coldest']} to {found['warmest']}")
        return found

    @task
    def keep(found: dict[str, Any], run_id: str | None = None) -> str:
        import json

        from seattle import places

        path = places.run_directory("hourly_report", str(run_id)) / "report.json"
        path.write_text(json.dumps(found, indent=2) + "\n")
        print(f"wrote {path}")
        return str(path)

    keep(report())


hourly_report()
