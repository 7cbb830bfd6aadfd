"""Where a run may leave its files."""

import os
import re
import tempfile
from pathlib import Path


def run_directory(dag_id: str, run_id: str) -> Path:
    """A folder of this run's own: under AIRFLOW_HOME where that can be written, else beside other temporary files."""
    home = Path(os.environ.get("AIRFLOW_HOME", ""))
    base = home / "data" if os.environ.get("AIRFLOW_HOME") and os.access(home, os.W_OK) else Path(tempfile.gettempdir())
    path = base / dag_id / re.sub(r"[^0-9A-Za-z_-]+", "_", run_id)
    path.mkdir(parents=True, exist_ok=True)
    return path
