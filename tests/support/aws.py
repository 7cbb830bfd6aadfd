"""DynamoDB, KMS and S3 for tests: one real engine for the session, each test with a table or bucket of its own."""

import functools
import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
import pytest

from local.aws.engine import ROOT, Engine
from local.resources import ensure_key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SECRETS_KEY = "alias/tests-secrets"
TOOLS = ROOT / ".orrery" / "venvs" / "tools"


def tools_python() -> Path:
    """The interpreter of the tools' environment, which is built from its lock file when it is not there."""
    python = TOOLS / "bin" / "python"
    if not python.exists():
        uv = shutil.which("uv") or str(ROOT / ".orrery" / "uv" / "bin" / "uv")
        sync = [uv, "sync", "--project", str(ROOT / "tools"), "--frozen", "--only-group", "aws"]
        subprocess.run(sync, check=True, env=os.environ | {"UV_PROJECT_ENVIRONMENT": str(TOOLS)})
    return python


def client(engine: Engine, service: str = "dynamodb", **changes: str) -> Any:
    """A boto3 client that fails at once instead of retrying, so a test sees each answer as it was given."""
    from botocore.config import Config

    environment = engine.environment | changes
    return boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=engine.url,
        region_name=environment["AWS_DEFAULT_REGION"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        config=Config(retries={"max_attempts": 0}, signature_version="v4" if service != "s3" else "s3v4"),
    )


def other_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys that no engine knows, for code that makes its clients by itself.

    Clients come from a default session, which keeps the keys it found first; this one goes with the test.
    """
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


def create_table(dynamodb: "DynamoDBClient", name: str | None = None) -> str:
    """A table keyed by `pk` and `sk` with one index on `gpk` and `gsk`; answers its name."""
    name = name or f"test-{uuid.uuid4().hex}"
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk", "gpk", "gsk")],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "byGroup",
                "KeySchema": [{"AttributeName": "gpk", "KeyType": "HASH"}, {"AttributeName": "gsk", "KeyType": "RANGE"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    return name


@functools.cache
def session(engine: Engine) -> botocore.session.Session:
    """What botocore has read from its own files: an engine's clients are made of it in a tenth of the time, and share nothing else."""
    return botocore.session.Session()


@functools.cache
def _storage(engine: Engine) -> Any:
    return boto3.resource("s3")


@contextmanager
def own_buckets(engine: Engine, monkeypatch: pytest.MonkeyPatch, *settings: str) -> Iterator[dict[str, Any]]:
    """A bucket for each of these settings until the end of the block: an engine slows down with every bucket that is left in it."""
    made = {name: _storage(engine).Bucket(f"{name.partition('_')[0].lower()}-{uuid.uuid4().hex}") for name in settings}
    for name, bucket in made.items():
        bucket.create()
        monkeypatch.setenv(name, bucket.name)
    yield made
    for bucket in made.values():
        bucket.objects.delete()
        bucket.delete()


@pytest.fixture(scope="session")
def aws_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The session's engine, with a key; its `environment` is what boto3 and pynamodb need."""
    with Engine(tmp_path_factory.mktemp("aws"), python=tools_python()) as engine:
        ensure_key(client(engine, "kms"), SECRETS_KEY)
        yield engine


@pytest.fixture
def own_engine(tmp_path: Path) -> Iterator[Engine]:
    """An engine of this test alone, to be killed, damaged and started again."""
    with Engine(tmp_path / "aws", python=tools_python()) as engine:
        yield engine
