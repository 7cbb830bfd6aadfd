"""An installation with its release store and with sagas that are only written down: what a request starts, nothing carries out here."""

import base64
import importlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from orrery import s3, workflows
from orrery.model.deployment import Deployment, Health, Observed
from orrery.settings import settings
from orrery.store import deployments, observed, writes
from orrery.store.tables import table

from local.aws.engine import Engine
from tests.support.aws import own_buckets
from tests.support.http import Answer, Caller, event
from tests.support.installation import Installation
from tests.support.people import signed_in
from tests.support.updates import same

Json = dict[str, Any]


class StepFunctions:
    """Remembers what was started; says what it is told to say."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.broken = False

    def start_execution(self, *, stateMachineArn: str, name: str, input: str) -> None:
        from botocore.exceptions import ClientError

        if self.broken:
            raise ClientError({"Error": {"Code": "ServiceUnavailable", "Message": "away"}}, "StartExecution")
        self.started.append(f"{stateMachineArn.rpartition('-')[2]} {json.loads(input)['generation']}")


@dataclass(frozen=True)
class Plane:
    """What a test of Deployments holds."""

    installation: Installation
    workspace_id: str
    machines: StepFunctions
    bucket: Any

    @property
    def path(self) -> str:
        return f"{self.installation.path}/deployments"

    def person(self) -> Caller:
        """The owner in person: signed in, not an API token."""
        return signed_in(self.installation, self.installation.owner_id, "Ada")

    def request(self, **changes: Any) -> Json:
        """The least that makes a Deployment, with other things said as well."""
        return {"type": "STANDARD", "name": "etl", "workspaceId": self.workspace_id, **changes}

    def create(self, **changes: Any) -> Answer:
        return self.installation.owner.post(self.path, self.request(**changes))

    def made(self, **changes: Any) -> Json:
        """A Deployment that stands: created, and its saga done."""
        answer = self.create(**changes)
        assert answer.status == 200, answer.body
        self.settle(answer.body["id"])
        return self.get(answer.body["id"])

    def get(self, id: str) -> Json:
        body: Json = self.installation.owner.get(f"{self.path}/{id}").body
        return body

    def load(self, id: str) -> Deployment:
        return deployments.load(self.installation.organization_id, id)

    def settle(self, id: str) -> None:
        """As the last step of its saga does."""
        deployments.settle(self.load(id).succeeded())

    def observe(self, id: str, health: Health = Health.HEALTHY, *, heard: datetime | None = None) -> None:
        """As its cluster's agent tells."""
        now = heard or datetime.now(UTC)
        deployment = self.load(id)
        address = f"http://{deployment.namespace}.localhost:18080"
        observed.save(id, Observed(health, "" if health is Health.HEALTHY else "its scheduler is gone", address, 1, now))
        beat = table()("HEARTBEATS", f"CLUSTER#{deployment.cluster_id}", body={"takenAt": now.isoformat(), "heardAt": now.isoformat()})
        writes.commit(writes.put(beat))

    def update(self, deployment: Json, **changes: Any) -> Answer:
        """What a client sends back after it has changed something."""
        variables = [{name: each[name] for name in ("key", "value", "isSecret")} for each in deployment["environmentVariables"]]
        return self.installation.owner.post(
            f"{self.path}/{deployment['id']}", {**same(deployment), "environmentVariables": variables, **changes}
        )

    def put(self, address: str, body: bytes, more: str = "", headers: Mapping[str, str] | None = None) -> Answer:
        """A request to a signed upload address, as the gateway hands it over: in base64."""
        parts = urlsplit(address)
        sent = event("PUT", parts.path, query=parts.query + more, headers={"x-ms-blob-type": "BlockBlob"} if headers is None else headers)
        raw = importlib.import_module("functions.uploads.app").handler(
            {**sent, "body": base64.b64encode(body).decode(), "isBase64Encoded": True}, None
        )
        return Answer(raw["statusCode"], json.loads(raw["body"]) if raw["body"] else None, raw["headers"])

    def stored(self, id: str) -> list[str]:
        """The files of a Deployment's release store."""
        return sorted(each.key.removeprefix(f"{id}/") for each in self.bucket.objects.filter(Prefix=f"{id}/"))

    def pointer(self, id: str) -> Json | None:
        """What `current.json` says."""
        if "current.json" not in self.stored(id):
            return None
        body: Json = json.loads(self.bucket.Object(f"{id}/current.json").get()["Body"].read())
        return body


_BUCKETS = ("RELEASES_BUCKET", "UPLOADS_BUCKET", "COMPONENT_LOGS_BUCKET", "DEMAND_RECORDS_BUCKET")


@pytest.fixture
def plane(installation: Installation, aws_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plane]:
    """An installation with one Workspace, buckets of its own and a Step Functions that only remembers."""
    monkeypatch.setenv("DATA_PLANE", "somewhere:connect")
    monkeypatch.setenv("STATE_MACHINE_PREFIX", "arn:aws:states:us-east-1:123456789012:stateMachine:orrery-")
    machines = StepFunctions()
    monkeypatch.setattr(workflows, "_client", lambda: machines)
    with own_buckets(aws_engine, monkeypatch, *_BUCKETS) as buckets:
        settings.cache_clear()
        s3.client.cache_clear()
        yield Plane(installation, installation.workspace(), machines, buckets["RELEASES_BUCKET"])
    s3.client.cache_clear()


def without(body: Json, *names: str) -> Json:
    """A body with some of it left out."""
    return {name: value for name, value in body.items() if name not in names}


__all__ = ["Plane", "plane", "without"]
