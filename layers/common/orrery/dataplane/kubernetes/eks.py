"""The way to an EKS cluster: where its API answers, and a token that says who we are, good for a quarter of an hour.

The token is a request to STS, signed and not sent: the cluster sends it, and STS tells it whose signature that is. It names the cluster it
is for, so it opens no other. Nothing is stored; what the role may do there is an EKS access entry's to say.
"""

import base64
import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Generic, TypeVar

import boto3
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from orrery.errors import DataPlaneFailed, NotReadyYet, Unavailable

if TYPE_CHECKING:
    from mypy_boto3_eks import EKSClient

T = TypeVar("T")
_PREFIX = "k8s-aws-v1."
_LIFE, _MARGIN = timedelta(minutes=15), timedelta(minutes=2)
"""A cluster takes a token for a quarter of an hour from its signature; a new one is made before a long call could outlive it."""
_SIGNATURE_SECONDS = 60
"""What the request itself says of its life; clusters count from its date, whatever it says up to here."""
_PLACE_LIFE = timedelta(hours=1)
_FOR_GOOD = {"AccessDeniedException", "ResourceNotFoundException", "InvalidParameterException", "UnrecognizedClientException"}


@dataclass(frozen=True)
class Place:
    """Where a cluster's API answers, and the certificate (PEM) of who must have signed its own."""

    endpoint: str
    authority: str


@dataclass
class Kept(Generic[T]):
    """What was made by name, for as long as it is good."""

    make: Callable[[str], T]
    life: timedelta
    now: Callable[[], datetime]
    _there: dict[str, tuple[datetime, T]] = field(default_factory=dict, repr=False)

    def __call__(self, name: str) -> T:
        moment, there = self.now(), self._there.get(name)
        if there is None or moment - there[0] >= self.life:
            there = self._there[name] = (moment, self.make(name))
        return there[1]


class Eks:
    """The EKS clusters of one region; `now` is the clock."""

    def __init__(self, region: str, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.place = Kept(functools.partial(describe, region), _PLACE_LIFE, now)
        self.token = Kept(functools.partial(sign, region), _LIFE - _MARGIN, now)


def describe(region: str, cluster: str) -> Place:
    """Asks EKS. Raises `DataPlaneFailed` when there is no such cluster for us, `NotReadyYet` while it is made, `Unavailable` on silence."""
    try:
        found = _client(region).describe_cluster(name=cluster)["cluster"]
    except ClientError as problem:
        code = problem.response["Error"]["Code"]
        if code in _FOR_GOOD:
            raise DataPlaneFailed(f"cluster `{cluster}` is not open to the control plane: {code}") from problem
        raise Unavailable("EKS does not answer") from problem
    except BotoCoreError as problem:
        raise Unavailable("EKS does not answer") from problem
    if "endpoint" not in found or found["status"] not in ("ACTIVE", "UPDATING"):
        raise NotReadyYet(f"cluster `{cluster}` is {found['status'].lower()}")
    return Place(found["endpoint"], base64.b64decode(found["certificateAuthority"]["data"]).decode())


def sign(region: str, cluster: str) -> str:
    """A token for one cluster, signed with our role; it asks nobody."""
    credentials = _session().get_credentials()
    if credentials is None:
        raise DataPlaneFailed("the control plane has no AWS credentials")
    url = f"{_sts(region)}/?Action=GetCallerIdentity&Version=2011-06-15"
    request = AWSRequest("GET", url, headers={"x-k8s-aws-id": cluster})
    SigV4QueryAuth(credentials.get_frozen_credentials(), "sts", region, expires=_SIGNATURE_SECONDS).add_auth(request)
    return _PREFIX + base64.urlsafe_b64encode(str(request.url).encode()).decode().rstrip("=")


@functools.cache
def _session() -> boto3.Session:
    return boto3.Session()


@functools.cache
def _sts(region: str) -> str:
    """The region's own STS: clusters take no other's word in some partitions."""
    return str(_session().client("sts", region_name=region).meta.endpoint_url)


@functools.cache
def _client(region: str) -> "EKSClient":
    """This process's one client for a region; it may be used by many threads."""
    patience = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 3, "mode": "standard"})
    return _session().client("eks", region_name=region, config=patience)
