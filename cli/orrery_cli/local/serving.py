"""A started Airflow: its four processes, what is known of them between commands, and whether they are well."""

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from orrery_cli.failures import Failure
from orrery_cli.local import access, processes
from orrery_cli.local.place import Place, read, write
from orrery_cli.local.processes import Leader
from orrery_cli.output import note

if TYPE_CHECKING:
    from orrery_cli.local.environments import Environment
    from orrery_cli.local.ports import Port

COMPONENTS: Final = {
    "api-server": ("api-server",),
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
    "triggerer": ("triggerer", "--skip-serve-logs"),
}
_HEALTH: Final = {"scheduler": "scheduler", "dag_processor": "dag-processor", "triggerer": "triggerer"}
_EVERY: Final = 0.5

Item = dict[str, Any]


def log(place: Place, component: str) -> Path:
    return place.logs / f"{component}.log"


def leaders(place: Place) -> dict[str, Leader]:
    """The processes that were started last, alive or not."""
    known = read(place.running).get("components")
    return {name: Leader(each["pid"], each["birth"]) for name, each in known.items()} if isinstance(known, dict) else {}


def running(place: Place) -> bool:
    """Whether all of it is alive."""
    known = leaders(place)
    return known.keys() == COMPONENTS.keys() and all(each.alive for each in known.values())


def start(place: Place, environment: "Environment", variables: Mapping[str, str], *, root: Path, port: "Port") -> None:
    """Start all components; what they are is written down one by one, so that an interrupted start can be stopped. Holds no lock."""
    told: Item = {
        "port": port.number,
        "airflowVersion": environment.airflow,
        "environment": str(environment.path),
        "startedAt": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "components": {},
    }
    for name, words in COMPONENTS.items():
        file = log(place, name)
        if file.exists():
            file.replace(file.with_suffix(".log.1"))
        argv = [environment.python, "-m", "airflow", *words]
        kept = (port.claim,) if name == "api-server" else ()
        leader = processes.start(argv, cwd=root, environment=variables, log=file, kept=kept)
        told["components"][name] = {"pid": leader.pid, "birth": leader.birth}
        write(place.running, told)


def stop(place: Place, *, seconds: float) -> int:
    """End what was started, and everything that it started; how many processes that were."""
    ended = processes.end(leaders(place).values(), seconds=seconds)
    place.running.unlink(missing_ok=True)
    return ended


def status(place: Place) -> Item:
    """What is there now, seen from outside: processes by their pids, health by asking."""
    told, known = read(place.running), leaders(place)
    alive = {name: name in known and known[name].alive for name in COMPONENTS}
    port = told.get("port")
    health = _health(int(port)) if port and alive["api-server"] else {}
    components = {name: {"status": _state(name, alive, health), "pid": known[name].pid if alive[name] else None} for name in COMPONENTS}
    some = any(alive.values())
    return {
        "project": str(place.root),
        "running": all(alive.values()),
        "healthy": all(each["status"] == "healthy" for each in components.values()),
        "url": access.url(int(port)) if port and some else None,
        "username": access.USER if some else None,
        "password": access.password(place) if some else None,
        "airflowVersion": told.get("airflowVersion"),
        "startedAt": told.get("startedAt") if some else None,
        "components": components,
    }


def wait(place: Place, *, timeout: int) -> Item:
    """The status as soon as all is well; raises `Failure` when a component ends or the time is up, with its last words."""
    began = time.monotonic()
    before = ""
    while True:
        now = status(place)
        if now["healthy"]:
            return now
        _must_live(place, now)
        missing = ", ".join(name for name, each in now["components"].items() if each["status"] != "healthy")
        if missing != before:
            note(f"{time.monotonic() - began:5.0f} s  waiting for {missing}")
            before = missing
        if time.monotonic() - began > timeout:
            message = f"after {timeout} s there is still no answer of {missing}; see `orrery local logs`, or wait longer with `--timeout`"
            raise Failure(message, kind="not_running", code="wait_timeout")
        time.sleep(_EVERY)


def _must_live(place: Place, now: Item) -> None:
    for name, each in now["components"].items():
        if each["status"] == "stopped":
            last = "\n".join(log(place, name).read_text(errors="replace").strip().splitlines()[-10:]) if log(place, name).exists() else ""
            raise Failure(
                f"the {name} has ended; its last words (`{log(place, name)}`):\n{last}", kind="not_running", code="component_ended"
            )


def _state(name: str, alive: Mapping[str, bool], health: Mapping[str, str]) -> str:
    if not alive[name]:
        return "stopped"
    return "healthy" if health.get(name) == "healthy" else "starting" if health.get(name) is None else "unhealthy"


def _health(port: int) -> dict[str, str]:
    """What the api-server says of all; nothing while it does not answer."""
    import http.client  # which nobody needs who asks for help

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", "/api/v2/monitor/health")
        response = connection.getresponse()
        told = json.loads(response.read())
        if response.status != 200 or not isinstance(told, dict):
            return {}
        found = {ours: str((told.get(theirs) or {}).get("status")) for theirs, ours in _HEALTH.items()}
        return {name: state for name, state in found.items() if state != "None"} | {"api-server": str(told["metadatabase"]["status"])}
    except (OSError, ValueError, KeyError, TypeError, http.client.HTTPException):
        return {}
    finally:
        connection.close()
