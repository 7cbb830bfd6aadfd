"""The way to an EKS cluster: tokens as a cluster reads them, and what is asked of EKS and how often."""

import base64
import hashlib
import hmac
import itertools
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import boto3
import pytest
from botocore.stub import Stubber
from orrery.dataplane.kubernetes import access, eks
from orrery.dataplane.kubernetes.eks import Eks
from orrery.errors import DataPlaneFailed, Error, NotReadyYet, Unavailable

from tests.kubernetes.control_plane import ControlPlane
from tests.kubernetes.credentials import Authority

KEY, SECRET, SESSION = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "a-session/token=="
NAME, REGION = "analytics", "us-east-1"
AUTHORITY = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
ACTIVE = {
    "name": NAME,
    "status": "ACTIVE",
    "endpoint": "https://0123.gr7.us-east-1.eks.amazonaws.com",
    "certificateAuthority": {"data": base64.b64encode(AUTHORITY.encode()).decode()},
}


@pytest.fixture(autouse=True)
def _role(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in (("ACCESS_KEY_ID", KEY), ("SECRET_ACCESS_KEY", SECRET), ("SESSION_TOKEN", SESSION)):
        monkeypatch.setenv(f"AWS_{name}", value)
    for kept in (eks._session, eks._sts, eks._client, access._eks):
        kept.cache_clear()
    yield
    for kept in (eks._session, eks._sts, eks._client, access._eks):
        kept.cache_clear()


@pytest.fixture
def service() -> Iterator[Stubber]:
    """EKS, which answers what a test says and complains of any other question."""
    with Stubber(eks._client(REGION)) as service:
        yield service


class Clock:
    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 27, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def go(self, **time: int) -> None:
        self.moment += timedelta(**time)


def opened(token: str) -> tuple[str, dict[str, str]]:
    """As a cluster opens it: the address it would call, and what the query says."""
    prefix, _, text = token.partition(".")
    assert prefix == "k8s-aws-v1"
    assert "=" not in text
    url = urlsplit(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode())
    return f"{url.scheme}://{url.netloc}{url.path}", dict(parse_qsl(url.query, strict_parsing=True))


def signature(query: dict[str, str], *, cluster: str, secret: str = SECRET) -> str:
    """AWS Signature Version 4 of the request, by the book."""
    date, scope = query["X-Amz-Date"], query["X-Amz-Credential"].split("/", 1)[1]
    told = {name: value for name, value in query.items() if name != "X-Amz-Signature"}
    canonical = "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in sorted(told.items()))
    headers = f"host:sts.{REGION}.amazonaws.com\nx-k8s-aws-id:{cluster}\n"
    request = "\n".join(["GET", "/", canonical, headers, "host;x-k8s-aws-id", hashlib.sha256(b"").hexdigest()])
    text = "\n".join(["AWS4-HMAC-SHA256", date, scope, hashlib.sha256(request.encode()).hexdigest()])
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.new(key, text.encode(), "sha256").hexdigest()


def test_a_token_is_a_question_to_the_regions_sts_that_the_cluster_sends() -> None:
    address, query = opened(Eks(REGION).token(NAME))
    assert address == f"https://sts.{REGION}.amazonaws.com/"
    assert query["Action"] == "GetCallerIdentity"
    assert query["X-Amz-SignedHeaders"] == "host;x-k8s-aws-id"
    assert query["X-Amz-Expires"] == "60"
    assert query["X-Amz-Security-Token"] == SESSION
    assert query["X-Amz-Credential"].startswith(f"{KEY}/")


def test_its_signature_is_our_roles_and_holds_for_one_cluster_only() -> None:
    _, query = opened(Eks(REGION).token(NAME))
    assert query["X-Amz-Signature"] == signature(query, cluster=NAME)
    assert query["X-Amz-Signature"] != signature(query, cluster="another")
    assert query["X-Amz-Signature"] != signature(query, cluster=NAME, secret="another")


def test_a_token_is_kept_until_two_minutes_before_its_end() -> None:
    clock = Clock()
    numbers = itertools.count(1)
    token = eks.Kept(lambda name: f"token {next(numbers)} of {name}", eks._LIFE - eks._MARGIN, clock)
    assert token(NAME) == "token 1 of analytics"
    assert token("another") == "token 2 of another"
    clock.go(minutes=12, seconds=59)
    assert token(NAME) == "token 1 of analytics"
    clock.go(seconds=1)
    assert token(NAME) == "token 3 of analytics"


def test_eks_is_asked_once_an_hour(service: Stubber) -> None:
    clock = Clock()
    place = Eks(REGION, now=clock).place
    service.add_response("describe_cluster", {"cluster": ACTIVE}, {"name": NAME})
    assert (place(NAME).endpoint, place(NAME).authority) == (ACTIVE["endpoint"], AUTHORITY)
    clock.go(hours=1)
    service.add_response("describe_cluster", {"cluster": ACTIVE | {"endpoint": "https://moved.example.com"}}, {"name": NAME})
    assert place(NAME).endpoint == "https://moved.example.com"
    service.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("ResourceNotFoundException", DataPlaneFailed),
        ("AccessDeniedException", DataPlaneFailed),
        ("ServerException", Unavailable),
        ("ServiceUnavailableException", Unavailable),
        ("ThrottlingException", Unavailable),
    ],
)
def test_each_trouble_of_eks_is_passing_or_final_and_is_not_kept(service: Stubber, code: str, error: type[Error]) -> None:
    place = Eks(REGION).place
    service.add_client_error("describe_cluster", code)
    with pytest.raises(error) as told:
        place(NAME)
    assert told.value.retryable is (error is Unavailable)
    service.add_response("describe_cluster", {"cluster": ACTIVE})
    assert place(NAME).endpoint


def test_a_cluster_that_is_being_made_is_waited_for(service: Stubber) -> None:
    service.add_response("describe_cluster", {"cluster": {"name": NAME, "status": "CREATING"}})
    with pytest.raises(NotReadyYet, match="cluster `analytics` is creating"):
        Eks(REGION).place(NAME)


def test_a_silent_eks_is_given_up_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_EKS", "http://127.0.0.1:9")
    with pytest.raises(Unavailable):
        Eks(REGION).place(NAME)
    patience: Any = eks._client(REGION).meta.config
    assert (patience.connect_timeout, patience.read_timeout) == (2, 5)


def test_without_a_role_there_is_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boto3.Session, "get_credentials", lambda _: None)
    with pytest.raises(DataPlaneFailed, match="no AWS credentials"):
        Eks(REGION).token(NAME)


def test_each_request_bears_the_token_of_its_moment(service: Stubber, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", lambda *_, **__: None)
    service.add_response("describe_cluster", {"cluster": ACTIVE})
    api = access.by_eks(NAME, REGION)
    told = []
    for token in ("one", "two"):
        monkeypatch.setattr(access._eks(REGION), "token", lambda _, token=token: token)
        headers: dict[str, str] = {}
        api.client.update_params_for_auth(headers, [], ["BearerToken"], "/", "GET", None)
        told.append(headers["authorization"])
    assert told == ["Bearer one", "Bearer two"]
    assert api.client.configuration.host == ACTIVE["endpoint"]


def test_whoever_bears_another_authoritys_certificate_is_not_given_the_token(
    service: Stubber, kubernetes: ControlPlane, tmp_path: Path
) -> None:
    """A real API server under its own authority hears the token, and refuses it as it knows no IAM; under another it is not even asked."""
    for name, authority, error in (
        ("own", kubernetes.authority, DataPlaneFailed),
        ("another", Authority(tmp_path / "another"), Unavailable),
    ):
        data = base64.b64encode(authority.certificate.read_bytes()).decode()
        service.add_response(
            "describe_cluster", {"cluster": {**ACTIVE, "endpoint": kubernetes.url, "certificateAuthority": {"data": data}}}
        )
        with pytest.raises(error):
            access.by_eks(name, REGION).get("Namespace", "", "default")
