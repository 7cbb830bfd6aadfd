"""The Airflow side of a Deployment is tested inside the Airflow runtime, whose libraries the plane does not have."""

import json
import os
import subprocess
from pathlib import Path

from tests.local.home.running import ROOT, runtime_venv


def test_the_airflow_side_passes_its_tests_in_the_runtime() -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "PYTHONPATH": f"{ROOT / 'runtime'}:{ROOT}"}
    folder = Path(__file__).parent
    python = str(runtime_venv() / "bin" / "python")
    command = [python, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", str(folder), "--confcutdir", str(folder)]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", str(folder / "airflow_side")], env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


def test_every_runtime_names_the_airflow_that_its_lock_installs() -> None:
    versions = json.loads((ROOT / "runtime" / "versions.json").read_text())["runtimeVersions"]
    locked = (ROOT / "runtime" / "uv.lock").read_text()
    newest = list(versions.values())[-1]["metadata"]["airflowVersion"]
    assert f'name = "apache-airflow"\nversion = "{newest}"' in locked
