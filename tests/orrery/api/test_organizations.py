"""Organizations through the API: one's own, read and changed."""

from datetime import UTC, datetime, timedelta

import pytest
from orrery.authz.principal import Kind
from orrery.minting import api_token
from orrery.store import principals, tables, users, writes
from orrery.store.principals import Credential

from tests.support.http import Caller
from tests.support.installation import Installation, another

SETTINGS = {"name": "Analytics", "billingEmail": "bills@example.com", "isScimEnabled": False}


def test_every_token_finds_its_organization(installation: Installation) -> None:
    workspace = installation.workspace()
    for caller in (
        installation.owner,
        installation.somebody("ORGANIZATION_MEMBER"),
        installation.somebody("WORKSPACE_ACCESSOR", workspace),
    ):
        page = caller.get("/v1/organizations").body

        assert [each["id"] for each in page["organizations"]] == [installation.organization_id]
        assert page["organizations"][0]["product"] == "HOSTED"
        assert page["totalCount"] == 1


def test_an_update_changes_what_it_names_and_keeps_the_rest(installation: Installation) -> None:
    before = installation.owner.get(installation.path).body

    update = SETTINGS | {"name": "Analysis", "shouldEnforceDedicatedClusters": True}
    after = installation.owner.post(installation.path, update).body

    changed = {key for key in before if before[key] != after[key]}
    assert changed == {"name", "billingEmail", "shouldEnforceDedicatedClusters", "updatedAt", "updatedBy"}
    assert installation.owner.get(installation.path).body == after


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "x" * 51}, "name"),
        ({"billingEmail": "nowhere"}, "billingEmail"),
        ({"isScimEnabled": None}, "isScimEnabled"),
        ({"isScimEnabled": True}, "isScimEnabled"),
        ({"allowEnhancedSupportAccess": True}, "allowEnhancedSupportAccess"),
    ],
)
def test_bad_settings_are_refused_by_name(installation: Installation, changes: dict[str, object], field: str) -> None:
    refused = installation.owner.post(installation.path, SETTINGS | changes)

    assert (refused.status, refused.fields) == (400, [field])
    assert installation.owner.get(installation.path).body["name"] == "Analytics"


def test_a_member_may_look_and_not_touch(installation: Installation) -> None:
    member = installation.somebody("ORGANIZATION_MEMBER")

    refused = member.post(installation.path, SETTINGS)

    assert member.get(installation.path).status == 200
    assert (refused.status, refused.body["code"]) == (403, "FORBIDDEN")
    assert "`organization.update`" in refused.body["message"]


def test_another_tenants_organization_looks_like_a_missing_one(installation: Installation) -> None:
    other = another(installation)

    theirs, unknown = other.owner.get(installation.path), other.owner.get(f"/v1/organizations/c{'0' * 24}")

    assert theirs.status == unknown.status == 404
    assert theirs.words == unknown.words
    assert other.owner.post(installation.path, SETTINGS).status == 404


def test_a_token_reads_itself(installation: Installation) -> None:
    workspace = installation.workspace()
    me = installation.somebody("WORKSPACE_AUTHOR", workspace).get("/v1/users/self", createIfNotExist="true").body

    assert me["username"] == me["fullName"] == "workspace_author"
    assert me["organizationId"] == installation.organization_id
    scope = {"type": "WORKSPACE", "entityId": workspace, "deploymentId": None, "dagTag": None}
    assert me["roles"] == [{"role": "WORKSPACE_AUTHOR", "scope": scope}]
    assert me["status"] == "ACTIVE"


def test_a_users_token_stands_for_the_user_with_the_roles_of_the_moment(installation: Installation) -> None:
    now = datetime.now(UTC)
    secret = api_token("c" + "2" * 24, now, now + timedelta(hours=1))
    owner = users.load(installation.organization_id, installation.owner_id)
    credential = Credential(owner.id, Kind.USER, owner.full_name, owner.organization_id, (), now + timedelta(hours=1))
    writes.commit(principals.remember(secret.hash, credential))
    ada = Caller(secret.value)

    me = ada.get("/v1/users/self").body
    assert (me["id"], me["username"], me["fullName"]) == (installation.owner_id, "ada@example.com", "ada")
    made = ada.post(f"{installation.path}/workspaces", {"name": "hers"}).body
    assert made["createdBy"] == {
        "id": installation.owner_id,
        "subjectType": "USER",
        "username": "ada@example.com",
        "fullName": "ada",
        "avatarUrl": "",
        "apiTokenName": None,
    }

    tables.table()(f"ORG#{installation.organization_id}", f"USER#{installation.owner_id}").delete()
    assert ada.get("/v1/users/self").status == 401


def test_an_agents_token_opens_none_of_the_tenants_doors(installation: Installation) -> None:
    assert installation.agent.get(installation.path).status == 404
    assert installation.agent.get(f"{installation.path}/workspaces").status == 404
    assert installation.agent.get("/v1/users/self").status == 403


@pytest.mark.parametrize("narrowed", [{"product": "HYBRID"}, {"astronomerProduct": "x"}, {"productPlan": "TRIAL"}])
def test_organizations_of_another_product_or_plan_are_left_out(installation: Installation, narrowed: dict[str, str]) -> None:
    assert installation.owner.get("/v1/organizations", **narrowed).body["totalCount"] == 0
    same = {"product": "HOSTED", "astronomerProduct": "ASTRO", "productPlan": "ENTERPRISE_V2"}
    assert installation.owner.get("/v1/organizations", **same).body["totalCount"] == 1
