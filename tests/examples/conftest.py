"""Puts the example's DAG folder on the path, as Airflow does with a bundle."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "examples" / "hello" / "dags"))
