"""Parses a folder of DAGs as Airflow does, and writes what became of it as JSON. Runs under the Python of the project's Airflow.

Usage: parse.py DAGS_FOLDER OUTPUT_FILE
"""

import json
import pathlib
import re
import sys
from typing import Any


def main(folder: str, output: str) -> None:
    sys.path.insert(0, folder)
    bag: Any = _bag(folder)
    dags = [{"dagId": each.dag_id, "file": each.fileloc, "tasks": len(each.task_dict)} for each in bag.dags.values()]
    errors = [_error(pathlib.Path(folder), file, told) for file, told in bag.import_errors.items()]
    pathlib.Path(output).write_text(json.dumps({"dags": dags, "errors": errors}))


def _bag(folder: str) -> Any:
    try:
        from airflow.dag_processing.dagbag import DagBag  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        from airflow.models.dagbag import DagBag  # type: ignore[import-not-found, unused-ignore]
    return DagBag(dag_folder=folder)


def _error(folder: pathlib.Path, file: str, told: str) -> dict[str, Any]:
    """The place is the innermost frame in the project's own code; the message is the last line, which says what and not where."""
    frames = [(pathlib.Path(name), int(line)) for name, line in re.findall(r'^ *File "([^"]+)", line (\d+)', told, re.MULTILINE)]
    own = [(path, line) for path, line in frames if path.is_relative_to(folder) or path.is_relative_to(folder.parent / "include")]
    path = pathlib.Path(file) if pathlib.Path(file).is_absolute() else folder / file
    at, line = own[-1] if own else (path, None)
    message = next((each for each in reversed(told.strip().splitlines()) if each.strip()), "it cannot be imported")
    return {"file": str(at), "line": line, "message": message.strip(), "dagFile": str(path)}


if __name__ == "__main__":
    main(*sys.argv[1:])
