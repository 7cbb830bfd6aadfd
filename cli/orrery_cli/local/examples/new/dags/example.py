"""How a shop's week went: each store is counted by a task of its own, side by side, and one task draws the line below.

A first DAG to change: it needs no network and no connection, and the same week always gives the same figures.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from airflow.sdk import Asset, Param, dag, task

REPORT = Asset("weekly_report")


@dag(
    schedule="0 6 * * 1",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    tags=["example"],
    default_args={"retries": 2, "retry_delay": timedelta(seconds=30)},
    params={"days": Param(7, type="integer", minimum=1, maximum=31, description="How many days to look back.")},
    doc_md=__doc__,
)
def example() -> None:
    @task
    def stores() -> list[str]:
        return ["harbour", "market", "station"]

    @task
    def count(store: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """Sales of one store; a real one would ask a database through a hook."""
        chance = random.Random(store)
        sales = [chance.randint(40, 120) for _ in range((params or {})["days"])]
        print(f"{store}: {sum(sales)} sales in {len(sales)} days")
        return {"store": store, "sales": sum(sales)}

    @task(outlets=[REPORT])
    def report(counted: list[dict[str, Any]]) -> dict[str, Any]:
        """DAGs with `schedule=[REPORT]` run whenever this has succeeded."""
        found = list(counted)
        best = max(found, key=lambda each: each["sales"])
        print(f"{sum(each['sales'] for each in found)} sales in all, most of them at {best['store']}")
        return {"total": sum(each["sales"] for each in found), "best": best["store"]}

    report(count.expand(store=stores()))


example()
