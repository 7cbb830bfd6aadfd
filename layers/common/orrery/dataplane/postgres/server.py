"""A database and its logins for each Deployment, in SQL. Every step may run again from wherever it stopped, and beside others of its kind.

The administrator is no superuser: on Aurora nobody is. It owns the databases, so that no Deployment can open its own to others, set what
the administrator's sessions run with, or drop it; a Deployment's login may do in it whatever a migration needs. Nothing here reads a
table of a Deployment's: what lies behind its name is its owner's to choose, and a view would run the owner's functions as us.
"""

from collections.abc import Collection
from dataclasses import dataclass

from orrery import names
from orrery.dataplane.postgres.scram import verifier
from orrery.dataplane.postgres.sql import Refused, Sql, Value, identifier, literal, meaning

# ruff: noqa: S608 - a statement that changes rights takes no parameters; names and texts are written by `identifier` and `literal` only

DEMAND_TABLES = ("task_instance", "dag_run", "dag", "slot_pool", "serialized_dag", "job")
"""What the agent reads to know how many workers are needed, and whether the scheduler lives."""
_KEEPSAKES = ("dag_run", "connection", "variable")
"""Tables that are empty until somebody has used the Airflow."""
_CONNECTIONS, _READERS = 80, 5
"""At once, by login: three PgBouncers of twenty while they are rolled, the migrations and the snapshot; the agent needs two."""
_THERE_ALREADY = ("42710", "42P04", "23505")
"""Role or database exists; the last when two made it in the same moment."""
_HELD_FAST, _ABSENT = "2BP01", "42704"
_BROKEN = -2
"""The connection limit by which PostgreSQL marks a database whose removal was cut short; it can only be removed."""


@dataclass(frozen=True)
class _State:
    """What is there of one Deployment's: its logins, its database (None for none), and whether anybody may enter the server's own."""

    logins: Collection[str]
    limit: int | None
    is_open: bool
    strangers: bool


@dataclass(frozen=True)
class Server:
    """Keeps the `Databases` door; `sql` leads to the administrator's own database."""

    sql: Sql

    def ensure(self, name: str, *, password: str, reader_password: str) -> None:
        there = self._look(name)
        if there.strangers:
            self._run("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")
        self._ensure_login(name, password, _CONNECTIONS, is_there=name in there.logins)
        self._ensure_login(names.reader(name), reader_password, _READERS, is_there=names.reader(name) in there.logins)
        self._run(f"GRANT {identifier(name)} TO CURRENT_USER")
        if there.limit == _BROKEN:
            self._drop(name)
        self._ensure_database(name, is_there=there.limit not in (None, _BROKEN))
        self._furnish(name)

    def ensure_readable(self, name: str) -> None:
        wanted = ", ".join(map(literal, DEMAND_TABLES))
        found = self._run(
            "SELECT relname::text FROM pg_catalog.pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') "
            f"AND relname IN ({wanted}) AND NOT pg_catalog.has_table_privilege({literal(names.reader(name))}, oid, 'SELECT')",
            database=name,
        )
        if found:
            tables = ", ".join(f"public.{identifier(str(table))}" for (table,) in found)
            self._run(f"GRANT SELECT ON {tables} TO {identifier(names.reader(name))}", database=name)

    def is_used(self, name: str) -> bool:
        there = self._look(name)
        if there.limit in (None, _BROKEN) or not there.is_open:
            return False
        kept = ", ".join(map(literal, _KEEPSAKES))
        ((used,),) = self._run(
            "SELECT EXISTS (SELECT FROM pg_catalog.pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' "
            f"AND relname IN ({kept}) AND pg_catalog.pg_relation_size(oid) > 0)",
            database=name,
        )
        return bool(used)

    def remove(self, name: str) -> None:
        there = self._look(name)
        if there.limit is not None:
            self._drop(name)
        for login in there.logins:
            self._remove_login(login)

    def _look(self, name: str) -> _State:
        """All that must be known, in one question."""
        own, other = literal(name), literal(names.reader(name))
        ((login, second, limit, is_open, strangers),) = self._run(
            f"SELECT (SELECT rolname::text FROM pg_catalog.pg_roles WHERE rolname = {own}), "
            f"(SELECT rolname::text FROM pg_catalog.pg_roles WHERE rolname = {other}), "
            f"(SELECT datconnlimit FROM pg_catalog.pg_database WHERE datname = {own}), "
            f"(SELECT datallowconn FROM pg_catalog.pg_database WHERE datname = {own}), "
            "(SELECT bool_or(pg_catalog.has_database_privilege('public', oid, 'CONNECT')) FROM pg_catalog.pg_database "
            "WHERE datname IN ('postgres', 'template1'))"
        )
        logins = tuple(str(each) for each in (login, second) if each is not None)
        return _State(logins, None if limit is None else int(limit), bool(is_open), bool(strangers))

    def _ensure_login(self, name: str, password: str, limit: int, *, is_there: bool) -> None:
        if not is_there:
            self._run(f"CREATE ROLE {identifier(name)}", fine=_THERE_ALREADY)
        secret = literal(verifier(password))
        self._run(f"ALTER ROLE {identifier(name)} LOGIN CONNECTION LIMIT {limit} PASSWORD {secret}")

    def _ensure_database(self, name: str, *, is_there: bool) -> None:
        """Nobody enters until PUBLIC cannot. The template lets nobody in either, so no connection to it is ever in the way of a copy."""
        own = identifier(name)
        if not is_there:
            self._run(f"CREATE DATABASE {own} TEMPLATE template0 ENCODING 'UTF8' ALLOW_CONNECTIONS false", fine=_THERE_ALREADY)
        self._run(f"REVOKE ALL ON DATABASE {own} FROM PUBLIC")
        self._run(f"GRANT CONNECT, TEMPORARY ON DATABASE {own} TO {own}")
        self._run(f"GRANT CONNECT ON DATABASE {own} TO {identifier(names.reader(name))}")
        self._run(f"ALTER DATABASE {own} ALLOW_CONNECTIONS true")

    def _furnish(self, name: str) -> None:
        own = identifier(name)
        self._run("REVOKE ALL ON SCHEMA public FROM PUBLIC", database=name)
        self._run(f"GRANT USAGE, CREATE ON SCHEMA public TO {own}", database=name)
        self._run(f"GRANT USAGE ON SCHEMA public TO {identifier(names.reader(name))}", database=name)

    def _drop(self, name: str) -> None:
        self._run(f"DROP DATABASE IF EXISTS {identifier(name)} WITH (FORCE)")

    def _remove_login(self, name: str) -> None:
        """Rights that another Deployment gave this login in its own database hold it fast: then nobody logs in by it any more."""
        try:
            self.sql.run(f"DROP ROLE IF EXISTS {identifier(name)}")
        except Refused as refused:
            if refused.code != _HELD_FAST:
                raise meaning(refused) from refused
            self._run(f"ALTER ROLE {identifier(name)} NOLOGIN PASSWORD NULL", fine=(_ABSENT,))

    def _run(self, statement: str, *, database: str = "", fine: tuple[str, ...] = ()) -> list[tuple[Value, ...]]:
        """Refusals that are `fine` are an empty answer, all others are raised as ours."""
        try:
            return self.sql.run(statement, database=database)
        except Refused as refused:
            if refused.code in fine:
                return []
            raise meaning(refused) from refused
