"""These tests need Airflow, which only the runtime's environment has: there they are collected, and `test_runtime.py` runs them there."""

import os
import tempfile
from importlib.util import find_spec

if find_spec("airflow") is None:
    collect_ignore_glob = ["airflow_side/*"]
else:
    _home = tempfile.mkdtemp()
    os.environ |= {
        "AIRFLOW_HOME": _home,
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": f"{_home}/bundles",
        "AIRFLOW__API__BASE_URL": "http://solar-orbit-1.localhost:20001",
        "AIRFLOW__API_AUTH__JWT_ISSUER": "urn:orrery:deployment:d1",
        "AIRFLOW__API_AUTH__JWT_SECRET": "a secret of this test, long enough for HS512 to be content with it, which asks for 64 bytes",
        "AIRFLOW__ORRERY__API_URL": "http://plane.invalid",
        "AIRFLOW__ORRERY__DEPLOYMENT_ID": "d1",
    }
