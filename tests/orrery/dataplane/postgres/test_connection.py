"""Databases over a connection of our own, on a real server."""

import pytest
from orrery.dataplane.kubernetes.databases import Databases
from orrery.dataplane.postgres.connection import Connection
from orrery.dataplane.postgres.server import Server
from orrery.errors import DataPlaneFailed, Unavailable

from tests.orrery.dataplane.postgres.administration import Administered
from tests.orrery.dataplane.postgres.contract import DatabasesContract, server

__all__ = ["server"]


class TestOverAConnection(DatabasesContract):
    @pytest.fixture
    def door(self, server: Administered) -> Databases:
        return Server(Connection(server.administrator))


def test_a_server_that_is_not_there_may_come_back() -> None:
    with pytest.raises(Unavailable, match="the database server does not answer"):
        Server(Connection("postgresql://administrator@127.0.0.1:9/postgres")).remove("d_c")


def test_an_administrator_without_the_right_to_make_databases_is_told_so(server: Administered) -> None:
    server.superuser("CREATE ROLE weak LOGIN PASSWORD 'weak'")
    server.superuser("GRANT CONNECT ON DATABASE postgres TO weak")
    with pytest.raises(DataPlaneFailed, match="refused: SQLSTATE 42501"):
        Server(Connection(server.url("weak", "weak"))).ensure("d_c", password="mine", reader_password="read")


def test_the_password_of_the_administrator_is_not_shown() -> None:
    assert "secret" not in repr(Connection("postgresql://administrator:secret@host/postgres"))
