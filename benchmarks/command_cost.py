"""What the `orrery` command costs to start: CPU over bare Python, against the bounds of 80 ms (no call) and 250 ms (one call).

    python -m benchmarks.command_cost [rounds]

Each command is a process of its own, asked of the kernel how much CPU it took (user and system); rounds are interleaved with bare
`python -c pass`, and the least of each counts, because all that disturbs a process makes it slower. Modules are compiled by a first round
that is not counted, as they are for whoever has the command installed. The API is a thread here, whose time is not the command's.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

BARE = "(bare python)"
LOCAL, ONE, SOME = "no call", "one call", "some calls"
BOUNDS = {LOCAL: 80.0, ONE: 250.0}
"""Milliseconds of CPU over bare Python; what makes several calls has no bound."""
COMMANDS = {
    "--help": LOCAL,
    "--version": LOCAL,
    "deployment --help": LOCAL,
    "deployment apply --help": LOCAL,
    "env connection create --help": LOCAL,
    "completion bash": LOCAL,
    "init --help": LOCAL,
    "check --help": LOCAL,
    "local --help": LOCAL,
    "local status": LOCAL,
    "context list": LOCAL,
    "context show": LOCAL,
    "context set prod --use": LOCAL,
    "nonsense": LOCAL,
    "whoami": ONE,
    "organization list": ONE,
    "api GET /users/self": ONE,
    "workspace list": SOME,
    "deployment list": SOME,
    "deployment inspect etl --template": SOME,
}
_ORGANIZATION, _DEPLOYMENT = {"id": "o1", "name": "Acme"}, {"id": "d1", "name": "etl", "status": "HEALTHY", "workerQueues": []}
_ANSWERS: dict[str, Any] = {
    "/v1/users/self": {"id": "u1", "username": "eve@example.com", "fullName": "Eve", "roles": []},
    "/v1/organizations": {"organizations": [_ORGANIZATION], "totalCount": 1},
    "/v1/organizations/o1/workspaces": {"workspaces": [], "totalCount": 0},
    "/v1/organizations/o1/deployments": {"deployments": [_DEPLOYMENT], "totalCount": 1},
    "/v1/organizations/o1/deployments/d1": _DEPLOYMENT,
}


class _Api(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps(_ANSWERS[self.path.partition("?")[0]]).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """The table is all that is printed."""


@contextmanager
def _environment() -> Iterator[dict[str, str]]:
    """Settings of its own, and an API that answers."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Api) as server, tempfile.TemporaryDirectory() as home:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ORRERY_", "PYTHON"))}
        compiled = {"PYTHONPYCACHEPREFIX": os.path.join(home, "compiled")}
        yield kept | compiled | {"ORRERY_HOME": home, "ORRERY_API_URL": url, "ORRERY_API_TOKEN": "a.token"}
        server.shutdown()


def milliseconds(words: list[str], environment: dict[str, str]) -> float:
    """CPU of one process, user and system."""
    process = subprocess.Popen([sys.executable, *words], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, used = os.wait4(process.pid, 0)
    process.returncode = 0  # it is over, and nobody need wait for it again
    return (used.ru_utime + used.ru_stime) * 1000


def main(rounds: int) -> None:
    programs = {BARE: ["-c", "pass"], **{each: ["-m", "orrery_cli", *each.split()] for each in COMMANDS}}
    least = dict.fromkeys(programs, float("inf"))
    with _environment() as environment:
        for number in range(rounds + 1):
            for name, words in programs.items():
                took = milliseconds(words, environment)
                least[name] = min(least[name], took) if number else least[name]
    bare = least[BARE]
    print(f"{'orrery ...':36}{'':12}{'CPU ms':>8}{'over bare':>11}{'bound':>7}{'ratio':>8}")
    for name, took in least.items():
        kind = COMMANDS.get(name, "")
        bound = BOUNDS.get(kind)
        mark = "  over its bound" if bound and took - bare > bound else ""
        print(f"{name:36}{kind:12}{took:8.1f}{took - bare:11.1f}{bound or '-':>7}{took / bare:8.2f}{mark}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
