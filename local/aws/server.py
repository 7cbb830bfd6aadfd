"""The engine's process: MiniStack's DynamoDB, KMS and S3 on a loopback port, made durable, and a mailbox, all behind this machine's key.

`python -m local.aws.server --state DIR` with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment. When it
listens, `DIR/ready.json` names the port and the process.
"""

import argparse
import asyncio
import fcntl
import importlib
import json
import logging
import os
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from local.aws.access import AccessKey
from local.aws.guard import Guard
from local.aws.journal import Journal, JournalError, reason
from local.aws.keys import Keys
from local.aws.mailbox import Mailbox
from local.aws.objects import Objects, mend
from local.aws.tables import Tables


def _import_ministack(state: Path) -> Any:
    """MiniStack reads its environment and the objects' files when it is imported, so both are made ready first."""
    os.environ.update(S3_PERSIST="1", S3_DATA_DIR=str(state / "s3"), PERSIST_STATE="0", SERVICES="dynamodb,dynamodbstreams,kms,s3")
    os.environ.update(BIND_HOST="127.0.0.1", IOT_MTLS_ENABLED="0", SFTP_ENABLED="0", AUTH="false", LOG_LEVEL="WARNING")
    logging.getLogger("kms").setLevel(logging.ERROR)  # it misses a library for asymmetric keys, which nobody here has
    (state / "s3").mkdir(exist_ok=True)
    mend(state / "s3")
    return importlib.import_module("ministack.app")


def _handlers(state: Path, guard: Guard, *, sync: bool) -> dict[str, Any]:
    """The durable handlers that take the place of MiniStack's own, with everything kept in `state` restored."""
    modules = (
        importlib.import_module(f"ministack.{name}") for name in ("services.dynamodb", "services.kms", "services.s3", "core.persistence")
    )
    dynamodb, kms, s3, persistence = modules
    tables = Tables(dynamodb, Journal(state / "tables.jsonl", sync=sync), guard.fail)
    objects = Objects(s3, persistence, settings=state / "buckets.json", on_failure=guard.fail)
    keys = Keys(kms, persistence, file=state / "keys.json", on_failure=guard.fail)
    tables.restore()
    keys.restore()
    objects.restore()
    return {"dynamodb": tables.handle, "kms": keys.handle, "s3": objects.handle}


async def serve(state: Path, listeners: Sequence[socket.socket], key: AccessKey, *, mail: Path, sync: bool, leashed: bool) -> bool:
    """Serve until a signal, the end of stdin (`leashed`) or a failed write; true when it ended well."""
    ministack = _import_ministack(state)
    hosts = {"localhost", *(listener.getsockname()[0] for listener in listeners)}
    guard = Guard(ministack.app, key, mailbox=Mailbox(mail), hosts=hosts)
    ministack.SERVICE_HANDLERS.update(_handlers(state, guard, sync=sync))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, guard.stop)
    if leashed:  # nobody writes to stdin: it becomes readable when its other end is gone
        loop.add_reader(sys.stdin.fileno(), guard.stop)
    for listener in listeners:
        listener.listen(100)
    _announce(state, listeners[0])
    config = importlib.import_module("hypercorn.config").Config()
    config.bind = [f"fd://{listener.detach()}" for listener in listeners]
    config.graceful_timeout, config.keep_alive_timeout, config.loglevel = 1, 75, "WARNING"
    await importlib.import_module("hypercorn.asyncio").serve(guard, config, shutdown_trigger=guard.stopped)
    (state / "ready.json").unlink(missing_ok=True)
    return not guard.failed


def _announce(state: Path, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    successor = state / "ready.new"
    successor.write_text(json.dumps({"pid": os.getpid(), "url": f"http://127.0.0.1:{port}"}))
    successor.replace(state / "ready.json")


def _listeners(port: int, address: str | None) -> list[socket.socket]:
    """On loopback, and under the same port at one more address when that is asked for."""
    first = _listener("127.0.0.1", port)
    return [first, _listener(address, first.getsockname()[1])] if address else [first]


def _listener(address: str, port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
    except OSError as error:
        raise JournalError(f"port {port} of {address} cannot be used: {reason(error)}") from error
    return listener


def _lock(state: Path) -> int:
    """Two engines on one directory would overwrite each other's journal; the lock ends with the process."""
    descriptor = os.open(state / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise JournalError(f"another engine already runs on `{state}`; stop it first") from error
    return descriptor


def main() -> int:
    parser = argparse.ArgumentParser(description="DynamoDB, KMS, S3 and a mailbox for this machine")
    parser.add_argument("--state", type=Path, required=True, help="the directory everything is kept in")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--address", help="where it is reached beside loopback: for the pods of a cluster on this machine")
    parser.add_argument("--mail", type=Path, help="the directory that mail is written to; `mail` in the state when left out")
    parser.add_argument("--sync", action="store_true", help="wait for the disk at every write")
    parser.add_argument("--leashed", action="store_true", help="end when stdin ends, so no engine outlives whoever started it")
    given = parser.parse_args()
    os.umask(0o077)
    try:
        key = AccessKey(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
        given.state.mkdir(parents=True, exist_ok=True)
        held, mail = _lock(given.state), given.mail or given.state / "mail"
        listeners = _listeners(given.port, given.address)
        well = asyncio.run(serve(given.state, listeners, key, mail=mail, sync=given.sync, leashed=given.leashed))
        os.close(held)
    except JournalError as error:
        return _cannot_start(str(error))
    except OSError as error:
        return _cannot_start(f"{error.filename or 'the state directory'}: {reason(error)}")
    except KeyError as error:
        return _cannot_start(f"{error.args[0]} is not set")
    return 0 if well else 1


def _cannot_start(why: str) -> int:
    print(f"the local AWS engine cannot start: {why}", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
