"""Every ten minutes: where each planet is, and the sky as seen from above, in letters."""

from __future__ import annotations

from typing import Any

from airflow.sdk import dag, task


@dag(schedule="*/10 * * * *", catchup=False, max_active_runs=1, is_paused_upon_creation=False, tags=["example"], doc_md=__doc__)
def planets() -> None:
    @task
    def position(planet: str, dag_run: Any = None) -> dict[str, Any]:
        from sky import kepler

        found = kepler.position(planet, dag_run.run_after)
        print(f"{planet}: {found['longitude']:.2f}° at {found['distance']:.3f} astronomical units from the sun")
        return found

    @task
    def chart(positions: list[dict[str, Any]]) -> str:
        from sky import picture

        drawn = picture.above(positions)
        print(drawn)
        return drawn

    chart(position.expand(planet=["Mercury", "Venus", "Earth", "Mars", "Jupiter", "Saturn", "Uranus", "Neptune"]))


planets()
