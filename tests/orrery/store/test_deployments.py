"""Deployments in the table: what sagas and the sweeper rely on when several of them are at work at once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from orrery.errors import Conflict, NotFound, StaleGeneration
from orrery.model.deployment import Deployment
from orrery.store import deployments

from tests.support.plane import Plane

SOON = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def made(plane: Plane) -> Deployment:
    return plane.load(plane.create().body["id"])


def update(deployment: Deployment) -> Deployment:
    return replace(deployment.succeeded()).update(by=deployment.created_by, now=datetime.now(UTC), description="new")


def test_a_saga_that_ends_late_does_not_cross_a_change(made: Deployment) -> None:
    deployments.settle(made.succeeded())
    changed = update(made)
    deployments.save(changed)
    with pytest.raises(StaleGeneration):
        deployments.settle(made.succeeded())
    assert deployments.load(made.organization_id, made.id) == changed


def test_open_work_is_what_no_saga_has_settled(made: Deployment) -> None:
    assert deployments.open_work(SOON) == (made,)
    assert deployments.open_work(made.updated_at - timedelta(seconds=1)) == ()
    deployments.settle(made.succeeded())
    assert deployments.open_work(SOON) == ()
    deployments.save(update(made))
    assert [each.generation for each in deployments.open_work(SOON)] == [2]


def test_of_two_sweeps_that_want_the_next_attempt_one_gets_it(made: Deployment) -> None:
    assert deployments.retry(made).attempt == 2
    with pytest.raises(StaleGeneration):
        deployments.retry(made)
    assert deployments.retry(deployments.load(made.organization_id, made.id)).attempt == 3


def test_what_ran_well_last_is_kept_whole(made: Deployment) -> None:
    assert deployments.good(made.id) is None
    deployments.keep_good(made.succeeded())
    deployments.save(update(made))
    assert deployments.good(made.id) == made.succeeded()


def test_a_namespace_is_taken_over_all_organizations(made: Deployment) -> None:
    twin = replace(made, id=f"c{'1' * 24}", name="other")
    with pytest.raises(Conflict, match="drawn twice"):
        deployments.create(twin)
    with pytest.raises(NotFound):
        deployments.load(twin.organization_id, twin.id)


def test_forgetting_may_be_cut_short_and_done_again(made: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(*writes: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(deployments.writes, "commit", cut)  # type: ignore[attr-defined]
        with pytest.raises(ConnectionError):
            deployments.forget(made)
    deployments.forget(deployments.load(made.organization_id, made.id))
    with pytest.raises(NotFound):
        deployments.load(made.organization_id, made.id)
