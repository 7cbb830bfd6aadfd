"""The policy as a table anybody can read: `tests/golden/authz.txt`; `make golden` writes it anew."""

import itertools
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from orrery import names
from orrery.authz.catalogue import TEMPLATES
from orrery.authz.dags import MOST_DAGS, dag_access
from orrery.authz.permissions import Permission, bit
from orrery.authz.policy import AirflowRole, Role, anybody_mask, least_role, permissions, role_mask
from orrery.authz.principal import Kind, Principal, airflow_role, missing, refuse_to_grant_more, require
from orrery.errors import Forbidden, NotFound
from orrery.model.role import CustomRole
from orrery.model.token import Grant, TokenScope

from tests.support.builders import BORN, SOMEBODY, a_principal

GOLDEN = Path(__file__).parents[2] / "golden" / "authz.txt"
ORG, WS, DEP = "organization", "workspace", "deployment"
FIRSTS = {next(role for role in Role if role.noun == noun) for noun in ("ORGANIZATION", "WORKSPACE", "DEPLOYMENT", "DAG", "CLUSTER")}


def table() -> str:
    """One line a permission, one column a role: `x` where the role has it."""
    lines = [
        "Who may do what. One line a permission, one column a role; `x` where the role has it.",
        "A role on an Organization reaches its Workspaces, a role on a Workspace its Deployments, a role on a Deployment its DAGs.",
        "A role on a DAG or on a tag also shows the Deployment and its Workspace, as the Accessors' do.",
        "Whatever their role, members and API tokens see their own Organization and the clusters that serve it.",
        "",
        _line("ON", [role.noun if role in FIRSTS else "" for role in Role]),
        _line("THE ROLE", [role.partition("_")[2].replace("_", " ").title() for role in Role]),
        _line("IS INSIDE AIRFLOW", [_airflow(role) or "" for role in Role]),
    ]
    noun = ""
    for permission in sorted(Permission):
        lines += [""] if permission.noun != noun else []
        noun = permission.noun
        lines.append(_line(permission, ["x" if permission in permissions(role) else "." for role in Role]))
    return "\n".join(lines) + "\n"


def _line(head: str, cells: list[str]) -> str:
    widths = [max(len(role.partition("_")[2]), len(role.noun) if role in FIRSTS else 0) + 2 for role in Role]
    return (f"{head:<40}" + "".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True))).rstrip()


def _airflow(role: Role) -> AirflowRole | None:
    return airflow_role(a_principal((role.value, DEP)), organization=ORG, workspace=WS, deployment=DEP)


def test_the_policy_is_the_committed_table() -> None:
    if os.environ.get("ORRERY_GOLDEN") == "write":
        GOLDEN.write_text(table())
    assert table() == GOLDEN.read_text(), "the policy has changed: look at the table, then write it anew with `make golden`"


@pytest.mark.parametrize(
    "chain",
    [
        [f"ORGANIZATION_{role}" for role in ("MEMBER", "OBSERVE_MEMBER", "OBSERVE_ADMIN", "BILLING_ADMIN", "OWNER")],
        ["WORKSPACE_ACCESSOR", "WORKSPACE_MEMBER", "WORKSPACE_AUTHOR", "WORKSPACE_OPERATOR", "WORKSPACE_OWNER", "ORGANIZATION_OWNER"],
        ["DEPLOYMENT_ACCESSOR", "DEPLOYMENT_ADMIN", "WORKSPACE_OPERATOR"],
        ["DAG_VIEWER", "DAG_AUTHOR", "DEPLOYMENT_ADMIN"],
        ["DAG_VIEWER", "WORKSPACE_MEMBER"],
    ],
)  # fmt: skip
def test_each_role_has_what_the_one_below_it_has_and_more(chain: list[str]) -> None:
    for lower, higher in itertools.pairwise(chain):
        assert permissions(Role(lower)) < permissions(Role(higher))


def test_masks_say_what_the_sets_say() -> None:
    for role in Role:
        assert {each for each in Permission if role_mask(role) & bit(each)} == permissions(role)


@pytest.mark.parametrize("grant", [("ORGANIZATION_OWNER", ORG), ("WORKSPACE_OPERATOR", WS), ("DEPLOYMENT_ADMIN", DEP)])
def test_a_role_reaches_down(grant: tuple[str, str]) -> None:
    require(a_principal(grant), Permission.DEPLOYMENT_UPDATE, organization=ORG, workspace=WS, deployment=DEP)


def test_roles_on_a_way_down_add_up() -> None:
    both = a_principal(("WORKSPACE_MEMBER", WS), ("DEPLOYMENT_ADMIN", DEP))

    assert both.may(Permission.DEPLOYMENT_DELETE, ORG, WS, DEP)
    assert both.may(Permission.WORKSPACE_USERS_GET, ORG, WS)
    assert not both.may(Permission.DEPLOYMENT_DELETE, ORG, WS, "another deployment")


def test_what_one_may_not_see_is_missing_and_what_one_may_not_do_is_forbidden() -> None:
    member = a_principal(("WORKSPACE_MEMBER", WS))

    with pytest.raises(NotFound, match="no such deployment"):
        require(member, Permission.DEPLOYMENT_DELETE, organization=ORG, workspace="another", deployment=DEP)
    with pytest.raises(Forbidden, match=r"`deployment\.delete`.*`DEPLOYMENT_ADMIN`"):
        require(member, Permission.DEPLOYMENT_DELETE, organization=ORG, workspace=WS, deployment=DEP)


def test_a_refusal_names_the_humblest_role_of_the_things_own_kind() -> None:
    assert least_role(Permission.WORKSPACE_DELETE) is Role.WORKSPACE_OWNER
    assert least_role(Permission.DEPLOYMENT_GET) is Role.DEPLOYMENT_ACCESSOR
    assert least_role(Permission.DEPLOYMENT_TOKENS_CREATE) is Role.WORKSPACE_OWNER
    assert least_role(Permission.ORGANIZATION_UPDATE) is Role.ORGANIZATION_OWNER


def test_nobody_grants_more_than_they_hold() -> None:
    operator = a_principal(("WORKSPACE_OPERATOR", WS))

    refuse_to_grant_more(operator, Role.WORKSPACE_OPERATOR, organization=ORG, workspace=WS)
    refuse_to_grant_more(operator, Role.DEPLOYMENT_ADMIN, organization=ORG, workspace=WS, deployment=DEP)
    for role in (Role.WORKSPACE_OWNER, Role.ORGANIZATION_MEMBER):
        with pytest.raises(Forbidden, match="nobody grants more than they hold"):
            refuse_to_grant_more(operator, role, organization=ORG, workspace=WS)


def test_everybody_sees_their_own_organization_except_an_agent() -> None:
    anybody = a_principal()
    agent = type(anybody)("cluster", Kind.AGENT, "agent", "", a_principal(("CLUSTER_AGENT", "cluster")).grants)

    assert anybody.holds(ORG) == anybody_mask()
    assert anybody.holds("another organization") == 0
    assert agent.holds(ORG, "") == 0
    assert agent.may(Permission.CLUSTER_REPORT, "cluster")
    assert not agent.may(Permission.CLUSTER_REPORT, "another cluster")


@pytest.mark.parametrize(
    ("role", "inside"),
    [
        ("ORGANIZATION_OWNER", AirflowRole.ADMIN),
        ("WORKSPACE_OWNER", AirflowRole.ADMIN),
        ("WORKSPACE_OPERATOR", AirflowRole.OPERATOR),
        ("DEPLOYMENT_ADMIN", AirflowRole.OPERATOR),
        ("WORKSPACE_AUTHOR", AirflowRole.AUTHOR),
        ("WORKSPACE_MEMBER", AirflowRole.VIEWER),
        ("WORKSPACE_ACCESSOR", None),
        ("DEPLOYMENT_ACCESSOR", None),
        ("ORGANIZATION_BILLING_ADMIN", None),
    ],
)
def test_a_role_has_its_counterpart_inside_airflow(role: str, inside: AirflowRole | None) -> None:
    scope = {"O": ORG, "W": WS, "D": DEP}[role[0]]

    assert airflow_role(a_principal((role, scope)), organization=ORG, workspace=WS, deployment=DEP) is inside


def test_missing_and_hidden_sound_the_same() -> None:
    with pytest.raises(NotFound) as hidden:
        require(a_principal(), Permission.WORKSPACE_GET, organization=ORG, workspace=WS)

    assert hidden.value.message == missing("workspace").message


def a_custom_role(*permissions: str, **changes: Any) -> CustomRole:
    role = CustomRole("c" + "2" * 24, ORG, "ci", permissions, BORN, SOMEBODY, BORN, SOMEBODY)
    return replace(role, **changes)


def a_holder(role: CustomRole, *, workspace: str = WS) -> Principal:
    grants = (Grant(TokenScope.DEPLOYMENT, DEP, role.id, workspace),)
    return replace(a_principal(organization_id=ORG), grants=grants, custom_roles=(role,))


def test_a_custom_role_is_worth_its_permissions_where_it_counts() -> None:
    role = a_custom_role("deployment.get", "deployment.of.an.older.time", restricted_workspace_ids=(WS,))

    assert a_holder(role).may(Permission.DEPLOYMENT_GET, ORG, WS, DEP)
    assert a_holder(role).may(Permission.WORKSPACE_GET, ORG, WS)
    assert not a_holder(role).may(Permission.DEPLOYMENT_UPDATE, ORG, WS, DEP)
    assert not a_holder(role, workspace="another").may(Permission.DEPLOYMENT_GET, ORG, "another", DEP)
    assert replace(a_holder(role), custom_roles=()).holds(WS, DEP) == 0


def test_a_custom_role_enters_airflow_only_as_what_it_holds_in_full() -> None:
    def inside(*permissions: str) -> AirflowRole | None:
        return airflow_role(a_holder(a_custom_role(*permissions)), organization=ORG, workspace=WS, deployment=DEP)

    assert inside("deployment.airflow.configMenu.get", "deployment.airflow.website.get") is None
    whole = {template.name: inside(*template.permissions) for template in TEMPLATES}
    assert list(whole.values()) == [AirflowRole.VIEWER, AirflowRole.AUTHOR, AirflowRole.OPERATOR, None, None]


def on_dags(*grants: Grant, custom_roles: tuple[CustomRole, ...] = ()) -> Principal:
    return replace(a_principal(organization_id=ORG), grants=grants, custom_roles=custom_roles)


def on(scope: TokenScope, name: str, role: str = "DAG_VIEWER", *, deployment: str = DEP) -> Grant:
    return Grant(scope, name, role, WS, deployment)


TEXT = st.text(max_size=12) | st.sampled_from(["/", "etl", "dag/etl", "tag/etl", f"{DEP}/dag/etl"])


@given(st.lists(st.tuples(st.sampled_from([TokenScope.DAG, TokenScope.DAG_TAG]), st.sampled_from([DEP, "d2"]), TEXT), unique=True))
def test_no_two_dags_or_tags_are_one_place_whatever_they_are_called(named: list[tuple[TokenScope, str, str]]) -> None:
    assert len({on(scope, name, deployment=there).key for scope, there, name in named}) == len(named)


@given(scope=st.sampled_from([TokenScope.DAG, TokenScope.DAG_TAG]), name=TEXT, other=TEXT)
def test_a_role_on_a_dag_counts_there_and_nowhere_else(scope: TokenScope, name: str, other: str) -> None:
    holder, place = on_dags(on(scope, name)), on(scope, name).key

    assert holder.may(Permission.DAG_GET, ORG, WS, DEP, place)
    assert not holder.may(Permission.DAG_UPDATE, ORG, WS, DEP, place)
    for elsewhere in (names.dag_place(DEP, other), names.tag_place(DEP, other), names.dag_place("d2", name), name, DEP, WS, ORG):
        assert elsewhere == place or not holder.may(Permission.DAG_GET, elsewhere)


def test_whoever_has_a_role_on_a_dag_may_know_what_it_lies_in() -> None:
    holder = on_dags(on(TokenScope.DAG_TAG, "finance", "DAG_AUTHOR"))

    assert holder.holds(WS) == role_mask(Role.WORKSPACE_ACCESSOR)
    assert holder.holds(DEP) == role_mask(Role.DEPLOYMENT_ACCESSOR)
    assert airflow_role(holder, organization=ORG, workspace=WS, deployment=DEP) is None


def test_what_one_may_do_with_all_dags_one_may_do_with_each() -> None:
    custom = a_holder(a_custom_role("deployment.airflow.dagRun.create"))

    assert custom.may(Permission.DAG_RUN_CREATE, ORG, WS, DEP, names.dag_place(DEP, "etl"))
    assert not custom.may(Permission.DAG_GET, ORG, WS, DEP, names.dag_place(DEP, "etl"))


def test_a_custom_role_of_dags_is_worth_nothing_where_it_may_not_be_used() -> None:
    role = a_custom_role("dag.airflow.dag.get", scope_type="DAG", restricted_workspace_ids=("another",))

    assert on_dags(on(TokenScope.DAG, "etl", role.id), custom_roles=(role,)).masks == {ORG: anybody_mask()}


def test_airflow_is_told_which_dags_share_which_permissions() -> None:
    holder = on_dags(
        on(TokenScope.DAG, "etl"), on(TokenScope.DAG, "report"), on(TokenScope.DAG_TAG, "finance"),
        on(TokenScope.DAG, "etl", "DAG_AUTHOR"), on(TokenScope.DAG, "elsewhere", deployment="d2"),
        on(TokenScope.DAG, "gone", "c" + "3" * 24),
    )  # fmt: skip

    author, viewer = dag_access(holder, DEP, None)

    assert (author.dag_ids, author.dag_tags, len(author.permissions)) == (("etl",), (), len(permissions(Role.DAG_AUTHOR)))
    assert (viewer.dag_ids, viewer.dag_tags, {*viewer.permissions}) == (
        ("report",),
        ("finance",),
        {*map(str, permissions(Role.DAG_VIEWER))},
    )


def test_airflow_is_not_told_of_more_dags_than_it_can_remember() -> None:
    many = [on(TokenScope.DAG, f"dag_{number}") for number in range(MOST_DAGS + 1)]

    assert len(dag_access(on_dags(*many[1:]), DEP, AirflowRole.VIEWER)[0].dag_ids) == MOST_DAGS
    with pytest.raises(Forbidden, match="use tags"):
        dag_access(on_dags(*many), DEP, AirflowRole.AUTHOR)
    assert dag_access(on_dags(*many), DEP, AirflowRole.OPERATOR) == (), "who may do everything with all DAGs needs no list"
