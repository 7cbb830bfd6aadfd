"""The RDS Data API's wire over a real PostgreSQL, as far as we speak it: one statement a call, outside of any transaction.

Honest in what has bitten others: it keeps connections to each database it was asked about, takes one statement only, answers at most
1 MiB, and tells the server's refusals as the service does, with the SQLSTATE at the end of the message.
"""

import contextlib
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import psycopg

CLUSTER = "arn:aws:rds:us-east-1:123456789012:cluster:databases"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:administrator"
MOST = 1024 * 1024


class Told(Exception):
    """An error as the service has it: its class, its status and its words."""

    def __init__(self, kind: str, status: int, message: str) -> None:
        super().__init__(message)
        self.kind, self.status = kind, status


@dataclass
class Service:
    """`url` is libpq's, of the login that the secret stands for; `troubles` are told to the next callers instead of an answer."""

    url: str
    statements: list[str] = field(default_factory=list)
    troubles: list[Told] = field(default_factory=list)
    _open: dict[str, psycopg.Connection[Any]] = field(default_factory=dict)
    _one: threading.Lock = field(default_factory=threading.Lock)

    def execute(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        if (asked["resourceArn"], asked["secretArn"]) != (CLUSTER, SECRET):
            raise Told("BadRequestException", 400, "HttpEndpoint is not enabled for this cluster or secret")
        with self._one:
            self.statements.append(asked["sql"])
            if self.troubles:
                raise self.troubles.pop(0)
            try:
                return _answer(self._connection(asked["database"]).execute(asked["sql"].encode(), prepare=True))
            except psycopg.Error as problem:
                raise _told(problem) from problem

    def close(self) -> None:
        for connection in self._open.values():
            connection.close()

    def _connection(self, database: str) -> psycopg.Connection[Any]:
        """A kept one, unless it was cut."""
        there = self._open.get(database)
        with contextlib.suppress(psycopg.Error):
            if there and there.execute("SELECT 1", prepare=True):
                return there
        self._open[database] = psycopg.connect(self.url, dbname=database, autocommit=True)
        return self._open[database]


def _told(problem: psycopg.Error) -> Told:
    state = problem.sqlstate or "08001"
    return Told("DatabaseErrorException", 400, f"ERROR: {str(problem).splitlines()[0]}; SQLState: {state}")


def _answer(done: psycopg.Cursor[Any]) -> dict[str, Any]:
    if not done.description:
        return {"numberOfRecordsUpdated": 0, "generatedFields": []}
    answer = {"numberOfRecordsUpdated": 0, "records": [list(map(_field, row)) for row in done.fetchall()]}
    if len(json.dumps(answer)) > MOST:
        raise Told("BadRequestException", 400, "Database returned more than the allowed response size limit")
    return answer


def _field(value: Any) -> dict[str, Any]:
    if value is None:
        return {"isNull": True}
    for kind, name in ((bool, "booleanValue"), (int, "longValue"), (float, "doubleValue"), (str, "stringValue")):
        if isinstance(value, kind):
            return {name: value}
    raise Told("UnsupportedResultException", 400, "The result contains the unsupported data type")


@contextlib.contextmanager
def serve(url: str) -> Iterator[tuple[Service, str]]:
    """The service and its address, until the end of the block."""
    service = Service(url)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            try:
                assert self.path == "/Execute", self.path
                assert "/rds-data/aws4_request" in self.headers["authorization"]
                self._say(200, service.execute(asked))
            except Told as told:
                self._say(told.status, {"message": str(told)}, told.kind)

        def _say(self, status: int, content: Mapping[str, Any], kind: str = "") -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            if kind:
                self.send_header("x-amzn-errortype", kind)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield service, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        service.close()
