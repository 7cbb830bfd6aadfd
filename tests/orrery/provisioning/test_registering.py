"""Registering a cluster: what an operator may say, what is kept of it and how, and the saga that follows."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from orrery import dataplane, workflows
from orrery.errors import Invalid, Superseded, Unavailable
from orrery.model.cluster import ClusterStatus
from orrery.model.deployment import Executor
from orrery.provisioning import cluster_steps, registering
from orrery.settings import settings
from orrery.store import clusters, principals, registrations, tables

from functions.provision import app as provision
from functions.register_cluster import app
from local.invocation import Context
from tests.support.http import Caller
from tests.support.installation import Installation
from tests.support.machine import Machine, Moment
from tests.support.plane import Plane, StepFunctions

Json = dict[str, Any]
SECRET = "the-password-of-the-administrator"
KUBECONFIG: Json = {
    "current-context": "here",
    "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u"}}],
    "clusters": [{"name": "c", "cluster": {"server": "https://10.0.0.1:6443", "certificate-authority-data": "eA=="}}],
    "users": [{"name": "u", "user": {"token": SECRET}}],
}
REQUEST: Json = {
    "name": "standard-us-east-1",
    "region": "us-east-1",
    "eks": "data",
    "databaseCluster": "arn:aws:rds:us-east-1:123456789012:cluster:databases",
    "databaseSecret": "arn:aws:secretsmanager:us-east-1:123456789012:secret:databases",
    "domain": "airflow.example.com",
    "registry": "123456789012.dkr.ecr.us-east-1.amazonaws.com",
    "agentImage": "example.com/orrery/agent:1",
    "brokerImage": "example.com/orrery/valkey:1",
    "pgbouncerImage": "example.com/orrery/pgbouncer:1",
    "databaseHost": "databases.example.com",
}
BY_HAND = {
    "eks": None,
    "databaseCluster": None,
    "databaseSecret": None,
    "kubeconfig": KUBECONFIG,
    "databaseUrl": f"postgresql://a:{SECRET}@b/c",
}


class FakeClusterPlane:
    """One cluster, whose agent is what it was told to be."""

    def __init__(self) -> None:
        self.tokens: dict[str, str] = {}
        self.trouble = ""
        self.away: Exception | None = None

    def check_cluster(self, cluster_id: str) -> None:
        if self.away:
            raise self.away

    def agent_token(self, cluster_id: str) -> str:
        return self.tokens.get(cluster_id, "")

    def ensure_agent(self, cluster_id: str, *, token: str, api_url: str) -> None:
        self.tokens[cluster_id] = token

    def remove_agent(self, cluster_id: str) -> None:
        self.tokens.pop(cluster_id, None)

    def agent_trouble(self, cluster_id: str) -> str:
        return self.trouble


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> FakeClusterPlane:
    plane = FakeClusterPlane()
    monkeypatch.setattr(dataplane, "clusters", lambda: plane)
    return plane


@pytest.fixture
def machines(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> StepFunctions:
    monkeypatch.setenv("STATE_MACHINE_PREFIX", "arn:aws:states:us-east-1:123456789012:stateMachine:orrery-")
    settings.cache_clear()
    machines = StepFunctions()
    monkeypatch.setattr(workflows, "_client", lambda: machines)
    return machines


def register(**changes: Any) -> Json:
    return app.handler({name: value for name, value in {**REQUEST, **changes}.items() if value is not None}, None)


def hear(cluster_id: str, plane: FakeClusterPlane) -> None:
    """The agent reports, with the token that it was given."""
    empty = {"takenAt": datetime.now(UTC).isoformat(), "agent": {"version": "1"}, "deployments": []}
    assert Caller(plane.tokens[cluster_id]).post(f"/agent/v1/clusters/{cluster_id}/snapshots", empty).status == 200


class TestWhatIsSaid:
    def test_the_first_runs_cluster_is_registered_by_its_name(self, installation: Installation, machines: StepFunctions) -> None:
        told = register()
        assert told == {"id": installation.cluster_id, "status": "UPDATING", "started": True}
        assert machines.started == ["register_cluster 1"]

    def test_another_name_is_another_cluster_which_nobody_may_use_yet(self, machines: StepFunctions) -> None:
        told = register(name="second", region="eu-west-1", maxDeployments=10)
        made = clusters.load("", told["id"])
        assert (made.status, made.region, made.max_deployments) == (ClusterStatus.CREATING, "eu-west-1", 10)

    def test_pods_for_tasks_are_started_where_the_way_to_its_api_is_said(self, machines: StepFunctions) -> None:
        told = register(name="second", apiRanges=["10.0.0.0/24"])
        assert clusters.load("", told["id"]).executors == (Executor.ASTRO, Executor.CELERY, Executor.KUBERNETES)
        register(name="second")
        assert clusters.load("", told["id"]).executors == (Executor.ASTRO, Executor.CELERY)

    def test_a_second_time_it_is_the_next_generation(self, machines: StepFunctions) -> None:
        first, second = register(name="second"), register(name="second", maxDeployments=5)
        assert (first["id"], machines.started) == (second["id"], ["register_cluster 1", "register_cluster 2"])
        assert clusters.load("", first["id"]).max_deployments == 5

    def test_a_start_that_was_lost_is_said(self, machines: StepFunctions) -> None:
        machines.broken = True
        assert register(name="second")["started"] is False

    def test_passwords_are_sealed_and_open_for_their_cluster_alone(self, machines: StepFunctions) -> None:
        id = register(name="by hand", **BY_HAND)["id"]
        rows = json.dumps([row.attribute_values for row in tables.table().scan()], default=str)
        assert SECRET not in rows
        kept = registrations.load(id)
        assert kept
        assert SECRET not in repr(kept)

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"eks": None}, "either `eks`"),
            ({"kubeconfig": KUBECONFIG}, "either `eks`"),
            ({"databaseSecret": None}, "either `databaseCluster`"),
            ({"databaseUrl": "postgresql://a@b/c"}, "either `databaseCluster`"),
            ({"domain": "https://airflow.example.com"}, "`domain`"),
            ({"region": "somewhere"}, "`region`"),
            ({"maxDeployments": -1}, "`maxDeployments`"),
            ({"snapshots": "s3://bucket/prefix"}, "`snapshotImage`"),
            ({"domian": "airflow.example.com"}, "`domian`"),
            ({"dnsRanges": ["everywhere"]}, "`dnsRanges.0`"),
        ],
    )
    def test_what_cannot_be_is_refused_in_words(self, installation: Installation, changes: Json, said: str) -> None:
        with pytest.raises(Invalid) as refused:
            register(**changes)
        assert said in refused.value.message

    @pytest.mark.parametrize(
        ("where", "what"),
        [
            ("users", {"exec": {"command": "aws"}}),
            ("users", {"tokenFile": "/etc/passwd"}),
            ("users", {"client-key": "/etc/key"}),
            ("clusters", {"certificate-authority": "/etc/passwd"}),
            ("clusters", {"insecure-skip-tls-verify": True}),
            ("clusters", {"proxy-url": "http://example.com"}),
            ("clusters", {"server": "http://10.0.0.1"}),
        ],
    )
    def test_a_kubeconfig_names_no_file_and_no_program(self, installation: Installation, where: str, what: Json) -> None:
        told = json.loads(json.dumps(KUBECONFIG))
        told[where][0][where.removesuffix("s")].update(what)
        with pytest.raises(Invalid) as refused:
            register(**{**BY_HAND, "kubeconfig": told})
        assert SECRET not in refused.value.message

    def test_nothing_secret_is_in_a_refusal(self, installation: Installation) -> None:
        with pytest.raises(Invalid) as refused:
            register(**{**BY_HAND, "databaseUrl": f"{SECRET} is no address"})
        assert SECRET not in refused.value.message


MACHINE_STEPS = ["ensure_reach", "ensure_agent", "await_agent"]


class TestTheSaga:
    @pytest.fixture
    def cluster(self, machines: StepFunctions) -> str:
        return str(register(name="second")["id"])

    @pytest.fixture
    def heard(self, there: FakeClusterPlane, monkeypatch: pytest.MonkeyPatch) -> None:
        """The agent reports as soon as it is there."""
        ensure = there.ensure_agent

        def ensured(cluster_id: str, *, token: str, api_url: str) -> None:
            ensure(cluster_id, token=token, api_url=api_url)
            hear(cluster_id, there)

        monkeypatch.setattr(there, "ensure_agent", ensured)

    def run(self, cluster: str, generation: int = 1, **how: Any) -> Any:
        return Machine("register_cluster", {"Provision": provision.handler}).run({"cluster": cluster, "generation": generation}, **how)

    def test_the_cluster_opens_once_its_agent_is_heard(self, cluster: str, there: FakeClusterPlane, heard: None) -> None:
        result = self.run(cluster)
        assert (result.status, result.steps) == ("SUCCEEDED", [*MACHINE_STEPS, "mark_cluster_ready"])
        assert len(result.states) <= 20
        assert clusters.load("", cluster).status is ClusterStatus.CREATED

    def test_every_step_may_run_twice(self, cluster: str, there: FakeClusterPlane, heard: None) -> None:
        assert self.run(cluster, twice=True).status == "SUCCEEDED"
        assert principals.authenticate(f"Bearer {there.tokens[cluster]}").id == cluster, "the token that is there is the one that counts"

    @pytest.mark.parametrize("moment", ["before", "after", "timeout"])
    @pytest.mark.parametrize("step", MACHINE_STEPS)
    def test_a_fault_anywhere_leaves_no_agent_and_no_token_and_says_why(
        self, cluster: str, there: FakeClusterPlane, heard: None, step: str, moment: Moment
    ) -> None:
        assert self.run(cluster, fault=(step, moment)).status == "FAILED"
        left = clusters.load("", cluster)
        assert (left.status, bool(left.trouble), there.tokens) == (ClusterStatus.CREATE_FAILED, True, {})
        assert registrations.agent(cluster) is None

    def test_an_agent_that_cannot_start_is_the_reason(self, cluster: str, there: FakeClusterPlane) -> None:
        there.trouble = "its agent is not well: its image cannot be pulled"
        self.run(cluster)
        assert "its image cannot be pulled" in clusters.load("", cluster).trouble

    def test_a_cluster_out_of_reach_is_waited_for(self, cluster: str, there: FakeClusterPlane) -> None:
        there.away = Unavailable("the cluster does not answer")
        assert self.run(cluster).error == "Unavailable"
        assert "does not answer" in clusters.load("", cluster).trouble

    def test_one_that_serves_already_keeps_its_agent_when_new_facts_do_not_work_out(
        self, cluster: str, there: FakeClusterPlane, heard: None
    ) -> None:
        self.run(cluster)
        token = there.tokens[cluster]
        register(name="second", domain="other.example.com")
        assert self.run(cluster, 2, fault=("ensure_agent", "after")).status == "FAILED"
        left = clusters.load("", cluster)
        assert (left.status, left.is_open, there.tokens[cluster]) == (ClusterStatus.UPDATE_FAILED, True, token)

    def test_a_token_that_was_lost_is_replaced_and_the_old_one_is_worth_nothing(
        self, cluster: str, there: FakeClusterPlane, heard: None
    ) -> None:
        self.run(cluster)
        lost = there.tokens.pop(cluster)
        register(name="second")
        assert self.run(cluster, 2).status == "SUCCEEDED"
        assert principals.authenticate(f"Bearer {there.tokens[cluster]}").id == cluster
        with pytest.raises(Exception, match="token"):
            principals.authenticate(f"Bearer {lost}")

    def test_an_older_generation_ends_quietly(self, cluster: str, there: FakeClusterPlane) -> None:
        register(name="second")
        assert self.run(cluster).states[-1] == "Superseded"
        with pytest.raises(Superseded):
            cluster_steps.run("ensure_reach", cluster, 1, {}, connect=lambda: there)

    def test_a_data_plane_that_serves_all_clusters_has_nothing_to_register(self, plane: Plane, cluster: str) -> None:
        with pytest.raises(Exception, match="serves all clusters by itself"):
            provision.handler({"step": "ensure_reach", "cluster": cluster, "generation": 1}, Context("provision", timeout=300))


def test_the_request_covers_every_fact() -> None:
    """A fact that nobody can say would be a default for ever."""
    from dataclasses import fields

    from orrery.model.cluster_facts import ClusterFacts

    assert {field.name for field in fields(ClusterFacts)} <= set(registering.Request.model_fields)
