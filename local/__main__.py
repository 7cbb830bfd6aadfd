"""`python -m local up|down|status|prepare|register-cluster|publish-console`: one installation of Orrery on this machine."""

import argparse
import json
import os
import pathlib
import signal
import sys
import time

from local import clusters, environments, strays
from local.console import build, publish
from local.progress import Screen
from local.state import Failure, Lock, State

PATIENCE = 120.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="start everything, run the main job, stay up")
    up.add_argument("--once", action="store_true", help="end everything once the main job has succeeded")
    up.add_argument("--calm", action="store_true", help="make no second Deployment that shows how one sleeps and wakes")
    commands.add_parser("down", help="end everything that `up` started")
    commands.add_parser("status", help="say what is running")
    prepare = commands.add_parser("prepare", help="install the environments beside the plane's own, build the console, and nothing more")
    prepare.add_argument("names", nargs="*", help=f"which of {', '.join(environments.ALL)}, console (default: what `up` needs)")
    published = commands.add_parser("publish-console", help="build the console and put it where a deployed stage serves it")
    published.add_argument("stage", nargs="?", default="default", help="a stage of samconfig.toml")
    register = commands.add_parser("register-cluster", help=f"have a Kubernetes cluster, that of {clusters.VARIABLE}, serve Deployments")
    register.add_argument("file", type=pathlib.Path, help="a request as in docs/registering-a-cluster.md")
    arguments = parser.parse_args()
    if arguments.command == "up":
        from local.up import up as run

        return run(once=arguments.once or os.environ.get("ORRERY_EXIT_AFTER_MAIN_JOB") == "1", calm=arguments.calm)
    state, screen = State.here(), Screen()
    try:
        if arguments.command == "prepare":
            prepare_for(state, screen, arguments.names)
            return 0
        if arguments.command == "publish-console":
            publish.run(state, screen, arguments.stage)
            return 0
        if arguments.command == "register-cluster":
            screen.line(json.dumps(clusters.register(state, arguments.file)))
            return 0
        return down(state, screen) if arguments.command == "down" else status(state, screen)
    except Failure as failure:
        screen.line(f"make {arguments.command}: {failure}")
        return 1


def prepare_for(state: State, screen: Screen, names: list[str]) -> None:
    state.prepare()
    if others := [name for name in names if name != "console"]:
        environments.ensure(state, screen, *others)
    if "console" in names:
        build.ensure(state, screen)
    if not names:
        environments.ensure(state, screen)
        build.ensure_if_possible(state, screen)


def down(state: State, screen: Screen) -> int:
    if not state.path.exists():
        screen.line("Nothing was ever started here.")
        return 0
    if holder := Lock(state).holder():
        with screen.step(f"Ending `make up` (pid {holder})"):
            os.kill(holder, signal.SIGTERM)
            _wait_for_lock(state, holder)
    if strays.find(state.path):
        with screen.step("Ending what an earlier run left behind"):
            strays.end(state.path)
    screen.line(f"Everything is down; what was there is kept in `{state.path}`.")
    return 0


def status(state: State, screen: Screen) -> int:
    holder = Lock(state).holder() if state.path.exists() else None
    if holder is None:
        screen.line("not running; start it with `make up`")
        return 3
    screen.line(f"running (pid {holder}), API on http://localhost:{state.recall('apiPort')}")
    children = state.path / "children.json"
    for name, pid in json.loads(children.read_text()).items() if children.exists() else ():
        screen.line(f"  {name:<6} pid {pid}")
    return 0


def _wait_for_lock(state: State, holder: int) -> None:
    until = time.monotonic() + PATIENCE
    while Lock(state).holder() == holder:
        if time.monotonic() > until:
            raise Failure(f"`make up` (pid {holder}) does not end; kill it and run `make down` again")
        time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())
