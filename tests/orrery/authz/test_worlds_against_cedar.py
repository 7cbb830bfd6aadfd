"""Worlds of chance: Organizations grow, roles, teams and custom roles come and go; after every step our policy and Cedar's are asked."""

import itertools
from dataclasses import replace
from types import SimpleNamespace
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from orrery.authz.permissions import Permission
from orrery.authz.policy import MACHINES, Role
from orrery.authz.principal import Kind
from orrery.model.role import CustomRole
from orrery.model.token import Grant
from orrery.store import deployments, reads

from tests.cedar.oracle import Place, Question, ask, organization
from tests.cedar.tally import Tally
from tests.cedar.world import World

AT_LEAST = 10_000
ROLES = {
    noun: [role for role in Role if role.noun == noun and role not in MACHINES]
    for noun in ("ORGANIZATION", "WORKSPACE", "DEPLOYMENT", "DAG")
}
PERMISSIONS = {
    noun: st.sets(st.sampled_from(sorted(each for each in Permission if each.noun == noun.lower())), min_size=1, max_size=12)
    for noun in ("DEPLOYMENT", "DAG")
}


class Worlds(World, RuleBasedStateMachine):
    """The rules by which a world changes."""

    @initialize(permissions=PERMISSIONS["DEPLOYMENT"])
    def two_organizations(self, permissions: set[str]) -> None:
        """In each two Workspaces with a Deployment, a DAG of a tag, somebody in two teams, and a custom role that the second team holds."""
        for home in (organization(self.name()), organization(self.name())):
            workspaces = [home.inside("Workspace", self.name()) for _ in range(2)]
            there = [each.inside("Deployment", self.name()) for each in workspaces]
            self.places += [home, *workspaces, *there, there[0].dag("etl", "red"), there[0].tag("red")]
            user, teams = self.hire(Kind.USER, home.thing.id), [self.a_team(home.thing.id) for _ in range(2)]
            self.users[user] = self.users[user].join(teams[0]).join(teams[1])
            self.give(teams[1], (there[0].grant(self.a_role(home.thing.id, permissions).id),))

    # what is there

    @rule(data=st.data())
    def something_inside(self, data: st.DataObject) -> None:
        outer = data.draw(st.sampled_from([place for place in self.places if len(place.path) < 4]))
        if len(outer.path) == 3:
            self.places.append(data.draw(st.sampled_from([outer.dag(self.name(), "red"), outer.dag(self.name()), outer.tag("red")])))
            return
        self.places.append(outer.inside("Workspace" if len(outer.path) == 1 else "Deployment", self.name()))

    @rule(kind=st.sampled_from([Kind.USER, Kind.SERVICEKEY]), data=st.data())
    def somebody_new(self, kind: Kind, data: st.DataObject) -> None:
        place = data.draw(st.sampled_from(self.places))
        who = self.hire(kind, place.scopes[0])
        self.give(who, (self.any_grant(data, place),))

    # roles

    @rule(data=st.data())
    def grant(self, data: st.DataObject) -> None:
        """Only at home: the API finds no thing of another Organization to grant a role on."""
        holder = self.any_holder(data)
        self.give(holder, (*self.grants(holder), self.any_grant(data, self.any_place(data, self.home(holder)))))

    @rule(data=st.data())
    def revoke(self, data: st.DataObject) -> None:
        holder = self.any_holder(data)
        if held := self.grants(holder):
            gone = data.draw(st.sampled_from(range(len(held))))
            self.give(holder, held[:gone] + held[gone + 1 :])

    @rule(data=st.data())
    def revoking_undoes_granting(self, data: st.DataObject) -> None:
        holder = self.any_holder(data)
        before, held = self.everything(), self.grants(holder)
        self.give(holder, (*held, self.any_grant(data, self.any_place(data, self.home(holder)))))
        self.give(holder, held)

        assert self.everything() == before

    # teams

    @rule(data=st.data())
    def another_team(self, data: st.DataObject) -> None:
        home = data.draw(st.sampled_from(self.places)).scopes[0]
        self.give(self.a_team(home), (self.any_grant(data, self.any_place(data, home)),))

    @rule(data=st.data())
    def join_or_leave(self, data: st.DataObject) -> None:
        user = data.draw(st.sampled_from(list(self.users.values())))
        at_home = [team.id for team in self.teams.values() if team.organization_id == user.organization_id]
        if at_home:
            team = data.draw(st.sampled_from(at_home))
            self.users[user.id] = user.leave(team) if team in user.team_ids else user.join(team)
            self.compare([user.id])

    @rule(data=st.data())
    def leaving_undoes_joining(self, data: st.DataObject) -> None:
        user = data.draw(st.sampled_from(list(self.users.values())))
        before = self.everything()
        for team in self.teams.values():
            if team.organization_id == user.organization_id and team.id not in user.team_ids:
                self.users[user.id] = user.join(team.id)
                self.compare([user.id])
                self.users[user.id] = self.users[user.id].leave(team.id)

        assert self.everything() == before

    @precondition(lambda self: self.teams)
    @rule(data=st.data())
    def a_team_goes(self, data: st.DataObject) -> None:
        """The traces of its members' membership go later, and must be worth nothing meanwhile."""
        gone = self.teams.pop(data.draw(st.sampled_from(list(self.teams))))
        self.compare([user.id for user in self.users.values() if gone.id in user.team_ids])

    # custom roles

    @rule(data=st.data())
    def a_custom_role(self, data: st.DataObject) -> None:
        """Granted at once, to somebody or to a team that has members."""
        holder = self.any_holder(data)
        there = [each for each in self.places if each.scopes[0] == self.home(holder) and len(each.path) >= 3]
        place = data.draw(st.sampled_from(there))
        role = self.a_role(self.home(holder), data.draw(PERMISSIONS[noun_of(place)]), scope=noun_of(place))
        self.give(holder, (*self.grants(holder), place.grant(role.id)))

    @precondition(lambda self: self.roles)
    @rule(data=st.data())
    def a_custom_role_changes(self, data: st.DataObject) -> None:
        role = self.any_role(data)
        permissions = data.draw(PERMISSIONS[role.scope_type])
        self.roles[role.id] = replace(role, permissions=tuple(sorted(permissions)))
        self.compare(self.holders_of(role))

    @precondition(lambda self: self.roles)
    @rule(data=st.data())
    def a_custom_role_is_restricted_or_set_free(self, data: st.DataObject) -> None:
        role = self.any_role(data)
        workspaces = [place.thing.id for place in self.places if place.scopes[0] == role.organization_id and len(place.path) == 2]
        chosen = data.draw(st.lists(st.sampled_from(workspaces), unique=True))
        self.roles[role.id] = replace(role, restricted_workspace_ids=tuple(chosen))
        self.compare(self.holders_of(role))

    @precondition(lambda self: self.roles)
    @rule(data=st.data())
    def a_custom_role_goes(self, data: st.DataObject) -> None:
        """Its grants stay where they are, and are worth nothing."""
        gone = self.roles.pop(self.any_role(data).id)
        self.compare(self.holders_of(gone))

    # what holds of all of it

    @rule(data=st.data())
    def a_list_is_what_each_check_allows(self, data: st.DataObject) -> None:
        who = self.asking(data.draw(st.sampled_from(list(self.credentials))))
        there = [place for place in self.places if place.scopes[0] == who.organization_id and len(place.path) == 3]
        rows = [SimpleNamespace(workspace_id=place.scopes[1], id=place.scopes[2]) for place in there]
        allowed = ask([Question(who, Permission.DEPLOYMENT_GET, place) for place in there], self.company)

        with patch.object(reads, "every", lambda *_: rows):
            listed = [each.id for each in deployments.list(who, who.organization_id)]
        assert listed == [place.thing.id for place, seen in zip(there, allowed, strict=True) if seen]

    @invariant()
    def nothing_crosses_an_organization(self) -> None:
        for who, place in itertools.product(map(self.asking, self.credentials), self.places):
            assert place.scopes[0] == who.organization_id or not who.holds(*place.scopes)

    def teardown(self) -> None:
        self.compare(self.credentials)

    # what is drawn

    def any_holder(self, data: st.DataObject) -> str:
        return str(data.draw(st.sampled_from([*self.credentials, *self.teams])))

    def any_role(self, data: st.DataObject) -> CustomRole:
        return data.draw(st.sampled_from(list(self.roles.values())))

    def any_place(self, data: st.DataObject, home: str) -> Place:
        return data.draw(st.sampled_from([each for each in self.places if each.scopes[0] == home]))

    def any_grant(self, data: st.DataObject, place: Place) -> Grant:
        noun = noun_of(place)
        own = [role.id for role in self.roles.values() if role.organization_id == place.scopes[0] and role.scope_type == noun]
        return place.grant(data.draw(st.sampled_from([*map(str, ROLES[noun]), *own])))


def noun_of(place: Place) -> str:
    """What a role must be of to be granted there: a tag's are those of its DAGs."""
    return place.thing.type.upper().partition("_")[0]


def test_in_worlds_of_chance_the_two_policies_agree() -> None:
    Worlds.tally = Tally()
    # No shrinking: a failure already names the principal, its roles, the permission and the place, and a smaller world takes minutes.
    phases = [Phase.explicit, Phase.reuse, Phase.generate]
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Worlds,
        settings=settings(max_examples=10, stateful_step_count=12, deadline=None, phases=phases, suppress_health_check=slow),
    )

    assert Worlds.tally.decisions >= AT_LEAST
    Worlds.tally.report("worlds of chance")
