"""`python -m local.home`: serve until told to stop, then end everything in order."""

import fcntl
import os
import signal
import sys
import threading
from pathlib import Path

from orrery.errors import Error

from local.home.home import Home
from local.home.places import places
from local.home.server import Server


def main() -> int:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    where = places(Path(os.environ.get("ORRERY_STATE", ".orrery")))
    try:
        where.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = open(where.home / "lock", "w")  # noqa: SIM115
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        home = Home(where)
        home.begin()
        server = Server(where.socket, home)
    except BlockingIOError:
        print(f"home: another process home already serves `{where.home}`", file=sys.stderr)
        return 1
    except Error as error:
        print(f"home: {error.message}", file=sys.stderr)
        return 1
    threading.Thread(target=server.serve_forever, name="door", daemon=True).start()
    print(f"home: ready, {'each Deployment has a user of its own' if where.isolated else 'one trust domain (not root)'}", flush=True)
    stop.wait()
    server.shutdown()
    where.socket.unlink(missing_ok=True)
    home.end(drain_seconds=float(os.environ.get("ORRERY_DRAIN_SECONDS", "30")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
