"""Deploys over HTTP: uploaded, put live, rolled back; what is refused changes nothing, and an older release never lies over a newer one."""

import hashlib
import io
import tarfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from orrery import releases
from orrery.errors import StaleGeneration, Unavailable
from orrery.model.deploy import Release
from orrery.provisioning.sweep import sweep
from orrery.store import deploys

from tests.support.http import Answer, Caller
from tests.support.installation import another
from tests.support.plane import Plane
from tests.support.tars import tar_of

Json = dict[str, Any]


def url(plane: Plane, deployment: Json, *more: str) -> str:
    return "/".join([plane.path, deployment["id"], "deploys", *more])


def created(plane: Plane, deployment: Json, **more: Any) -> Json:
    answer = plane.installation.owner.post(url(plane, deployment), {"type": "DAG_ONLY", **more})
    assert answer.status == 200, answer.body
    body: Json = answer.body
    return body


def uploaded(plane: Plane, deploy: Json, code: bytes = b"print(1)\n") -> str:
    answer = plane.put(deploy["dagsUploadUrl"], tar_of({"dags/etl.py": code}))
    assert answer.status == 201, answer.body
    return str(answer.headers["x-ms-version-id"])


def finalize(plane: Plane, deployment: Json, deploy: Json, version: str | None) -> Answer:
    body = {} if version is None else {"dagTarballVersion": version}
    return plane.installation.owner.post(url(plane, deployment, deploy["id"], "finalize"), body)


def live(plane: Plane, deployment: Json, code: bytes) -> Json:
    """A deploy of some code, put live."""
    deploy = created(plane, deployment)
    answer = finalize(plane, deployment, deploy, uploaded(plane, deploy, code))
    assert answer.status == 200, answer.body
    body: Json = answer.body
    return body


def test_code_goes_live_by_create_upload_and_finalize(plane: Plane) -> None:
    deployment = plane.made()
    git = {"provider": "GITHUB", "commitSha": "1f0c", "branch": "main", "repo": "dags"}
    deploy = created(plane, deployment, description="first", git=git)
    assert (deploy["status"], deploy["type"], deploy["dagTarballVersion"]) == ("INITIALIZED", "DAG_ONLY", "")
    assert deploy["imageRepository"] == deployment["imageRepository"]
    assert {name: deploy["git"][name] for name in git} == git
    version = uploaded(plane, deploy)
    assert plane.pointer(deployment["id"]) is None
    done = finalize(plane, deployment, deploy, version)
    assert (done.status, done.body["status"], done.body["dagTarballVersion"]) == (200, "DEPLOYED", version)
    assert plane.pointer(deployment["id"]) == {"version": version, "sequence": 1, "deployId": deploy["id"]}
    shown = plane.get(deployment["id"])
    assert (shown["dagTarballVersion"], shown["desiredDagTarballVersion"]) == (version, version)
    assert plane.load(deployment["id"]).generation == 1


def test_the_release_is_a_clean_archive_with_its_digest(plane: Plane) -> None:
    deployment = plane.made()
    version = live(plane, deployment, b"print(1)\n")["dagTarballVersion"]
    assert plane.stored(deployment["id"]) == sorted([f"{version}.json", f"{version}.tar.gz", "current.json"])
    archive = plane.bucket.Object(f"{deployment['id']}/{version}.tar.gz").get()["Body"].read()
    about = plane.bucket.Object(f"{deployment['id']}/{version}.json").get()["Body"].read().decode()
    assert hashlib.sha256(archive).hexdigest() in about
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
        assert tar.getnames() == ["etl.py"]


def test_the_upload_address_is_told_to_whoever_creates_the_deploy_and_to_nobody_else(plane: Plane) -> None:
    deployment = plane.made()
    deploy = created(plane, deployment)
    assert deploy["dagsUploadUrl"].startswith(f"http://127.0.0.1:8888/uploads/v1/{deployment['organizationId']}/{deployment['id']}/")
    again = plane.installation.owner.get(url(plane, deployment, deploy["id"])).body
    assert again == {**deploy, "dagsUploadUrl": ""}


def test_deploys_are_listed_newest_first(plane: Plane) -> None:
    deployment = plane.made()
    ids = [created(plane, deployment, description=str(n))["id"] for n in range(3)]
    page = plane.installation.owner.get(url(plane, deployment), limit=2).body
    assert ([each["id"] for each in page["deploys"]], page["totalCount"]) == (ids[:0:-1], 3)


def test_only_a_version_uploaded_for_this_very_deploy_can_be_finalized(plane: Plane) -> None:
    deployment, other = plane.made(), plane.made(name="other")
    deploy, elsewhere = created(plane, deployment), created(plane, other)
    for version in (
        uploaded(plane, elsewhere),
        uploaded(plane, created(plane, deployment)),
        "2026-01-01T00:00:00.0000000Z",
        "current",
        "../x",
    ):
        answer = finalize(plane, deployment, deploy, version)
        assert (answer.status, answer.fields) == (400, ["dagTarballVersion"]), version
    assert plane.installation.owner.get(url(plane, deployment, deploy["id"])).body["status"] == "INITIALIZED"
    assert plane.pointer(deployment["id"]) is None


@pytest.mark.parametrize("version", ["", None])
def test_finalizing_without_a_version_keeps_the_code_that_is_there(plane: Plane, version: str | None) -> None:
    deployment = plane.made()
    first = live(plane, deployment, b"1")
    deploy = created(plane, deployment)
    done = finalize(plane, deployment, deploy, version).body
    assert (done["status"], done["dagTarballVersion"]) == ("DEPLOYED", first["dagTarballVersion"])
    assert plane.pointer(deployment["id"]) == {"version": first["dagTarballVersion"], "sequence": 1, "deployId": first["id"]}


def test_a_deploy_is_finalized_once(plane: Plane) -> None:
    deployment = plane.made()
    deploy = created(plane, deployment)
    version = uploaded(plane, deploy)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: finalize(plane, deployment, deploy, version), range(4)))
    assert sorted(answer.status for answer in answers) == [200, 409, 409, 409]
    assert finalize(plane, deployment, deploy, version).body["message"] == f"deploy `{deploy['id']}` is already deployed; create a new one"
    assert plane.pointer(deployment["id"])["sequence"] == 1  # type: ignore[index]


def test_a_rollback_is_a_new_deploy_of_the_old_code(plane: Plane) -> None:
    deployment = plane.made()
    first, second = live(plane, deployment, b"1"), live(plane, deployment, b"2")
    assert plane.pointer(deployment["id"])["version"] == second["dagTarballVersion"]  # type: ignore[index]
    back = plane.installation.owner.post(url(plane, deployment, first["id"], "rollback"), {"description": "it broke"}).body
    assert (back["status"], back["rollbackFromId"], back["description"]) == ("DEPLOYED", first["id"], "it broke")
    assert back["id"] not in (first["id"], second["id"])
    assert plane.pointer(deployment["id"]) == {"version": first["dagTarballVersion"], "sequence": 3, "deployId": back["id"]}
    assert plane.installation.owner.get(url(plane, deployment)).body["deploys"][0]["id"] == back["id"]


def test_a_deploy_that_never_went_live_is_nothing_to_go_back_to(plane: Plane) -> None:
    deployment = plane.made()
    answer = plane.installation.owner.post(url(plane, deployment, created(plane, deployment)["id"], "rollback"), {})
    assert (answer.status, "never went live" in answer.body["message"]) == (409, True)


def test_only_the_description_of_a_deploy_can_be_changed(plane: Plane) -> None:
    deployment = plane.made()
    deploy = created(plane, deployment, description="frist")
    answer = plane.installation.owner.post(url(plane, deployment, deploy["id"]), {"description": "first"})
    assert answer.body["description"] == "first"
    refused = plane.installation.owner.post(url(plane, deployment, deploy["id"]), {"status": "DEPLOYED"})
    assert (refused.status, refused.fields) == (400, ["status"])


@pytest.mark.parametrize("kind", ["IMAGE_AND_DAG", "IMAGE_ONLY", "BUNDLE"])
def test_what_is_not_there_yet_is_refused_in_words(plane: Plane, kind: str) -> None:
    deployment = plane.made()
    answer = plane.installation.owner.post(url(plane, deployment), {"type": kind})
    assert (answer.status, answer.fields) == (400, ["type"])
    assert "not there yet; deploy with `DAG_ONLY`" in answer.body["message"]


def test_a_deployment_without_dag_deploys_takes_none(plane: Plane) -> None:
    deployment = plane.made(isDagDeployEnabled=False)
    answer = plane.installation.owner.post(url(plane, deployment), {"type": "DAG_ONLY"})
    assert (answer.status, answer.fields) == (400, ["type"])


def test_an_enforced_pipeline_lets_only_api_tokens_deploy(plane: Plane) -> None:
    deployment = plane.made(isCicdEnforced=True)
    answer = plane.person().post(url(plane, deployment), {"type": "DAG_ONLY"})
    assert (answer.status, "takes code from API tokens only" in answer.body["message"]) == (403, True)
    assert created(plane, deployment)["status"] == "INITIALIZED"


def test_who_may_only_look_may_not_deploy(plane: Plane) -> None:
    deployment = plane.made()
    live(plane, deployment, b"1")
    member = plane.installation.somebody("WORKSPACE_MEMBER", plane.workspace_id)
    assert len(member.get(url(plane, deployment)).body["deploys"]) == 1
    assert member.post(url(plane, deployment), {"type": "DAG_ONLY"}).status == 403
    author = plane.installation.somebody("WORKSPACE_AUTHOR", plane.workspace_id)
    assert author.post(url(plane, deployment), {"type": "DAG_ONLY"}).status == 200
    stranger: Caller = another(plane.installation).owner
    assert stranger.get(url(plane, deployment)).status == 404


@pytest.mark.parametrize(("until", "then"), [(None, "update_deployment 3"), ("2999-01-01T00:00:00Z", "hibernate_deployment 2")])
def test_code_can_be_deployed_to_a_sleeper_which_wakes_unless_somebody_said_until_when(plane: Plane, until: str | None, then: str) -> None:
    deployment = plane.made()
    word = {"isHibernating": True, "overrideUntil": until}
    plane.installation.owner.post(f"{plane.path}/{deployment['id']}/hibernation-override", word)
    plane.settle(deployment["id"])
    done = live(plane, deployment, b"1")
    assert plane.pointer(deployment["id"])["version"] == done["dagTarballVersion"]  # type: ignore[index]
    assert plane.machines.started[-1] == then


def test_a_finalize_that_was_cut_short_is_published_by_the_sweeper(plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    deployment = plane.made()
    with monkeypatch.context() as away:
        away.setattr(releases, "publish", _away)
        version = live(plane, deployment, b"1")["dagTarballVersion"]
    assert plane.pointer(deployment["id"]) is None
    shown = plane.get(deployment["id"])
    assert (shown["dagTarballVersion"], shown["desiredDagTarballVersion"]) == ("", version)
    assert [each.version for each in deploys.open_releases(datetime.now(UTC))] == [version]
    sweep(datetime.now(UTC))
    assert plane.pointer(deployment["id"])["version"] == version  # type: ignore[index]
    assert plane.get(deployment["id"])["dagTarballVersion"] == version
    assert deploys.open_releases(datetime.now(UTC)) == ()


def test_an_older_release_never_lies_over_a_newer_one(plane: Plane) -> None:
    id = plane.made()["id"]
    older, newer = (Release(id, f"2026-01-01T00:00:0{n}.0000000Z", f"deploy-{n}", n) for n in (1, 2))
    releases.publish(newer)
    releases.publish(older)
    assert plane.pointer(id)["sequence"] == 2  # type: ignore[index]


def test_of_many_who_publish_at_once_the_newest_stays(plane: Plane) -> None:
    id = plane.made()["id"]
    many = [Release(id, f"2026-01-01T00:00:0{n}.0000000Z", f"deploy-{n}", n) for n in range(1, 9)]

    def publish(release: Release) -> None:
        try:
            releases.publish(release)
        except Unavailable:
            assert release.sequence < 8

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(publish, many))
    assert plane.pointer(id)["sequence"] == 8  # type: ignore[index]


def test_of_two_deploys_that_go_live_at_once_one_is_told_to_try_again(plane: Plane) -> None:
    deployment = plane.made()
    first, second = created(plane, deployment), created(plane, deployment)
    before, now = deploys.release(deployment["id"]), datetime.now(UTC)
    stored = [deploys.load(deployment["id"], each["id"]) for each in (first, second)]
    done = [each.finalize("v", by=each.created_by, now=now) for each in stored]
    deploys.go_live(done[0], before.move(done[0]))
    with pytest.raises(StaleGeneration):
        deploys.go_live(done[1], before.move(done[1]))
    assert plane.installation.owner.get(url(plane, deployment, second["id"])).body["status"] == "INITIALIZED"


def test_a_deployment_that_goes_takes_its_releases_along(plane: Plane) -> None:
    deployment = plane.made()
    live(plane, deployment, b"1")
    releases.remove(deployment["id"])
    releases.remove(deployment["id"])
    assert plane.stored(deployment["id"]) == []


def _away(_: Release) -> None:
    raise Unavailable("the release store is not answering; try again in a moment")
