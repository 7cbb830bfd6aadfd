"""uv, which builds environments in seconds: the one that runs this command, the one on PATH, or the one installed beside it."""

import os
import shutil
import subprocess
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from orrery_cli.failures import Failure


def find() -> str:
    beside = shutil.which("uv", path=sysconfig.get_path("scripts"))
    found = os.environ.get("UV") or shutil.which("uv") or beside
    if not found:
        raise Failure(
            "uv is needed to build Airflow's environment and is not on PATH: install it with `pip install uv`", kind="not_running"
        )
    return found


def run(*words: str, cwd: Path, log: Path, lines: Sequence[str] = ()) -> None:
    """One command of uv, with lines on its stdin; its own words go to `log`, and the last of them into the failure."""
    environment = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH")}
    text = "".join(f"{line}\n" for line in lines)
    with log.open("w") as file:
        done = subprocess.run(  # noqa: S603
            [find(), *words], cwd=cwd, env=environment, input=text, text=True, stdout=file, stderr=subprocess.STDOUT, check=False
        )
    if done.returncode:
        told = "\n".join(log.read_text(errors="replace").strip().splitlines()[-15:])
        raise Failure(f"the environment cannot be built; uv says:\n{told}", kind="not_running", code="install_failed")
