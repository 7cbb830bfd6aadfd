"""What is wrong with a project's DAGs: what Airflow finds when it parses them, and what ruff's rules about Airflow find."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any, Final

from orrery_cli.failures import Failure
from orrery_cli.local import inside
from orrery_cli.local.preparation import Prepared

_GONE: Final = "AIR30"
"""ruff's rules about what Airflow 3 no longer has; the others are about what a later one will not have."""

Item = dict[str, Any]


def check(ready: Prepared, folder: Path) -> Item:
    """{dags, errors, warnings}; files are relative to the project. `folder` is for what is written on the way."""
    variables = ready.variables(folder / "airflow.db", folder) | {"AIRFLOW__CORE__DAGBAG_IMPORT_ERROR_TRACEBACK_DEPTH": "100"}
    found = _parsed(ready, folder, variables)
    rules = _ruff(ready, variables)
    dags = sorted(({**each, "file": _relative(ready, each["file"])} for each in found["dags"]), key=lambda each: str(each["dagId"]))
    errors = [_import_error(ready, each) for each in found["errors"]]
    errors += [each for each in rules if each["code"].startswith(_GONE)]
    warnings = [each for each in rules if not each["code"].startswith(_GONE)]
    return {"dags": dags, "errors": sorted(errors, key=_place), "warnings": sorted(warnings, key=_place)}


def _parsed(ready: Prepared, folder: Path, variables: dict[str, str]) -> Item:
    output = folder / "parsed.json"
    program = str(Path(inside.__file__).parent / "parse.py")
    argv = [ready.environment.python, program, str(ready.project.dags.resolve()), str(output)]
    done = _run(ready, argv, variables)
    if not output.exists():
        last = "\n".join((done.stderr or done.stdout).strip().splitlines()[-10:])
        raise Failure(f"the DAGs could not be parsed at all:\n{last}", kind="not_running", code="parse_failed")
    document = json.loads(output.read_text())
    assert isinstance(document, dict)
    return document


def _ruff(ready: Prepared, variables: dict[str, str]) -> list[Item]:
    argv = [
        str(ready.environment.bin / "ruff"),
        "check",
        "--select",
        "AIR",
        "--output-format",
        "json",
        "--exit-zero",
        str(ready.project.dags),
    ]
    done = _run(ready, argv, variables)
    if done.returncode:
        raise Failure(f"ruff failed: {done.stderr.strip()}", kind="not_running", code="ruff_failed")
    return [_finding(ready, each) for each in json.loads(done.stdout) if str(each["code"]).startswith("AIR")]


def _run(ready: Prepared, argv: list[str], variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        argv, cwd=ready.project.root, env=variables, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


def _import_error(ready: Prepared, told: Item) -> Item:
    code = "duplicate-dag-id" if "AirflowDagDuplicatedIdException" in told["message"] else "import-error"
    message = told["message"].removeprefix("AirflowDagDuplicatedIdException: ").replace(f"{ready.project.root.resolve()}{os.sep}", "")
    return {"file": _relative(ready, told["file"]), "line": told["line"], "code": code, "message": message}


def _finding(ready: Prepared, told: Item) -> Item:
    return {"file": _relative(ready, told["filename"]), "line": told["location"]["row"], "code": told["code"], "message": told["message"]}


def _relative(ready: Prepared, file: str) -> str:
    return os.path.relpath(file, ready.project.root.resolve())


def _place(each: Item) -> tuple[str, int]:
    return each["file"], each["line"] or 0
