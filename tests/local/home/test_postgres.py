"""The database server that all Deployments share, without any Airflow: what a Deployment's own login can make of it."""

import os
from collections.abc import Iterator

import psycopg
import pytest

from local.home.places import places
from local.home.postgres import KEY, Postgres
from local.home.supervisor import Supervisor

TEMPLATE, NAME = "template_of_ours", "d_cours"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    there = places(tmp_path_factory.mktemp("server").resolve() / ".orrery")
    there.prepare()
    supervisor = Supervisor(there.state)
    supervisor.begin()
    server = Postgres(there, supervisor, uid=59990 if there.isolated else os.getuid())
    server.run()
    with psycopg.connect(server.open_template(TEMPLATE), autocommit=True) as connection:
        for table in ("task_instance", "dag_run", "dag", "slot_pool", "serialized_dag", "job", "trigger"):
            connection.execute(f"CREATE TABLE {table} (id int)".encode())
    server.seal_template(TEMPLATE)
    yield server
    supervisor.unwant(KEY)
    assert supervisor.wait_gone([KEY], seconds=30)
    supervisor.close()
    there.clear_run()


@pytest.fixture
def owner(server: Postgres) -> Iterator[psycopg.Connection]:
    server.remove(NAME)
    server.ensure(NAME, template=TEMPLATE, password="mine", reader_password="read")
    with psycopg.connect(server.url(login=NAME, password="mine", database=NAME), autocommit=True) as connection:
        yield connection


def test_a_deployment_that_deferred_a_task_has_triggers(server: Postgres, owner: psycopg.Connection) -> None:
    assert not server.has_triggers(NAME)
    owner.execute("INSERT INTO trigger VALUES (1)")
    assert server.has_triggers(NAME)


def test_nothing_that_a_deployment_writes_runs_with_the_rights_of_the_home(server: Postgres, owner: psycopg.Connection) -> None:
    owner.execute("DROP TABLE trigger")
    owner.execute(
        f"CREATE FUNCTION rise() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'ALTER ROLE {NAME} SUPERUSER'; RETURN true; END $$"
    )
    owner.execute("CREATE VIEW trigger AS SELECT 1 AS id WHERE rise()")
    owner.execute("CREATE FUNCTION pg_relation_size(oid) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN PERFORM rise(); RETURN 1; END $$")
    owner.execute(f"ALTER DATABASE {NAME} SET search_path = public, pg_catalog")

    assert not server.has_triggers(NAME)
    server.ensure(NAME, template=TEMPLATE, password="mine", reader_password="read")
    with server.superuser() as connection:
        assert connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = %s", [NAME]).fetchone() == (False,)


def test_a_deployment_that_locks_its_tables_does_not_stop_the_home(server: Postgres, owner: psycopg.Connection) -> None:
    with owner.transaction():
        owner.execute("LOCK TABLE trigger")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            server.has_triggers(NAME)


def test_rights_that_another_deployment_gives_a_login_do_not_keep_it_from_being_removed(
    server: Postgres, owner: psycopg.Connection
) -> None:
    server.ensure("d_other", template=TEMPLATE, password="theirs", reader_password="read")
    owner.execute(f"GRANT CONNECT ON DATABASE {NAME} TO d_other")
    server.remove("d_other")
    server.remove("d_other")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.url(login="d_other", password="theirs", database=NAME))
