"""Members who go: removed by an owner or by themselves, whole, and never the last owner."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from orrery import names
from orrery.errors import Unavailable
from orrery.store import tables, writes

from tests.support.http import Caller
from tests.support.installation import Installation, another
from tests.support.invitations import accept, invite, token_for
from tests.support.people import member, signed_in, team


def owner(installation: Installation, name: str) -> tuple[str, Caller]:
    """One more owner, in person."""
    accepted = accept(token_for(installation, invite(installation, f"{name}@example.com", "ORGANIZATION_OWNER"))).body
    return accepted["user"]["id"], signed_in(installation, accepted["user"]["id"], name)


def test_a_member_who_is_removed_leaves_nothing_and_may_do_nothing(installation: Installation) -> None:
    id, eve = member(installation)
    platform = team(installation, memberIds=[id])
    path = f"{installation.path}/users/{id}"

    assert installation.owner.delete(path).status == 204

    assert eve.get("/v1/users/self").status == 401
    assert installation.owner.get(path).status == 404
    assert installation.owner.delete(path).status == 404
    assert installation.owner.get(f"{installation.path}/teams/{platform['id']}/members").body["totalCount"] == 0
    assert not [row.sk for row in tables.table().query(f"ORG#{installation.organization_id}") if id in f"{row.sk} {row.body}"]


def test_somebody_invited_back_is_somebody_else(installation: Installation) -> None:
    id, before = member(installation)
    installation.owner.delete(f"{installation.path}/users/{id}")

    accepted = accept(token_for(installation, invite(installation, "eve@example.com"))).body

    assert accepted["user"]["id"] != id
    assert signed_in(installation, accepted["user"]["id"], "eve").get("/v1/users/self").status == 200
    assert before.get("/v1/users/self").status == 401


def test_everybody_may_leave_and_nobody_may_send_others_away(installation: Installation) -> None:
    id, eve = member(installation)
    other, _ = member(installation, "dan")

    assert eve.delete(f"{installation.path}/users/{other}").status == 403
    assert installation.somebody("ORGANIZATION_MEMBER").delete(f"{installation.path}/users/{id}").status == 403
    assert eve.delete(f"{installation.path}/users/{id}").status == 204
    assert eve.get("/v1/users/self").status == 401


def test_the_last_owner_stays(installation: Installation) -> None:
    ada = signed_in(installation, installation.owner_id, "Ada")
    invite(installation, "waiting@example.com", "ORGANIZATION_OWNER")
    path = f"{installation.path}/users/{installation.owner_id}"

    for caller in (ada, installation.owner):
        refused = caller.delete(path)
        assert refused.status == 409
        assert "last owner" in refused.body["message"]

    second, bea = owner(installation, "second")
    assert ada.delete(path).status == 204
    assert bea.delete(f"{installation.path}/users/{second}").status == 409


def test_the_first_owners_token_ends_with_them_and_others_of_the_organization_stay(installation: Installation) -> None:
    _, bea = owner(installation, "bea")
    ci = installation.somebody("ORGANIZATION_MEMBER")

    assert bea.delete(f"{installation.path}/users/{installation.owner_id}").status == 204

    assert installation.owner.get(installation.path).status == 401
    assert ci.get(installation.path).status == 200


def test_two_owners_who_leave_at_the_same_time_do_not_both(installation: Installation) -> None:
    second, bea = owner(installation, "bea")
    ada = signed_in(installation, installation.owner_id, "Ada")

    with ThreadPoolExecutor(2) as crowd:
        leaving = [(ada, installation.owner_id), (bea, second)]
        statuses = list(crowd.map(lambda pair: pair[0].delete(f"{installation.path}/users/{pair[1]}").status, leaving))

    assert sorted(statuses) == [204, 409]


@pytest.mark.parametrize("after", [False, True])
def test_a_write_that_fails_leaves_a_member_or_none(installation: Installation, monkeypatch: pytest.MonkeyPatch, after: bool) -> None:
    id, eve = member(installation)
    rightly, path = writes._transact, f"{installation.path}/users/{id}"

    def fail(lined_up: tuple[writes.Write, ...]) -> None:
        if after:
            rightly(lined_up)
        raise Unavailable("the control plane's memory is not answering")

    with monkeypatch.context() as outage:
        outage.setattr(writes, "_transact", fail)
        assert installation.owner.delete(path).status == 503

    assert eve.get("/v1/users/self").status == (401 if after else 200)
    assert installation.owner.delete(path).status == (404 if after else 204)
    assert invite(installation, "eve@example.com")


def test_somebody_elses_user_cannot_be_told_from_none(installation: Installation) -> None:
    other, (id, eve) = another(installation), member(installation)

    foreign = [other.owner.delete(f"{other.path}/users/{id}"), eve.delete(f"{other.path}/users/{id}")]
    unknown = [other.owner.delete(f"{other.path}/users/{names.new_id()}"), eve.delete(f"{other.path}/users/{names.new_id()}")]

    assert [answer.status for answer in foreign + unknown] == [404] * 4
    assert foreign[0].words == unknown[0].words
    assert eve.get("/v1/users/self").status == 200
