"""Databases over the RDS Data API, whose wire is spoken here and whose statements a real server runs."""

import itertools
from collections.abc import Iterator

import pytest
from orrery.dataplane.kubernetes.databases import Databases
from orrery.dataplane.postgres import data_api
from orrery.dataplane.postgres.data_api import DataApi
from orrery.dataplane.postgres.server import Server
from orrery.dataplane.postgres.sql import Refused
from orrery.errors import DataPlaneFailed, NotReadyYet, Unavailable

from tests.orrery.dataplane.postgres.administration import Administered
from tests.orrery.dataplane.postgres.contract import NAME, DatabasesContract, server
from tests.support import rds_data
from tests.support.aws import other_keys
from tests.support.rds_data import CLUSTER, SECRET, Service, Told

__all__ = ["server"]


@pytest.fixture
def service(server: Administered, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with rds_data.serve(server.administrator) as (service, url):
        monkeypatch.setenv("AWS_ENDPOINT_URL_RDS_DATA", url)
        other_keys(monkeypatch)
        data_api._client.cache_clear()
        yield service
        data_api._client.cache_clear()


@pytest.fixture
def aurora(service: Service) -> DataApi:
    return DataApi(CLUSTER, SECRET, "us-east-1")


class TestOverTheDataApi(DatabasesContract):
    @pytest.fixture
    def door(self, aurora: DataApi) -> Databases:
        return Server(aurora)

    def test_no_password_travels_in_a_statement(self, service: Service, door: Databases) -> None:
        door.ensure(NAME, password="the-password-itself", reader_password="the-readers-own")
        assert service.statements
        assert not [each for each in service.statements if "the-password-itself" in each or "the-readers-own" in each]

    def test_an_aurora_that_wakes_up_is_waited_for(self, service: Service, door: Databases) -> None:
        service.troubles = [Told("DatabaseResumingException", 400, "The Aurora DB instance is resuming after being auto-paused.")]
        with pytest.raises(NotReadyYet, match="waking up"):
            self.made(door)
        self.made(door)
        assert not door.is_used(NAME)

    def test_wherever_it_is_cut_short_another_try_finishes_it(self, server: Administered, service: Service, door: Databases) -> None:
        for step in itertools.count():
            service.statements = Cut(step)
            try:
                self.made(door)
                break
            except Unavailable:
                pass
            finally:
                service.statements = []
            self.made(door)
            self.migrated(server)
            door.ensure_readable(NAME)
            server.connect(f"{NAME}_read", "read", NAME).close()
            door.remove(NAME)
        assert step > 10


class Cut(list):
    """Lets so many statements through; then the service is away."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after = after

    def append(self, statement: str) -> None:
        if len(self) >= self.after:
            raise Told("StatementTimeoutException", 400, "The execution of the SQL statement timed out.")
        super().append(statement)


@pytest.mark.parametrize(
    ("kind", "status", "error"),
    [
        ("DatabaseUnavailableException", 504, Unavailable),
        ("StatementTimeoutException", 400, Unavailable),
        ("InternalServerErrorException", 500, Unavailable),
        ("ServiceUnavailableError", 503, Unavailable),
        ("ThrottlingException", 400, Unavailable),
        ("AccessDeniedException", 403, DataPlaneFailed),
        ("ForbiddenException", 403, DataPlaneFailed),
        ("HttpEndpointNotEnabledException", 400, DataPlaneFailed),
        ("InvalidSecretException", 400, DataPlaneFailed),
        ("SecretsErrorException", 400, DataPlaneFailed),
    ],
)
def test_each_trouble_of_the_service_is_passing_or_final(service, aurora, kind, status, error) -> None:
    service.troubles = [Told(kind, status, "no")] * 2
    with pytest.raises(error) as told:
        aurora.run("SELECT 1")
    assert told.value.retryable is (error is Unavailable)


def test_what_the_server_refuses_bears_its_own_code(aurora: DataApi) -> None:
    with pytest.raises(Refused) as told:
        aurora.run("SELECT * FROM nowhere")
    assert told.value.code == "42P01"
    with pytest.raises(Refused) as told:
        aurora.run("SELECT 1", database="nowhere")
    assert told.value.code in ("3D000", "08001")


def test_two_statements_in_one_are_refused(aurora: DataApi) -> None:
    with pytest.raises(Refused):
        aurora.run("SELECT 1; SELECT 2")


def test_an_answer_of_more_than_a_mebibyte_is_refused_for_good(aurora: DataApi) -> None:
    with pytest.raises(DataPlaneFailed):
        aurora.run("SELECT repeat('a', 1100000)")


def test_another_clusters_secret_is_of_no_use(service: Service) -> None:
    with pytest.raises(DataPlaneFailed):
        DataApi(CLUSTER, "arn:aws:secretsmanager:us-east-1:123456789012:secret:other", "us-east-1").run("SELECT 1")


def test_a_service_that_cannot_be_reached_may_come_back(monkeypatch: pytest.MonkeyPatch, aurora: DataApi) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_RDS_DATA", "http://127.0.0.1:9")
    data_api._client.cache_clear()
    with pytest.raises(Unavailable, match="the database server does not answer"):
        aurora.run("SELECT 1")
