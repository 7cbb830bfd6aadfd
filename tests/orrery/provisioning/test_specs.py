"""A Deployment becomes what a data plane may know about it, and asleep it wants no workers."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from orrery import settings, vault
from orrery.dataplane.port import DeploymentRef, QueueSpec
from orrery.model.deployment import EnvironmentVariable, HibernationOverride
from orrery.model.queue import Machine, Queue
from orrery.provisioning.specs import ref_of, spec_of

from tests.support.builders import BORN, a_deployment

HEAVY = Queue("q2", "heavy", Machine.A20, min_workers=1, max_workers=7, concurrency=20)


@pytest.fixture(autouse=True)
def surroundings(empty_table: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("API_URL", "https://api.example.com")
    monkeypatch.setenv("RELEASES_BUCKET", "releases")
    monkeypatch.setenv("CONSOLE_ORIGIN", "https://console.example.com")
    settings.settings.cache_clear()
    yield
    settings.settings.cache_clear()


def test_a_queue_is_told_with_the_size_of_its_machine() -> None:
    (queue,) = spec_of(a_deployment(queues=(HEAVY,))).queues
    assert queue == QueueSpec("heavy", min_workers=1, max_workers=7, concurrency=20, machine="A20", cpu=4, memory=8)


def test_asleep_no_queue_may_have_a_worker() -> None:
    spec = spec_of(a_deployment(queues=(HEAVY,), hibernation_override=HibernationOverride(True)))
    assert spec.hibernating
    assert [(queue.min_workers, queue.max_workers, queue.concurrency) for queue in spec.queues] == [(0, 0, 20)]


def test_names_the_airflow_of_the_runtime_the_release_store_and_the_way_back() -> None:
    deployment = a_deployment()
    spec = spec_of(deployment)
    assert spec.airflow_version.startswith("3.3.")
    assert (spec.api_url, spec.releases) == ("https://api.example.com", f"s3://releases/{deployment.id}")
    assert spec.console_origin == "https://console.example.com"


def test_variables_travel_in_clear_and_never_show_in_a_log() -> None:
    deployment = a_deployment()
    sealed = vault.seal({"PASSWORD": "hunter2"}, organization=deployment.organization_id, deployment=deployment.id)
    spec = spec_of(replace(deployment, environment=(EnvironmentVariable("PASSWORD", sealed["PASSWORD"], True, BORN),)))
    assert spec.environment == {"PASSWORD": "hunter2"}
    assert "hunter2" not in repr(spec)


def test_the_generation_is_the_deployments() -> None:
    assert spec_of(replace(a_deployment(), generation=9)).generation == 9


def test_a_ref_is_enough_to_find_its_things() -> None:
    deployment = a_deployment()
    assert ref_of(deployment) == DeploymentRef(deployment.id, deployment.organization_id, deployment.cluster_id, deployment.namespace)
