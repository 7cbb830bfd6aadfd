"""Twelve months, each a bootstrap of its own on the queue `heavy`: its workers come for the work and go after it."""

from __future__ import annotations

from typing import Any

from airflow.sdk import Param, dag, task

RESAMPLES = Param(250_000, type="integer", minimum=1_000, maximum=5_000_000, description="Resamples a figure; more is surer and slower.")


@dag(schedule=None, catchup=False, tags=["example"], params={"resamples": RESAMPLES}, doc_md=__doc__)
def fan_out() -> None:
    @task(queue="heavy")
    def bootstrap(month: int, params: dict[str, Any] | None = None) -> dict[str, Any]:
        from seattle import bootstrap, records

        days, _ = records.validated(records.daily())
        found = bootstrap.month(days, month, resamples=int((params or {})["resamples"]))
        print(f"month {month}: {found['mean']['value']} °C, 95 % between {found['mean']['low']} and {found['mean']['high']}")
        return found

    @task
    def summary(results: list[dict[str, Any]]) -> dict[str, Any]:
        months = sorted(results, key=lambda each: each["month"])
        if [each["month"] for each in months] != list(range(1, 13)):
            raise ValueError(f"{len(months)} results are not the twelve months")
        for each in months:
            mean = each["mean"]
            if not mean["low"] <= mean["value"] <= mean["high"]:
                raise ValueError(f"month {each['month']}: the mean lies outside its own interval")
            print(f"{each['month']:2}  {mean['value']:6.2f} °C  [{mean['low']:.2f}, {mean['high']:.2f}]")
        return {
            "warmest": max(months, key=lambda each: each["mean"]["value"])["month"],
            "coldest": min(months, key=lambda each: each["mean"]["value"])["month"],
            "wettest": max(months, key=lambda each: each["wet_day"]["value"])["month"],
            "months": months,
        }

    summary(bootstrap.expand(month=list(range(1, 13))))


fan_out()
