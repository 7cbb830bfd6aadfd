"""Puts the examples' DAG folders on the path, as Airflow does with a bundle."""

import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"
sys.path[:0] = [str(EXAMPLES / name / "dags") for name in ("hello", "clockwork")]
