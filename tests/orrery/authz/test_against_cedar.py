"""Our policy beside an independent one in Cedar (`tests/cedar/*.cedar`): a full table of roles, permissions and places."""

import itertools

from orrery.authz.permissions import Permission
from orrery.authz.policy import MACHINES, Role, least_role, permissions
from orrery.authz.principal import Kind, Principal
from orrery.model.token import Grant

from tests.cedar.oracle import Place, Question, ask, cluster, organization
from tests.cedar.tally import EVERY_PAIR, Tally

AT_LEAST = 10_000
ORGANIZATION = organization("o1")
WORKSPACE = ORGANIZATION.inside("Workspace", "o1w1")
DEPLOYMENT = WORKSPACE.inside("Deployment", "o1w1d1")
DAG = DEPLOYMENT.dag("etl")
CLUSTER = cluster("c1")
OWN = {"ORGANIZATION": ORGANIZATION, "WORKSPACE": WORKSPACE, "DEPLOYMENT": DEPLOYMENT, "DAG": DAG, "CLUSTER": CLUSTER}
DAGS = [DAG, DEPLOYMENT.dag("tagged", "etl", "red"), DEPLOYMENT.dag("other", "red"), DEPLOYMENT.tag("etl"),
        WORKSPACE.inside("Deployment", "o1w1d2").dag("etl", "etl")]  # fmt: skip
"""The DAG of the grant, one of a tag of the same name, one of neither, the tag itself, and the same two in another Deployment."""
PLACES = [CLUSTER, cluster("c2"), *DAGS] + [
    place
    for there in (DEPLOYMENT,
                  ORGANIZATION.inside("Workspace", "o1w1").inside("Deployment", "o1w1d2"),
                  ORGANIZATION.inside("Workspace", "o1w2").inside("Deployment", "o1w2d1"),
                  organization("o2").inside("Workspace", "o2w1").inside("Deployment", "o2w1d1"))
    for place in (Place(there.path[:1]), Place(there.path[:2]), there)
]  # fmt: skip
"""The place of the grant, another Deployment, another Workspace, another Organization, each with all it lies in; and two clusters."""


def somebody(kind: Kind, *grants: Grant, home: str = "o1", id: str = "") -> Principal:
    name = id or "-".join([kind, *(grant.role for grant in grants)])
    return Principal(name, kind, name, home, grants)


def holders(role: Role) -> list[Principal]:
    """Everybody who can hold the role: users and tokens, or an agent; a cluster's is at home nowhere. A DAG's is held on a tag, too."""
    kinds, home = [Kind.AGENT] if role in MACHINES else [Kind.USER, Kind.SERVICEKEY], "" if role is Role.CLUSTER_AGENT else "o1"
    people = [somebody(kind, OWN[role.noun].grant(role), home=home) for kind in kinds]
    on_tag = [somebody(Kind.USER, DEPLOYMENT.tag("etl").grant(role), id=f"{role} of a tag")] if role.noun == "DAG" else []
    return people + on_tag


def test_every_role_and_permission_at_its_own_place_at_another_workspace_and_another_organization() -> None:
    tally = Tally()
    everybody = [somebody(Kind.USER), somebody(Kind.SERVICEKEY), *itertools.chain(*map(holders, Role))]
    tally.compare([Question(*each) for each in itertools.product(everybody, Permission, PLACES)])

    assert tally.pairs == EVERY_PAIR
    assert tally.decisions >= AT_LEAST
    tally.report("every role, every permission, every place")


def test_the_role_that_a_refusal_names_has_the_permission() -> None:
    named = [Question(holders(role)[0], each, OWN[role.noun]) for each in Permission for role in [least_role(each)]]

    assert all(each.permission in permissions(Role(each.principal.grants[0].role)) for each in named)
    assert all(ask(named))
