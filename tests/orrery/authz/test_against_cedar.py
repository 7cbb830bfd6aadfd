"""Our policy beside an independent one in Cedar (`tests/cedar/*.cedar`): a full table, and worlds of chance."""

import itertools
from types import SimpleNamespace
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from orrery.authz.permissions import Permission
from orrery.authz.policy import Role, least_role, permissions
from orrery.authz.principal import Kind, Principal
from orrery.model.token import Grant, TokenScope
from orrery.store import deployments, reads

from tests.cedar.oracle import Place, Question, ask, cluster, organization
from tests.cedar.tally import EVERY_PAIR, Tally

AT_LEAST = 10_000
ROLES = {noun: [role for role in Role if role.noun == noun] for noun in ("ORGANIZATION", "WORKSPACE", "DEPLOYMENT", "DAG")}
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
    return Principal(name, kind, name, "" if kind is Kind.AGENT else home, grants)


def holders(role: Role) -> list[Principal]:
    """Everybody who can hold the role: users and tokens, or an agent."""
    kinds = [Kind.AGENT] if role is Role.CLUSTER_AGENT else [Kind.USER, Kind.SERVICEKEY]
    people = [somebody(kind, granted(role, OWN[role.noun])) for kind in kinds]
    return people + [
        somebody(Kind.USER, granted(role, DEPLOYMENT.tag("etl")), id=f"{role} of a tag") for _ in kinds[1:] if role.noun == "DAG"
    ]


def granted(role: Role, place: Place) -> Grant:
    if role.noun != "DAG":
        return Grant(TokenScope(role.noun), place.thing.id, role.value)
    name = place.thing.id.split("/", 2)[2]
    return Grant(TokenScope(place.thing.type.upper()), name, role.value, place.path[1].id, place.path[2].id)


def roles_of(place: Place) -> list[Role]:
    return ROLES[place.thing.type.upper().partition("_")[0]]


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


class Worlds(RuleBasedStateMachine):
    """Organizations grow, roles come and go; after every step the two policies are asked the same."""

    tally = Tally()

    def __init__(self) -> None:
        super().__init__()
        self.places: list[Place] = []
        self.people: dict[str, Principal] = {}
        self.names = itertools.count()

    @initialize()
    def two_organizations(self) -> None:
        for _ in range(2):
            self.an_organization()
            workspace = self.places[-1].inside("Workspace", self.name())
            deployment = workspace.inside("Deployment", self.name())
            self.places += [workspace, deployment, deployment.dag("etl", "red"), deployment.tag("red")]
            self.hire(Kind.USER, self.places[-1])

    @rule()
    def an_organization(self) -> None:
        self.places.append(organization(self.name()))

    @rule(data=st.data())
    def something_inside(self, data: st.DataObject) -> None:
        outer = data.draw(st.sampled_from([place for place in self.places if len(place.path) < 4]))
        if len(outer.path) == 3:
            self.places.append(data.draw(st.sampled_from([outer.dag(self.name(), "red"), outer.dag(self.name()), outer.tag("red")])))
        else:
            self.places.append(outer.inside("Workspace" if len(outer.path) == 1 else "Deployment", self.name()))

    @rule(kind=st.sampled_from([Kind.USER, Kind.SERVICEKEY]), data=st.data())
    def somebody_new(self, kind: Kind, data: st.DataObject) -> None:
        place = data.draw(st.sampled_from(self.places))
        who = self.hire(kind, place)
        self.change(who, (granted(data.draw(st.sampled_from(roles_of(place))), place),))

    @rule(data=st.data())
    def grant(self, data: st.DataObject) -> None:
        """Only in the principal's own Organization: the API finds no thing of another one to grant a role on."""
        who = data.draw(st.sampled_from(list(self.people.values())))
        place = data.draw(st.sampled_from([each for each in self.places if each.scopes[0] == who.organization_id]))
        role = data.draw(st.sampled_from(roles_of(place)))
        self.change(who, (*who.grants, granted(role, place)))

    @rule(data=st.data())
    def revoke(self, data: st.DataObject) -> None:
        who = data.draw(st.sampled_from(list(self.people.values())))
        if who.grants:
            gone = data.draw(st.sampled_from(range(len(who.grants))))
            self.change(who, who.grants[:gone] + who.grants[gone + 1 :])

    @rule(data=st.data())
    def revoking_undoes_granting(self, data: st.DataObject) -> None:
        who = data.draw(st.sampled_from(list(self.people.values())))
        place = data.draw(st.sampled_from([each for each in self.places if each.scopes[0] == who.organization_id]))
        before = [who.holds(*each.scopes) for each in self.places]
        self.change(who, (*who.grants, granted(data.draw(st.sampled_from(roles_of(place))), place)))
        self.change(self.people[who.id], who.grants)

        assert [self.people[who.id].holds(*each.scopes) for each in self.places] == before

    @rule(data=st.data())
    def a_list_is_what_each_check_allows(self, data: st.DataObject) -> None:
        who = data.draw(st.sampled_from(list(self.people.values())))
        there = [place for place in self.places if place.scopes[0] == who.organization_id and len(place.path) == 3]
        rows = [SimpleNamespace(workspace_id=place.scopes[1], id=place.scopes[2]) for place in there]
        allowed = ask([Question(who, Permission.DEPLOYMENT_GET, place) for place in there])

        with patch.object(reads, "every", lambda *_: rows):
            listed = [each.id for each in deployments.list(who, who.organization_id)]
        assert listed == [place.thing.id for place, seen in zip(there, allowed, strict=True) if seen]

    @invariant()
    def nothing_crosses_an_organization(self) -> None:
        for who, place in itertools.product(self.people.values(), self.places):
            assert place.scopes[0] == who.organization_id or not who.holds(*place.scopes)

    def teardown(self) -> None:
        self.tally.compare([Question(*each) for each in itertools.product(self.people.values(), Permission, self.places)])

    def hire(self, kind: Kind, place: Place) -> Principal:
        who = somebody(kind, home=place.scopes[0], id=self.name())
        self.people[who.id] = who
        return who

    def change(self, who: Principal, grants: tuple[Grant, ...]) -> None:
        """Give somebody other roles, and compare all that they may do now, everywhere."""
        changed = somebody(who.kind, *grants, home=who.organization_id, id=who.id)
        self.people[who.id] = changed
        self.tally.compare([Question(changed, *each) for each in itertools.product(Permission, self.places)])

    def name(self) -> str:
        return f"n{next(self.names)}"


def test_in_worlds_of_chance_the_two_policies_agree() -> None:
    Worlds.tally = Tally()
    # No shrinking: a failure already names the principal, its roles, the permission and the place, and a smaller world takes minutes.
    phases = [Phase.explicit, Phase.reuse, Phase.generate]
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Worlds,
        settings=settings(max_examples=15, stateful_step_count=15, deadline=None, phases=phases, suppress_health_check=slow),
    )

    assert Worlds.tally.decisions >= AT_LEAST
    Worlds.tally.report("worlds of chance")
