"""A whole control plane for a test: a table of its own on the real engine, the first run done, and callers with tokens."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from orrery import first_run, vault
from orrery.settings import settings
from orrery.store import tables, writes

from local.aws.engine import Engine
from tests.support.aws import SECRETS_KEY
from tests.support.dynamodb import own_table
from tests.support.http import Caller


@dataclass(frozen=True)
class Installation:
    """One installation, just made."""

    organization_id: str
    owner_id: str
    cluster_id: str
    owner: Caller
    """Holds ORGANIZATION_OWNER."""
    agent: Caller

    @property
    def path(self) -> str:
        """Where everything of the Organization lies."""
        return f"/v1/organizations/{self.organization_id}"

    def workspace(self, name: str = "etl") -> str:
        """A new Workspace's id."""
        return str(self.owner.post(f"{self.path}/workspaces", {"name": name}).body["id"])

    def somebody(self, role: str, entity_id: str = "") -> Caller:
        """Somebody with a token of one role, on the Organization or on the thing named."""
        token = {"name": role.lower(), "role": role, "scope": role.partition("_")[0], "entityId": entity_id or None}
        return Caller(self.owner.post(f"{self.path}/tokens", token).body["token"])


@pytest.fixture
def empty_table(aws_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installation's table before anything was done."""
    yield from a_table(aws_engine, monkeypatch)


def a_table(aws_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A table of its own for as long as the environment is patched."""
    environment = aws_engine.environment | {
        "TABLE_NAME": f"installation-{uuid.uuid4().hex}",
        "API_URL": "http://127.0.0.1:8888",
        "REGION": "us-east-1",
        "SECRETS_KEY": SECRETS_KEY,
        "FIRST_ORGANIZATION_NAME": "Analytics",
        "FIRST_OWNER_EMAIL": "ada@example.com",
        "FIRST_CLUSTER_REGION": "us-east-1",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    forget()
    with own_table(aws_engine, monkeypatch):
        yield
    forget()


@pytest.fixture
def installation(empty_table: None) -> Installation:
    """A whole control plane, just made."""
    return begun()


def begun() -> Installation:
    """The first run, done."""
    made = first_run.run()
    return Installation(
        made["organizationId"], made["ownerId"], made["clusterId"], Caller(made["token"]), Caller(made["agentToken"])
    )  # fmt: skip


def another(installation: Installation) -> Installation:
    """A second tenant in the same installation."""
    tenant = first_run.tenant("Somebody Else", "bob@example.com", datetime.now(UTC))
    writes.commit(*tenant.writes)
    return Installation(tenant.organization.id, tenant.owner.id, installation.cluster_id, Caller(tenant.value), installation.agent)


def forget() -> None:
    """The process remembers nothing of the installation it served."""
    settings.cache_clear()
    tables.table.cache_clear()
    for cached in (vault._kms, vault._data_key):
        cached.cache_clear()
