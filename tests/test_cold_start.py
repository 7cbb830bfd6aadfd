"""What a cold function costs: nothing is opened at import, an empty environment is enough, and nothing heavy comes along."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HTTP = (
    "agents",
    "airflow_access",
    "clusters",
    "deployments",
    "environment",
    "identity",
    "invitations",
    "sign_in",
    "spec",
    "tenancy",
    "uploads",
)
HEAVY = ("kubernetes", "moto", "cryptography", "jwt", "psycopg", "celery", "uvicorn", "orrery.hypervisor.replay")
SCRIPT = """
import socket, sys
def refuse(*_): raise SystemExit("a connection was opened at import")
socket.socket.connect = refuse
import botocore.session
botocore.session.Session.create_client = lambda *_, **__: refuse()
__import__("functions.%s.app")
print(*sorted(sys.modules))
"""


@pytest.mark.parametrize("function", HTTP)
def test_an_http_function_imports_light_and_opens_nothing(function: str) -> None:
    environment = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "layers" / "common")]), "PATH": os.defpath}

    imported = subprocess.run([sys.executable, "-c", SCRIPT % function], env=environment, cwd=ROOT, capture_output=True, text=True)

    assert imported.returncode == 0, imported.stderr
    assert not set(imported.stdout.split()) & set(HEAVY)
