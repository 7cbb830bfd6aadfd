"""A uv whose environments hold a small Airflow: quick enough to be started and ended in every test. The real one is in
test_local_airflow.py.

Usage: fake_uv.py uv|python|ruff|airflow ARGUMENTS...
"""

import http.server
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

RUN = "INSERT INTO dag_run (dag_id, run_id, state, logical_date, start_date, end_date) VALUES (?, 'manual__1', ?, ?, ?, ?)"
WHEN = "2026-01-02 03:04:05.678901"


def uv(words: list[str]) -> int:
    if words[0] == "venv":
        path = pathlib.Path(words[-1])
        shutil.rmtree(path, ignore_errors=True)
        for name in ("python", "ruff", "airflow"):
            script(path / "bin" / name, name)
        (path / "asked.json").write_text(json.dumps(words))
        return 0
    lines = sys.stdin.read().splitlines()
    if "impossible" in lines:
        print("no solution found: `impossible` is not to be had")
        return 1
    path = pathlib.Path(words[words.index("--python") + 1]).parents[1]
    (path / "installed.txt").write_text("\n".join(lines))
    version = next(line for line in lines if line.startswith("apache-airflow==")).partition("==")[2].replace("*", "9")
    (path / f"lib/python3.11/site-packages/apache_airflow_core-{version}.dist-info").mkdir(parents=True)
    return 0


def script(path: pathlib.Path, role: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "{__file__}" {role} "$@"\n')
    path.chmod(0o755)


def python(words: list[str]) -> int:
    match words:
        case ["-m", "airflow", "db", "migrate"]:
            migrate()
        case ["-m", "airflow", "pools", "import", file]:
            (pathlib.Path(os.environ["AIRFLOW_HOME"]) / "imported.json").write_text(pathlib.Path(file).read_text())
        case ["-m", "airflow", "dags", "test", dag_id, *rest]:
            return run(dag_id, rest)
        case ["-m", "airflow", component, *_]:
            serve(component)
        case ["-m", "pytest", report, *_]:
            return tested(pathlib.Path(report.partition("=")[2]))
        case [program, folder, output] if program.endswith("parse.py"):
            parse(pathlib.Path(folder), pathlib.Path(output))
        case ["-c", "exit", code]:
            return int(code)
        case _:
            print(json.dumps({name: value for name, value in os.environ.items() if name.startswith(("AIRFLOW", "STAGE", "ORRERY"))}))
    return 0


def database() -> sqlite3.Connection:
    return sqlite3.connect(os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].removeprefix("sqlite:///"))


def migrate() -> None:
    with database() as db:
        db.execute("CREATE TABLE IF NOT EXISTS dag_run (id INTEGER PRIMARY KEY, dag_id, run_id, state, logical_date, start_date, end_date)")
        db.execute("CREATE TABLE IF NOT EXISTS task_instance (dag_id, run_id, task_id, map_index, state, duration, end_date)")


def run(dag_id: str, rest: list[str]) -> int:
    print(f"running {dag_id} {rest}")
    if dag_id == "absent":
        return 1
    state = "failed" if dag_id == "broken" else "success"
    with database() as db:
        assert db.execute("SELECT count(*) FROM dag_run").fetchone() == (0,)
        db.execute(RUN, (dag_id, state, WHEN, WHEN, WHEN))
        db.execute("INSERT INTO task_instance VALUES (?, 'manual__1', 'hi', -1, ?, 1.5, ?)", (dag_id, state, WHEN))
    return state == "failed"


def tested(report: pathlib.Path) -> int:
    if pathlib.Path("unusable").exists():
        return 4
    failed = int(pathlib.Path("failing").exists())
    print(f"{4 - failed} passed, {failed} failed")
    report.write_text(f'<testsuites><testsuite tests="5" failures="{failed}" errors="0" skipped="1"/></testsuites>')
    return failed


def parse(folder: pathlib.Path, output: pathlib.Path) -> None:
    files = sorted(folder.rglob("*.py"))
    dags = [{"dagId": file.stem, "file": str(file), "tasks": 1} for file in files if "broken" not in file.name]
    broken = [file for file in files if "broken" in file.name]
    errors = [
        {"file": str(file), "line": 3, "message": "ModuleNotFoundError: No module named 'x'", "dagFile": str(file)} for file in broken
    ]
    output.write_text(json.dumps({"dags": dags, "errors": errors}))


def ruff(words: list[str]) -> int:
    file = pathlib.Path(words[-1], "old.py")
    code = file.read_text().strip("# \n") if file.exists() else ""
    finding = {"code": code, "filename": str(file), "location": {"row": 7}, "message": "`x` is gone"}
    print(json.dumps([finding] if code else []))
    return 0


def serve(component: str) -> None:
    print(f"{component} begins", flush=True)
    if pathlib.Path(f"no-{component}").exists():
        print("cannot begin", flush=True)
        raise SystemExit(1)
    # what a component starts besides, some of it in sessions of its own
    subprocess.Popen(["sleep", "600"], start_new_session=component == "scheduler")
    if pathlib.Path("stubborn").exists():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if component == "api-server":
        http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["AIRFLOW__API__PORT"])), Health).serve_forever()
    time.sleep(600)


class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        names = ("metadatabase", "scheduler", "dag_processor", "triggerer")
        well = {name: {"status": None if pathlib.Path(f"no-{name}").exists() else "healthy"} for name in names}
        body = json.dumps(well).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)


def airflow(words: list[str]) -> int:
    print(*words)
    return 0


ROLES = {"uv": uv, "python": python, "ruff": ruff, "airflow": airflow}

if __name__ == "__main__":
    sys.exit(ROLES[sys.argv[1]](sys.argv[2:]))
