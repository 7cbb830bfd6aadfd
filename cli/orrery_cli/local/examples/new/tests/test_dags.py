"""`orrery pytest` runs these in the project's own Airflow."""

from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag

DAGS = Path(__file__).parents[1] / "dags"


@pytest.fixture(scope="session")
def bag() -> DagBag:
    return DagBag(dag_folder=str(DAGS))


def test_every_dag_can_be_imported(bag: DagBag) -> None:
    assert bag.import_errors == {}
    assert bag.dags


def test_every_dag_is_tagged(bag: DagBag) -> None:
    assert [dag_id for dag_id, dag in bag.dags.items() if not dag.tags] == []
