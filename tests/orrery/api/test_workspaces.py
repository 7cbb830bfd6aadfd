"""Workspaces through the API: made, listed, changed, and not deleted while they hold a Deployment."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from orrery.errors import StaleGeneration
from orrery.store import deployments, workspaces

from tests.support.builders import a_deployment
from tests.support.installation import Installation, another


def test_a_new_workspace_is_what_was_asked_for(installation: Installation) -> None:
    asked = {"name": "etl", "description": "nightly loads", "cicdEnforcedDefault": True, "defaultRegion": "us-east-1"}

    made = installation.owner.post(f"{installation.path}/workspaces", asked)

    assert made.status == 200
    assert {key: made.body[key] for key in asked} == asked
    assert made.body["organizationId"] == installation.organization_id
    assert made.body["organizationName"] == "Analytics"
    assert made.body["createdBy"]["apiTokenName"] == "first owner"
    assert made.body["createdAt"].endswith("Z")
    assert len(made.body["createdAt"]) == len("2025-03-16T03:50:36.817Z")
    assert installation.owner.get(f"{installation.path}/workspaces/{made.body['id']}").body == made.body


def test_a_page_says_where_it_is_and_how_many_there_are(installation: Installation) -> None:
    for name in ("b", "c", "a"):
        installation.workspace(name)

    page = installation.owner.get(f"{installation.path}/workspaces", sorts="name:desc", offset=1, limit=1).body

    assert [each["name"] for each in page["workspaces"]] == ["b"]
    assert (page["limit"], page["offset"], page["totalCount"]) == (1, 1, 3)


def test_several_sorts_count_in_the_order_they_are_given(installation: Installation) -> None:
    ids = [installation.workspace(name) for name in ("b", "a")]

    listed = installation.owner.get(f"{installation.path}/workspaces", sorts=["createdAt:desc", "name:asc"]).body["workspaces"]

    assert [each["id"] for each in listed] == ids[::-1]


def test_a_list_can_be_narrowed_to_names_and_ids(installation: Installation) -> None:
    first, second, third = (installation.workspace(name) for name in ("one", "two", "three"))

    by_name = installation.owner.get(f"{installation.path}/workspaces", names=["one", "two"]).body
    by_id = installation.owner.get(f"{installation.path}/workspaces", workspaceIds=[third]).body

    assert {each["id"] for each in by_name["workspaces"]} == {first, second}
    assert [each["name"] for each in by_id["workspaces"]] == ["three"]
    assert by_id["totalCount"] == 1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 1001}, "limit"),
        ({"offset": -1}, "offset"),
        ({"sorts": "colour:asc"}, "sorts"),
        ({"sorts": "name"}, "sorts"),
    ],
)
def test_a_page_that_cannot_be_is_refused_by_name(installation: Installation, query: dict[str, str], field: str) -> None:
    refused = installation.owner.get(f"{installation.path}/workspaces", **query)

    assert refused.status == 400
    assert refused.fields == [field]


def test_an_update_changes_what_it_names(installation: Installation) -> None:
    id = installation.workspace("etl")

    update = {"name": "loads", "description": "all of them", "cicdEnforcedDefault": True, "defaultClusterId": installation.cluster_id}
    updated = installation.owner.post(f"{installation.path}/workspaces/{id}", update).body

    assert {key: updated[key] for key in update} == update
    assert installation.owner.get(f"{installation.path}/workspaces/{id}").body == updated


def test_a_name_is_taken_once_and_free_again_after_a_rename_or_a_delete(installation: Installation) -> None:
    id = installation.workspace("etl")
    clash = installation.owner.post(f"{installation.path}/workspaces", {"name": "etl"})
    assert (clash.status, clash.fields) == (400, ["name"])
    assert "`etl`" in clash.body["message"]

    installation.owner.post(f"{installation.path}/workspaces/{id}", {"name": "loads", "description": "", "cicdEnforcedDefault": False})
    again = installation.owner.post(f"{installation.path}/workspaces", {"name": "etl"})
    assert again.status == 200

    assert installation.owner.delete(f"{installation.path}/workspaces/{again.body['id']}").status == 204
    assert installation.owner.post(f"{installation.path}/workspaces", {"name": "etl"}).status == 200


def test_a_rename_onto_another_name_changes_nothing(installation: Installation) -> None:
    installation.workspace("etl")
    id = installation.workspace("loads")

    clash = installation.owner.post(
        f"{installation.path}/workspaces/{id}", {"name": "etl", "description": "", "cicdEnforcedDefault": False}
    )

    assert (clash.status, clash.fields) == (400, ["name"])
    assert installation.owner.get(f"{installation.path}/workspaces/{id}").body["name"] == "loads"


def test_a_deleted_workspace_is_missing(installation: Installation) -> None:
    id = installation.workspace()

    gone = installation.owner.delete(f"{installation.path}/workspaces/{id}")

    assert (gone.status, gone.body) == (204, None)
    assert installation.owner.get(f"{installation.path}/workspaces/{id}").status == 404
    assert installation.owner.delete(f"{installation.path}/workspaces/{id}").status == 404
    assert installation.owner.get(f"{installation.path}/workspaces").body["totalCount"] == 0


def test_a_workspace_is_not_deleted_while_it_holds_a_deployment(installation: Installation) -> None:
    id = installation.workspace("etl")
    deployment = a_deployment(organization_id=installation.organization_id, workspace_id=id)
    deployments.create(deployment)

    refused = installation.owner.delete(f"{installation.path}/workspaces/{id}")
    assert (refused.status, refused.body["code"]) == (409, "CONFLICT")
    assert refused.body["message"] == "workspace `etl` still holds 1 deployment(s); delete them first"

    deployments.forget(deployment)
    assert installation.owner.delete(f"{installation.path}/workspaces/{id}").status == 204


def test_an_update_keeps_the_count_of_deployments(installation: Installation) -> None:
    id = installation.workspace("etl")
    deployments.create(a_deployment(organization_id=installation.organization_id, workspace_id=id))

    installation.owner.post(f"{installation.path}/workspaces/{id}", {"name": "loads", "description": "", "cicdEnforcedDefault": False})

    assert installation.owner.delete(f"{installation.path}/workspaces/{id}").status == 409


def test_of_a_delete_and_a_create_at_once_one_wins_and_nothing_is_left_without_a_workspace(installation: Installation) -> None:
    for round in range(8):
        id = installation.workspace(f"contested {round}")
        deployment = a_deployment(organization_id=installation.organization_id, workspace_id=id, name=f"contested {round}")
        with ThreadPoolExecutor(2) as both:
            creating = both.submit(deployments.create, deployment)
            deleting = both.submit(installation.owner.delete, f"{installation.path}/workspaces/{id}")

        created, deleted = creating.exception() is None, deleting.result().status == 204
        assert created != deleted


def test_of_two_writers_the_later_one_is_told_to_read_again(installation: Installation) -> None:
    id = installation.workspace()
    read = workspaces.load(installation.organization_id, id)
    first = read.update(by=read.created_by, now=read.updated_at, description="first")
    second = read.update(by=read.created_by, now=read.updated_at, description="second")

    workspaces.save(first, before=read)

    with pytest.raises(StaleGeneration, match="read it again"):
        workspaces.save(second, before=read)
    assert workspaces.load(installation.organization_id, id).description == "first"


@pytest.mark.parametrize("provider", ["AZURE", "GCP"])
def test_another_cloud_is_refused_with_the_regions_there_are(installation: Installation, provider: str) -> None:
    refused = installation.owner.post(f"{installation.path}/workspaces", {"name": "etl", "defaultCloudProvider": provider})

    assert (refused.status, refused.fields) == (400, ["defaultCloudProvider"])
    assert "`us-east-1`" in refused.body["message"]


def test_a_region_without_a_cluster_is_refused(installation: Installation) -> None:
    refused = installation.owner.post(f"{installation.path}/workspaces", {"name": "etl", "defaultRegion": "eu-north-1"})

    assert (refused.status, refused.fields) == (400, ["defaultRegion"])
    assert "`us-east-1`" in refused.body["message"]


def test_an_unknown_cluster_in_a_body_is_a_bad_field(installation: Installation) -> None:
    refused = installation.owner.post(f"{installation.path}/workspaces", {"name": "etl", "defaultClusterId": "c" + "0" * 24})

    assert (refused.status, refused.fields) == (400, ["defaultClusterId"])


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["name"]),
        ({"name": ""}, ["name"]),
        ({"name": "x" * 51}, ["name"]),
        ({"name": 7}, ["name"]),
        ({"name": "etl", "colour": "red"}, ["colour"]),
        ({"name": "etl", "cicdEnforcedDefault": "yes"}, ["cicdEnforcedDefault"]),
        ({"name": "etl", "cicd_enforced_default": True}, ["cicd_enforced_default"]),
        ({"name": "etl", "defaultCloudProvider": "MOON"}, ["defaultCloudProvider"]),
        ({"description": 1, "colour": "red"}, ["name", "description", "colour"]),
    ],
)
def test_a_bad_body_is_refused_by_the_names_of_its_fields(installation: Installation, body: dict[str, object], fields: list[str]) -> None:
    refused = installation.owner.post(f"{installation.path}/workspaces", body)

    assert refused.status == 400
    assert sorted(refused.fields) == sorted(fields)
    assert installation.owner.get(f"{installation.path}/workspaces").body["totalCount"] == 0


def test_another_tenants_workspace_looks_like_a_missing_one(installation: Installation) -> None:
    id, other = installation.workspace(), another(installation)

    missing = other.owner.get(f"{other.path}/workspaces/c{'0' * 24}")
    for path in (f"{other.path}/workspaces/{id}", f"{installation.path}/workspaces/{id}"):
        assert other.owner.get(path).body["message"] == missing.body["message"]
        assert other.owner.get(path).status == other.owner.delete(path).status == missing.status == 404
    assert other.owner.get(f"{installation.path}/workspaces").status == 404
    assert other.owner.get(f"{other.path}/workspaces").body["workspaces"] == []
    assert installation.owner.get(f"{installation.path}/workspaces/{id}").status == 200


def test_a_workspace_role_reaches_its_own_workspace_only(installation: Installation) -> None:
    mine, theirs = installation.workspace("mine"), installation.workspace("theirs")
    author = installation.somebody("WORKSPACE_AUTHOR", mine)

    assert [each["id"] for each in author.get(f"{installation.path}/workspaces").body["workspaces"]] == [mine]
    assert author.get(f"{installation.path}/workspaces/{theirs}").status == 404
    refused = author.delete(f"{installation.path}/workspaces/{mine}")
    assert (refused.status, refused.body["code"]) == (403, "FORBIDDEN")
    assert "`workspace.delete`" in refused.body["message"]
    assert "`WORKSPACE_OWNER`" in refused.body["message"]


def test_only_the_organizations_owner_makes_workspaces(installation: Installation) -> None:
    member = installation.somebody("ORGANIZATION_MEMBER")

    refused = member.post(f"{installation.path}/workspaces", {"name": "etl"})

    assert refused.status == 403
    assert "`organization.workspaces.create`" in refused.body["message"]
