"""Any PostgreSQL by a connection of our own, for a cluster that is given by a kubeconfig: whoever calls must reach its port."""

from dataclasses import dataclass, field

from orrery.dataplane.postgres.sql import Refused, Value
from orrery.errors import Unavailable

_WARY = "-c search_path=pg_catalog -c lock_timeout=5000 -c statement_timeout=45000"
"""Nobody's functions are called by us, and nobody makes us wait for ever."""


@dataclass(frozen=True)
class Connection:
    """`url` is libpq's, with the administrator's password and the database it starts in."""

    url: str = field(repr=False)

    def run(self, statement: str, *, database: str = "") -> list[tuple[Value, ...]]:
        """A connection for each statement: a Lambda that is frozen between two would find it cut."""
        import psycopg  # in the layer of functions that speak to clusters, and not needed where the Data API is

        try:
            where = psycopg.conninfo.make_conninfo(self.url, dbname=database or None)
            with psycopg.connect(where, autocommit=True, connect_timeout=5, options=_WARY) as connection:
                done = connection.execute(statement.encode())
                return done.fetchall() if done.description else []
        except psycopg.Error as problem:
            if problem.sqlstate:
                raise Refused(problem.sqlstate, str(problem)) from None
            raise Unavailable("the database server does not answer") from problem
