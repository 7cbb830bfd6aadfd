"""A real PostgreSQL with passwords, administered as Aurora is: by a login that may make roles and databases and is no superuser."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg

from tests.support import postgres

_RULES = "local all orrery trust\nlocal all all scram-sha-256\nhost all all samenet scram-sha-256\n"


@dataclass(frozen=True)
class Administered:
    server: postgres.Server

    def url(self, login: str, password: str, database: str = "postgres") -> str:
        return f"postgresql://{login}:{password}@/{database}?host={self.server.room}"

    @property
    def administrator(self) -> str:
        return self.url("administrator", "the-administrators")

    def connect(self, login: str, password: str, database: str) -> psycopg.Connection:
        return psycopg.connect(self.url(login, password, database), autocommit=True)

    def superuser(self, statement: str, database: str = "postgres") -> list[tuple]:
        """Looks at, or breaks, what no adapter could."""
        with psycopg.connect(self.server.url, dbname=database, autocommit=True) as connection:
            done = connection.execute(statement.encode())
            return done.fetchall() if done.description else []


@contextlib.contextmanager
def serve(address: str = "") -> Iterator[Administered]:
    """On its socket, and for whoever has a password at an address of this machine too."""
    with postgres.serve(address) as server:
        (server.room / "data" / "pg_hba.conf").write_text(_RULES)
        there = Administered(server)
        for statement in (
            "SELECT pg_reload_conf()",
            "CREATE ROLE administrator LOGIN CREATEDB CREATEROLE PASSWORD 'the-administrators'",
            "GRANT pg_signal_backend TO administrator",
            "ALTER DATABASE postgres OWNER TO administrator",
            "ALTER DATABASE template1 OWNER TO administrator",
        ):
            there.superuser(statement)
        yield there
