"""One access decision: ours against Cedar's answers, and what each costs (P1), as does a list of a thousand Deployments (P2).

    PYTHONPATH=layers/common python -m benchmarks.authorization [decisions]

The first part compares a million decisions at random and prints how many differ; it ends with 1 if any does. The second takes times in
interleaved rounds and prints medians. The floor is the least that could decide at all: masks already joined by id, three look-ups and one
`&`, written in line where it is used.
"""

import itertools
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator

from orrery.authz.permissions import Permission, bit
from orrery.authz.policy import MACHINES, Role
from orrery.authz.principal import Kind, Principal
from orrery.model.token import Grant, TokenScope

from tests.cedar.oracle import BATCH, Place, Question, decide, entities, organization, request

ORGANIZATIONS, WORKSPACES, DEPLOYMENTS, PEOPLE = 10, 5, 20, 30
"""Organizations; in each so many Workspaces and people; in each Workspace so many Deployments."""
ROUNDS = 5
SEEN = 1_000
"""Deployments that somebody may see, for the list."""
BY_CEDAR = 20
"""Cedar takes a share of what the others take, for its time's sake: one in so many."""


def world() -> list[Place]:
    """Every Deployment, with the Workspace and the Organization it lies in."""
    return [
        organization(f"o{o}").inside("Workspace", f"o{o}w{w}").inside("Deployment", f"o{o}w{w}d{d}")
        for o, w, d in itertools.product(range(ORGANIZATIONS), range(WORKSPACES), range(DEPLOYMENTS))
    ]


def people(chance: random.Random, places: list[Place]) -> list[Principal]:
    """Users and API tokens with none to eight roles, in their own Organization."""
    return [_somebody(chance, number, chance.choice(places)) for number in range(ORGANIZATIONS * PEOPLE)]


def _somebody(chance: random.Random, number: int, place: Place) -> Principal:
    home = place.scopes[0]
    at_home = [f"{home}w{w}" for w in range(WORKSPACES)]
    grants = tuple(_grant(chance, home, chance.choice(at_home)) for _ in range(chance.randrange(9)))
    return Principal(f"p{number}", chance.choice([Kind.USER, Kind.SERVICEKEY]), "somebody", home, grants)


def _grant(chance: random.Random, home: str, workspace: str) -> Grant:
    role = chance.choice([each for each in Role if each not in MACHINES])
    deployment = f"{workspace}d{chance.randrange(DEPLOYMENTS)}"
    if role.noun == "DAG":
        return Grant(TokenScope.DAG, "etl", role.value, workspace, deployment)
    entity = {"ORGANIZATION": home, "WORKSPACE": workspace, "DEPLOYMENT": deployment}
    return Grant(TokenScope(role.noun), entity[role.noun], role.value)


def questions(chance: random.Random, who: list[Principal], places: list[Place]) -> Iterator[Question]:
    """Two in three about the principal's own Organization, the others about any; at every depth."""
    own = {each.id: [place for place in places if place.scopes[0] == each.organization_id] for each in who}
    permissions = list(Permission)
    while True:
        principal = chance.choice(who)
        there = chance.choice(own[principal.id] if chance.random() < 2 / 3 else places)
        yield Question(principal, chance.choice(permissions), Place(there.path[: chance.randint(1, 3)]))


def disagreements(chance: random.Random, decisions: int) -> int:
    """Decide that many, both ways; how many differ."""
    places = world()
    who = people(chance, places)
    known = entities(who, places)
    asked = questions(chance, who, places)
    different = allowed = 0
    for start in range(0, decisions, BATCH):
        batch = list(itertools.islice(asked, min(BATCH, decisions - start)))
        answers = decide([request(each) for each in batch], known)
        allowed += sum(answers)
        different += sum(each.ours != answer for each, answer in zip(batch, answers, strict=True))
    print(f"{decisions:,} decisions of {len(who)} principals about {len(places):,} Deployments and what they lie in")
    print(f"  {allowed:,} allowed by Cedar, {different} disagreements")
    return different


def one_decision(chance: random.Random) -> dict[str, Callable[[], int]]:
    """P1: the same questions, decided three ways; each says how many it decided."""
    places = world()
    who = people(chance, places)
    asked = list(itertools.islice(questions(chance, who, places), BATCH))
    known = entities(who, places)
    floor = [(each.principal.masks, bit(each.permission), (*each.place.scopes, "", "")[:3]) for each in asked]
    ours = [(each.principal, each.permission, each.place.scopes) for each in asked]
    requests = [request(each) for each in asked[: BATCH // BY_CEDAR]]

    def by_floor() -> int:
        for masks, wanted, (first, second, third) in floor:
            (masks.get(first, 0) | masks.get(second, 0) | masks.get(third, 0)) & wanted
        return len(floor)

    def by_us() -> int:
        for principal, permission, scopes in ours:
            principal.may(permission, *scopes)
        return len(ours)

    def by_cedar() -> int:
        return len(decide(requests, known))

    return {"floor": by_floor, "ours": by_us, "cedarpy": by_cedar}


def one_list(beside: int) -> dict[str, Callable[[], int]]:
    """P2: somebody lists the thousand Deployments of one Workspace, among so many others of the same Organization."""
    seen = [organization("o").inside("Workspace", "w").inside("Deployment", f"d{d}") for d in range(SEEN)]
    others = [organization("o").inside("Workspace", "x").inside("Deployment", f"x{d}") for d in range(beside)]
    places = seen + others
    member = Principal("p", Kind.USER, "somebody", "o", (Grant(TokenScope.WORKSPACE, "w", Role.WORKSPACE_MEMBER),))
    known = entities([member], places)
    rows = [place.scopes for place in places]
    requests = [request(Question(member, Permission.DEPLOYMENT_GET, place)) for place in places]
    masks, wanted = member.masks, bit(Permission.DEPLOYMENT_GET)

    def by_floor() -> int:
        return len([row for row in rows if (masks.get(row[0], 0) | masks.get(row[1], 0) | masks.get(row[2], 0)) & wanted])

    def by_us() -> int:
        return len([row for row in rows if member.may(Permission.DEPLOYMENT_GET, "o", row[1], row[2])])

    def by_cedar() -> int:
        return sum(decide(requests, known))

    return {"floor": by_floor, "ours": by_us, "cedarpy": by_cedar}


def table(title: str, ways: dict[str, Callable[[], int]]) -> None:
    """Interleaved rounds; the median of each beside the floor's and ours."""
    rounds = [{name: _microseconds(work) for name, work in ways.items()} for _ in range(ROUNDS)]
    middle = {name: statistics.median(each[name] for each in rounds) for name in ways}
    print(title)
    for name in ways:
        times = [each[name] for each in rounds]
        print(
            f"  {name:<8} {middle[name]:9.3f} us   {middle[name] / middle['floor']:8.1f} x the floor   "
            f"{middle[name] / middle['ours']:8.1f} x ours   (spread {min(times):.3f} to {max(times):.3f})"
        )


def _microseconds(work: Callable[[], int]) -> float:
    """CPU for each thing that was decided or listed."""
    started = time.process_time()
    done = work()
    return (time.process_time() - started) * 1e6 / done


def main(decisions: int) -> int:
    chance = random.Random(7)
    different = disagreements(chance, decisions)
    table("one decision (P1: at most 1.5 x the floor, cedarpy at least 200 x ours)", one_decision(chance))
    table(f"a list of {SEEN:,}, for each one listed (P2: at most 2 x the floor)", one_list(0))
    table(f"the same among {9 * SEEN:,} that one may not see", one_list(9 * SEEN))
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
