"""The contract of the `Databases` door, as tests: every way to a server inherits it and gives it a `door` to a real one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from orrery.dataplane.kubernetes.databases import Databases
from orrery.errors import Unavailable

from tests.orrery.dataplane.postgres import administration
from tests.orrery.dataplane.postgres.administration import Administered

NAME, OTHER = "d_cours", "d_cours2"


@pytest.fixture(scope="module")
def server() -> Iterator[Administered]:
    with administration.serve() as server:
        yield server


class DatabasesContract:
    @pytest.fixture
    def door(self, server: Administered) -> Databases:
        pytest.fail("an adapter's own tests give the door")

    @pytest.fixture(autouse=True)
    def _emptied(self, door: Databases) -> Iterator[None]:
        yield
        door.remove(NAME)
        door.remove(OTHER)

    def migrated(self, server: Administered, name: str = NAME) -> None:
        with server.connect(name, "mine", name) as airflow:
            for table in ("task_instance", "dag_run", "dag", "slot_pool", "serialized_dag", "job", "connection", "variable"):
                airflow.execute(f"CREATE TABLE {table} (id int)".encode())

    def made(self, door: Databases, name: str = NAME) -> None:
        door.ensure(name, password="mine", reader_password="read")

    def test_its_login_may_do_what_migrations_need(self, server: Administered, door: Databases) -> None:
        self.made(door)
        self.migrated(server)
        with server.connect(NAME, "mine", NAME) as airflow:
            airflow.execute("CREATE TEMPORARY TABLE scratch (id int)")
            airflow.execute("ALTER TABLE dag ADD COLUMN name text")
            airflow.execute("CREATE INDEX ON dag (name)")
            airflow.execute("DROP TABLE dag")

    def test_making_it_again_changes_nothing_but_mends_what_was_changed(self, server: Administered, door: Databases) -> None:
        self.made(door)
        self.migrated(server)
        server.superuser(f"ALTER ROLE {NAME} NOLOGIN PASSWORD 'another'")
        server.superuser(f"GRANT CONNECT ON DATABASE {NAME} TO PUBLIC")
        self.made(door)
        with server.connect(NAME, "mine", NAME) as airflow:
            assert airflow.execute("SELECT count(*) FROM dag").fetchone() == (0,)
        assert server.superuser(f"SELECT has_database_privilege('public', '{NAME}', 'CONNECT')") == [(False,)]

    def test_other_passwords_take_the_place_of_the_first(self, server: Administered, door: Databases) -> None:
        self.made(door)
        door.ensure(NAME, password="newer", reader_password="read")
        server.connect(NAME, "newer", NAME).close()
        with pytest.raises(psycopg.OperationalError):
            server.connect(NAME, "mine", NAME)

    def test_nobody_enters_a_database_of_another_nor_the_servers_own(self, server: Administered, door: Databases) -> None:
        self.made(door)
        self.made(door, OTHER)
        for database in (OTHER, "postgres", "template1", "template0"):
            with pytest.raises(psycopg.OperationalError):
                server.connect(NAME, "mine", database)

    def test_a_deployment_cannot_open_its_database_to_others(self, server: Administered, door: Databases) -> None:
        self.made(door)
        self.made(door, OTHER)
        with server.connect(NAME, "mine", NAME) as airflow:
            airflow.execute(f"GRANT CONNECT ON DATABASE {NAME} TO {OTHER}".encode())  # a warning: it has nothing to give
            for statement in (
                f"ALTER DATABASE {NAME} SET search_path = public",
                f"ALTER ROLE {NAME} CREATEDB",
                f"ALTER ROLE {NAME} CONNECTION LIMIT -1",
                f"DROP DATABASE {NAME}",
                "CREATE DATABASE mine",
                "CREATE ROLE mine",
                f"SET ROLE {OTHER}",
                "SET ROLE administrator",
            ):
                with pytest.raises(psycopg.Error):
                    airflow.execute(statement.encode())
        with pytest.raises(psycopg.OperationalError):
            server.connect(OTHER, "mine", NAME)

    def test_each_login_has_a_limit_of_connections(self, server: Administered, door: Databases) -> None:
        self.made(door)
        found = server.superuser(f"SELECT rolname, rolconnlimit FROM pg_roles WHERE rolname LIKE '{NAME}%' ORDER BY 1")
        assert found == [(NAME, 80), (f"{NAME}_read", 5)]

    def test_no_password_is_kept_in_a_form_that_logs_in(self, server: Administered, door: Databases) -> None:
        self.made(door)
        ((kept,),) = server.superuser(f"SELECT rolpassword FROM pg_authid WHERE rolname = '{NAME}'")
        assert kept.startswith("SCRAM-SHA-256$4096:")
        with pytest.raises(psycopg.OperationalError):
            server.connect(NAME, kept.replace("$", "%24").replace("/", "%2F"), NAME)

    def test_the_reader_sees_demand_once_it_is_there_and_nothing_else(self, server: Administered, door: Databases) -> None:
        self.made(door)
        door.ensure_readable(NAME)
        self.migrated(server)
        door.ensure_readable(NAME)
        door.ensure_readable(NAME)
        with server.connect(f"{NAME}_read", "read", NAME) as agent:
            for table in ("task_instance", "dag_run", "dag", "slot_pool", "serialized_dag", "job"):
                assert agent.execute(f"SELECT count(*) FROM {table}".encode()).fetchone() == (0,)
            for statement in (
                "SELECT * FROM connection",
                "INSERT INTO dag VALUES (1)",
                "CREATE TABLE mine (id int)",
                "CREATE TEMP TABLE t ()",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    agent.execute(statement.encode())

    def test_it_is_used_once_somebody_has_run_or_kept_something(self, server: Administered, door: Databases) -> None:
        assert not door.is_used(NAME)
        self.made(door)
        assert not door.is_used(NAME)
        self.migrated(server)
        assert not door.is_used(NAME)
        with server.connect(NAME, "mine", NAME) as airflow:
            airflow.execute("INSERT INTO variable VALUES (1)")
        assert door.is_used(NAME)

    def test_removing_leaves_neither_database_nor_login_even_while_somebody_is_inside(self, server: Administered, door: Databases) -> None:
        self.made(door)
        with server.connect(NAME, "mine", NAME):
            door.remove(NAME)
        assert server.superuser(f"SELECT datname FROM pg_database WHERE datname = '{NAME}'") == []
        assert server.superuser(f"SELECT rolname FROM pg_roles WHERE rolname LIKE '{NAME}%'") == []
        door.remove(NAME)

    def test_a_login_that_another_deployment_holds_fast_is_closed(self, server: Administered, door: Databases) -> None:
        self.made(door)
        self.made(door, OTHER)
        self.migrated(server)
        with server.connect(NAME, "mine", NAME) as airflow:
            airflow.execute(f"GRANT SELECT ON dag TO {OTHER}".encode())
        door.remove(OTHER)
        assert server.superuser(f"SELECT rolcanlogin FROM pg_roles WHERE rolname = '{OTHER}'") == [(False,)]
        door.remove(NAME)
        door.remove(OTHER)
        assert server.superuser(f"SELECT rolname FROM pg_roles WHERE rolname = '{OTHER}'") == []

    def test_what_was_left_half_made_is_finished(self, server: Administered, door: Databases) -> None:
        self.made(door)
        for broken in (
            f"DROP ROLE {NAME}_read",
            f"ALTER DATABASE {NAME} ALLOW_CONNECTIONS false",
            f"REVOKE ALL ON DATABASE {NAME} FROM {NAME}",
            f"ALTER ROLE {NAME}_read NOLOGIN",
            f"REVOKE {NAME} FROM administrator GRANTED BY administrator",
        ):
            if broken.startswith("DROP ROLE"):
                server.superuser(f"DROP OWNED BY {NAME}_read", NAME)
            server.superuser(broken)
            self.made(door)
            server.connect(NAME, "mine", NAME).close()
            server.connect(f"{NAME}_read", "read", NAME).close()
        self.migrated(server)
        door.ensure_readable(NAME)

    def test_a_removal_that_was_cut_short_is_finished_by_either(self, server: Administered, door: Databases) -> None:
        for finish in (self.made, lambda door: door.remove(NAME)):
            self.made(door)
            server.superuser(f"UPDATE pg_database SET datconnlimit = -2 WHERE datname = '{NAME}'")
            assert not door.is_used(NAME)
            finish(door)
        assert server.superuser(f"SELECT datname FROM pg_database WHERE datname = '{NAME}'") == []

    def test_many_may_be_made_at_once_and_one_by_two(self, server: Administered, door: Databases) -> None:
        names = [f"d_many{number // 2}" for number in range(12)]
        with ThreadPoolExecutor(6) as several:
            list(several.map(lambda name: self._persist(door, name), names))
        for name in set(names):
            server.connect(name, "mine", name).close()
            door.remove(name)

    def _persist(self, door: Databases, name: str) -> None:
        """As the state machines do."""
        for _ in range(20):
            try:
                return self.made(door, name)
            except Unavailable:
                continue
        pytest.fail("it never came to be")

    def test_nothing_that_a_deployment_writes_runs_with_our_rights(self, server: Administered, door: Databases) -> None:
        self.made(door)
        with server.connect(NAME, "mine", NAME) as airflow:
            airflow.execute(
                f"CREATE FUNCTION rise() RETURNS boolean LANGUAGE plpgsql AS "
                f"$$ BEGIN EXECUTE 'ALTER ROLE {NAME} CREATEROLE'; RETURN true; END $$".encode()
            )
            airflow.execute("CREATE VIEW dag_run AS SELECT 1 AS id WHERE rise()")
            airflow.execute("CREATE FUNCTION pg_relation_size(oid) RETURNS bigint LANGUAGE sql AS 'SELECT rise()::int::bigint'")
            airflow.execute(f"ALTER ROLE {NAME} SET search_path = public, pg_catalog".encode())
        assert not door.is_used(NAME)
        door.ensure_readable(NAME)
        self.made(door)
        assert server.superuser(f"SELECT rolcreaterole FROM pg_roles WHERE rolname = '{NAME}'") == [(False,)]
