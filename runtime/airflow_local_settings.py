"""Found by Airflow under this name: the policy that every DAG of a Deployment passes when read, and what a scheduler of pods needs."""

from __future__ import annotations

from typing import Any

__all__ = ["dag_policy"]


def dag_policy(dag: Any) -> None:
    """What becomes of the runs that a sleeping Deployment missed is its Deployment's to say: `LATEST` runs only the newest interval.

    Left to each DAG where nothing is said. A backfill that somebody asks for is not touched by it.
    """
    from airflow.configuration import conf

    if conf.get("orrery", "catch_up", fallback="AS_WRITTEN") == "LATEST":
        dag.catchup = False


def _begin() -> None:
    """Only who starts pods, or runs in one, loads the client of a cluster for it."""
    from airflow.configuration import conf

    if "KubernetesExecutor" in conf.get("core", "executor", fallback=""):
        from orrery_airflow import authorities

        authorities.accept()


_begin()
