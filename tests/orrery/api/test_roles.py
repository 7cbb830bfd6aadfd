"""Custom roles through the API: made by owners, granted on Deployments, in force and out of it from one request to the next."""

from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from orrery.store import deployments, reads

from tests.support.builders import a_deployment
from tests.support.http import Answer, Caller
from tests.support.installation import Installation, another

CI = ("deployment.get", "deployment.deploys.create")


def ask(installation: Installation, *, by: Caller | None = None, **changes: Any) -> Answer:
    body = {"name": "ci", "scopeType": "DEPLOYMENT", "permissions": CI} | changes
    return (by or installation.owner).post(f"{installation.path}/roles", body)


def make(installation: Installation, **changes: Any) -> dict[str, Any]:
    made = ask(installation, **changes)
    assert made.status == 200, made.body
    return dict(made.body)


def update(installation: Installation, role: dict[str, Any], **changes: Any) -> Answer:
    same = {name: role[name] for name in ("name", "permissions")}
    return installation.owner.post(f"{installation.path}/roles/{role['id']}", same | changes)


def a_place(installation: Installation, workspace: str = "etl") -> tuple[str, str]:
    """A Deployment in a Workspace of its own: the ids of both."""
    workspace_id = installation.workspace(workspace)
    deployment = a_deployment(organization_id=installation.organization_id, workspace_id=workspace_id, name=workspace)
    deployments.create(deployment)
    return workspace_id, deployment.id


def grant(installation: Installation, role: str, deployment_id: str, *, by: Caller | None = None) -> Answer:
    body = {"name": "holder", "role": role, "scope": "DEPLOYMENT", "entityId": deployment_id}
    return (by or installation.owner).post(f"{installation.path}/tokens", body)


def holder(installation: Installation, role: str, deployment_id: str) -> Caller:
    granted = grant(installation, role, deployment_id)
    assert granted.status == 200, granted.body
    return Caller(granted.body["token"])


def test_a_role_is_what_was_asked_for(installation: Installation) -> None:
    workspace = installation.workspace()

    made = make(installation, description="for pipelines", restrictedWorkspaceIds=[workspace, workspace])

    assert (made["name"], made["description"], made["scopeType"]) == ("ci", "for pipelines", "DEPLOYMENT")
    assert made["permissions"] == list(CI)
    assert made["restrictedWorkspaceIds"] == [workspace]
    assert installation.owner.get(f"{installation.path}/roles/{made['id']}").body == made


def test_roles_are_listed_with_the_default_ones_when_asked(installation: Installation) -> None:
    for name in ("b", "a", "c"):
        make(installation, name=name)

    listed = installation.owner.get(f"{installation.path}/roles", sorts="name:desc", limit=2).body
    both = installation.owner.get(f"{installation.path}/roles", includeDefaultRoles="true", scopeTypes=["DEPLOYMENT", "WORKSPACE"]).body

    assert [each["name"] for each in listed["roles"]] == ["c", "b"]
    assert (listed["totalCount"], listed["defaultRoles"]) == (3, None)
    assert "permissions" not in listed["roles"][0]
    assert {each["scopeType"] for each in both["defaultRoles"]} == {"DEPLOYMENT", "WORKSPACE"}
    assert len(both["roles"]) == 3
    dags = installation.owner.get(f"{installation.path}/roles", scopeTypes="DAG", includeDefaultRoles="true").body
    assert (dags["roles"], [each["name"] for each in dags["defaultRoles"]]) == ([], ["DAG_AUTHOR", "DAG_VIEWER"])


def test_templates_can_be_copied_as_they_are(installation: Installation) -> None:
    templates = installation.owner.get(f"{installation.path}/role-templates").body

    assert [each["name"] for each in templates] == [
        "Deployment Viewer",
        "Deployment Author",
        "Deployment Operator",
        "DAG Viewer",
        "DAG Author",
    ]
    for each in templates:
        assert make(installation, **each)["permissions"] == each["permissions"]
    of_dags = installation.owner.get(f"{installation.path}/role-templates", scopeTypes="DAG").body
    assert [each["name"] for each in of_dags] == ["DAG Viewer", "DAG Author"]


def test_permission_groups_name_what_a_role_may_hold(installation: Installation) -> None:
    for scope, some in (("DEPLOYMENT", "deployment.airflow.dagRun.create"), ("DAG", "dag.airflow.dagRun.create")):
        groups = installation.owner.get("/v1/authorization/permission-groups", scopeType=scope).body

        names = [f"{group['scope']}.{each['action']}" for group in groups for each in group["permissions"]]
        assert some in names
        assert make(installation, name=scope, scopeType=scope, permissions=names)["permissions"] == names


def test_a_role_keeps_to_its_scope(installation: Installation) -> None:
    role = make(installation, scopeType="DAG", permissions=["dag.airflow.dag.get"])
    path = f"{installation.path}/roles/{role['id']}"

    assert installation.owner.get(path).body["scopeType"] == "DAG"
    assert installation.owner.post(path, {"name": "ci", "permissions": CI}).fields == ["permissions"]
    changed = installation.owner.post(path, {"name": "ci", "permissions": ["dag.airflow.dagRun.create"]})
    assert (changed.status, changed.body["scopeType"]) == (200, "DAG")


def test_only_those_who_may_deal_with_roles_do(installation: Installation) -> None:
    role, member = make(installation), installation.somebody("ORGANIZATION_BILLING_ADMIN")
    path = f"{installation.path}/roles"

    answers = [
        ask(installation, by=member, name="mine"),
        member.get(path),
        member.get(f"{path}/{role['id']}"),
        member.post(f"{path}/{role['id']}", {"name": "mine", "permissions": CI}),
        member.delete(f"{path}/{role['id']}"),
        member.get(f"{installation.path}/role-templates"),
    ]

    assert [(each.status, each.body["code"]) for each in answers] == [(403, "FORBIDDEN")] * 6


def test_another_tenants_role_looks_like_a_missing_one(installation: Installation) -> None:
    other, role = another(installation), make(installation)
    unknown = other.owner.get(f"{other.path}/roles/{'c' + '0' * 24}")

    for path in (f"{other.path}/roles/{role['id']}", f"{installation.path}/roles/{role['id']}"):
        body = {"name": "theirs", "permissions": CI}
        answers: Sequence[Answer] = (other.owner.get(path), other.owner.post(path, body), other.owner.delete(path))
        assert [each.status for each in answers] == [404] * 3
        assert [each.words for each in answers] == [unknown.words] * 3
    assert ask(installation, by=other.owner, name="theirs").status == 404


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"scopeType": "DAG"}, ["permissions"]),
        ({"permissions": ["dag.airflow.dag.get"]}, ["permissions"]),
        ({"scopeType": "WORKSPACE"}, ["scopeType"]),
        ({"permissions": []}, ["permissions"]),
        ({"permissions": ["deployment.fly"]}, ["permissions"]),
        ({"permissions": ["workspace.get"]}, ["permissions"]),
        ({"permissions": ["organization.roles.create"]}, ["permissions"]),
        ({"name": ""}, ["name"]),
        ({"name": "n" * 101}, ["name"]),
        ({"name": "Deployment_Admin"}, ["name"]),
        ({"restrictedWorkspaceIds": ["c" + "0" * 24]}, ["restrictedWorkspaceIds"]),
        ({"moons": 2}, ["moons"]),
    ],
)
def test_a_role_that_cannot_be_is_refused_by_its_field(installation: Installation, changes: dict[str, Any], fields: list[str]) -> None:
    refused = ask(installation, **changes)

    assert (refused.status, refused.fields) == (400, fields)


def test_another_tenants_workspace_is_no_place_to_restrict_a_role_to(installation: Installation) -> None:
    other = another(installation)

    refused = ask(installation, restrictedWorkspaceIds=[other.workspace()])

    assert (refused.status, refused.fields) == (400, ["restrictedWorkspaceIds"])


def test_a_name_is_taken_once_and_free_again_when_its_role_is_renamed_or_gone(installation: Installation) -> None:
    first, second = make(installation), make(installation, name="second")

    taken = ask(installation)
    assert (taken.status, taken.fields) == (400, ["name"])
    assert update(installation, second, name="ci").status == 400
    assert update(installation, first, name="renamed").status == 200
    assert update(installation, second, name="ci").status == 200
    assert installation.owner.delete(f"{installation.path}/roles/{second['id']}").status == 204
    assert ask(installation).status == 200


def test_an_update_leaves_what_it_does_not_name(installation: Installation) -> None:
    workspace = installation.workspace()
    role = make(installation, description="for pipelines", restrictedWorkspaceIds=[workspace])

    changed = update(installation, role, permissions=["deployment.get"]).body
    installation.owner.delete(f"{installation.path}/workspaces/{workspace}")

    assert (changed["description"], changed["restrictedWorkspaceIds"]) == ("for pipelines", [workspace])
    assert changed["permissions"] == ["deployment.get"]
    assert update(installation, role, restrictedWorkspaceIds=[workspace]).status == 200  # it is gone, but was named before
    assert update(installation, role, restrictedWorkspaceIds=[]).body["restrictedWorkspaceIds"] == []


@pytest.mark.parametrize("by", ["id", "name"])
def test_a_holder_may_do_what_the_role_says_and_no_more(installation: Installation, by: str) -> None:
    workspace, deployment = a_place(installation)
    _, elsewhere = a_place(installation, "elsewhere")

    someone = holder(installation, make(installation)[by], deployment)

    path = f"{installation.path}/deployments"
    assert someone.get(f"{path}/{deployment}").status == 200
    assert someone.get(f"{installation.path}/workspaces/{workspace}").status == 200
    assert someone.delete(f"{path}/{deployment}").status == 403
    assert someone.get(f"{path}/{elsewhere}").status == 404
    assert someone.get("/v1/users/self").body["roles"][0]["role"] == "ci"


def test_a_change_of_a_role_is_in_force_at_the_next_request(installation: Installation) -> None:
    workspace, deployment = a_place(installation)
    role = make(installation)
    someone, path = holder(installation, "ci", deployment), f"{installation.path}/deployments/{deployment}"
    assert someone.get(f"{path}/deploys").status == 403

    update(installation, role, permissions=[*CI, "deployment.deploys.get"])
    assert someone.get(f"{path}/deploys").status == 200

    update(installation, role, restrictedWorkspaceIds=[installation.workspace("elsewhere")])
    assert someone.get(path).status == 404

    update(installation, role, restrictedWorkspaceIds=[workspace])
    assert someone.get(path).status == 200


def test_a_deleted_role_is_worth_nothing_at_the_next_request(installation: Installation) -> None:
    workspace, deployment = a_place(installation)
    role = make(installation)
    someone = holder(installation, "ci", deployment)

    assert installation.owner.delete(f"{installation.path}/roles/{role['id']}").status == 204

    assert someone.get(f"{installation.path}/deployments/{deployment}").status == 404
    assert someone.get(f"{installation.path}/workspaces/{workspace}").status == 404
    assert grant(installation, role["id"], deployment).fields == ["role"]
    make(installation)  # of the same name, but another role
    assert someone.get(f"{installation.path}/deployments/{deployment}").status == 404


def test_a_restricted_role_is_granted_in_its_workspaces_only(installation: Installation) -> None:
    workspace, deployment = a_place(installation)
    _, elsewhere = a_place(installation, "elsewhere")
    make(installation, restrictedWorkspaceIds=[workspace])

    refused = grant(installation, "ci", elsewhere)

    assert (refused.status, refused.fields, refused.body["fieldErrors"][0]["code"]) == (400, ["role"], "RESTRICTED")
    assert grant(installation, "ci", deployment).status == 200


def test_nobody_grants_or_renews_a_custom_role_that_holds_more_than_they_do(installation: Installation) -> None:
    _, deployment = a_place(installation)
    make(installation, name="small", permissions=["deployment.get", "deployment.apiTokens.create", "deployment.apiTokens.get"])
    make(installation, name="rotator", permissions=["deployment.get", "deployment.apiTokens.rotate", "deployment.apiTokens.get"])
    make(installation, name="big", permissions=["deployment.get", "deployment.delete"])
    mighty = grant(installation, "big", deployment).body

    refused = grant(installation, "big", deployment, by=holder(installation, "small", deployment))
    rotator = holder(installation, "rotator", deployment)
    rotated = rotator.post(f"{installation.path}/tokens/{mighty['id']}/rotate")

    assert refused.status == rotated.status == 403
    assert "the role `big` can do more than you can here" in refused.body["message"]
    assert grant(installation, "small", deployment, by=holder(installation, "small", deployment)).status == 200
    assert installation.owner.post(f"{installation.path}/tokens/{mighty['id']}/rotate").status == 200


@pytest.mark.parametrize("scope", ["WORKSPACE", "ORGANIZATION"])
def test_a_custom_role_is_granted_on_deployments_only(installation: Installation, scope: str) -> None:
    make(installation)
    entity = installation.workspace() if scope == "WORKSPACE" else None

    refused = installation.owner.post(
        f"{installation.path}/tokens", {"name": "holder", "role": "ci", "scope": scope, "entityId": entity}
    )  # fmt: skip

    assert (refused.status, refused.fields) == (400, ["role"])


def test_a_token_shows_its_role_by_the_name_that_the_role_has_now(installation: Installation) -> None:
    _, deployment = a_place(installation)
    role = make(installation)
    token = grant(installation, role["id"], deployment).body

    update(installation, role, name="renamed")

    assert token["roles"][0]["role"] == "ci"
    assert installation.owner.get(f"{installation.path}/tokens/{token['id']}").body["roles"][0]["role"] == "renamed"
    listed = installation.owner.get(f"{installation.path}/tokens", deploymentId=deployment).body["tokens"]
    assert [each["roles"][0]["role"] for each in listed] == ["renamed"]


def test_who_holds_default_roles_alone_costs_no_read_more(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    _, deployment = a_place(installation)
    make(installation)
    someone = holder(installation, "ci", deployment)
    batches: list[set[tuple[str, str]]] = []
    several = reads.several

    def counted(cls: type[Any], keys: Iterable[tuple[str, str]]) -> list[Any]:
        batches.extend([wanted] if (wanted := set(keys)) else [])
        return several(cls, keys)

    monkeypatch.setattr(reads, "several", counted)

    assert installation.owner.get(f"{installation.path}/workspaces").status == 200
    assert batches == []
    assert someone.get(f"{installation.path}/workspaces").status == 200
    assert len(batches) == 1
