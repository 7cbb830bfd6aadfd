"""Invitations through the API: who may invite whom, what is seen of it meanwhile, and how it ends."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from orrery import names
from orrery.errors import Unavailable
from orrery.model import invite as model
from orrery.store import invites, tables, users, writes

from tests.support.http import Caller
from tests.support.installation import Installation, another
from tests.support.invitations import ADDRESS, Json, accept, invite, token_for
from tests.support.people import member, signed_in, team


def user_of(installation: Installation, id: object) -> Json | None:
    answer = installation.owner.get(f"{installation.path}/users/{id}")
    return dict(answer.body) if answer.status == 200 else None


def rows() -> set[str]:
    """The keys of every row but the audit log's, which every request leaves one in."""
    return {f"{row.pk} {row.sk}" for row in tables.table().scan() if not row.pk.startswith("AUDIT#")}


@pytest.fixture
def over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Invitations are over the moment they are made, and DynamoDB has not removed them yet."""
    monkeypatch.setattr(model, "LIFE", timedelta(seconds=-5))


class TestAnInvitation:
    def test_is_what_was_asked_for_and_tells_no_secret(self, installation: Installation) -> None:
        made = invite(installation, role="ORGANIZATION_BILLING_ADMIN")

        assert set(made) == {"expiresAt", "inviteId", "invitee", "inviter", "organizationId", "organizationName", "userId"}
        assert (made["organizationId"], made["organizationName"]) == (installation.organization_id, "Analytics")
        assert (made["invitee"]["id"], made["invitee"]["username"]) == (made["userId"], ADDRESS)
        assert made["inviter"]["apiTokenName"] == "first owner"
        ends = datetime.fromisoformat(made["expiresAt"]) - datetime.now(UTC)
        assert timedelta(days=6, hours=23) < ends < timedelta(days=7, seconds=1)

    def test_is_listed_until_it_is_taken_back(self, installation: Installation) -> None:
        made = [invite(installation, f"{name}@example.com") for name in ("b", "a")]
        path = f"{installation.path}/invites"

        assert installation.owner.get(path).body == {"invites": made, "limit": 20, "offset": 0, "totalCount": 2}
        assert installation.owner.get(path, sorts="inviteeEmail:asc", limit=1).body["invites"] == [made[1]]

        assert installation.owner.delete(f"{path}/{made[0]['inviteId']}").status == 204
        assert installation.owner.get(path).body["invites"] == [made[1]]
        assert installation.owner.delete(f"{path}/{made[0]['inviteId']}").status == 404

    def test_shows_its_user_as_pending_who_can_be_given_roles_and_do_nothing(self, installation: Installation) -> None:
        made = invite(installation)
        workspace = installation.workspace()
        held = {"workspaceRoles": [{"workspaceId": workspace, "role": "WORKSPACE_AUTHOR"}]}

        assert installation.owner.post(f"{installation.path}/users/{made['userId']}/roles", held).status == 200
        platform = team(installation, memberIds=[made["userId"]])

        waiting = user_of(installation, made["userId"])
        assert waiting is not None
        assert (waiting["status"], waiting["username"], waiting["organizationRole"]) == ("PENDING", ADDRESS, "ORGANIZATION_MEMBER")
        assert waiting in installation.owner.get(f"{installation.path}/users").body["users"]
        assert signed_in(installation, made["userId"], "eve").get("/v1/users/self").status == 401
        assert tables.table().get(f"ORG#{installation.organization_id}", f"USER#{made['userId']}").expires, "roles do not make them stay"
        accepted = accept(token_for(installation, made)).body["user"]
        assert [each["role"] for each in accepted["workspaceRoles"]] == ["WORKSPACE_AUTHOR"]
        members = installation.owner.get(f"{installation.path}/teams/{platform['id']}/members").body["teamMembers"]
        assert [each["userId"] for each in members] == [made["userId"]]

    def test_taken_back_leaves_nobody_no_token_and_the_address_free(self, installation: Installation) -> None:
        before = rows()
        made = invite(installation)
        token = token_for(installation, made)

        assert installation.owner.delete(f"{installation.path}/invites/{made['inviteId']}").status == 204

        assert user_of(installation, made["userId"]) is None
        assert accept(token).status == 404
        assert {row for row in rows() - before if "INVITATION" not in row} == set()
        assert invite(installation)["userId"] != made["userId"]

    def test_is_taken_back_too_by_removing_its_user(self, installation: Installation) -> None:
        made = invite(installation)
        token = token_for(installation, made)

        assert installation.owner.delete(f"{installation.path}/users/{made['userId']}").status == 204

        assert installation.owner.get(f"{installation.path}/invites").body["invites"] == []
        assert accept(token).status == 404

    def test_that_is_over_is_nowhere_to_be_seen_and_stands_in_nobodys_way(self, installation: Installation, over: None) -> None:
        made = invite(installation)
        platform = team(installation)

        assert user_of(installation, made["userId"]) is None
        assert [each["status"] for each in installation.owner.get(f"{installation.path}/users").body["users"]] == ["ACTIVE"]
        assert installation.owner.get(f"{installation.path}/invites").body["totalCount"] == 0
        path = f"{installation.path}/invites/{made['inviteId']}"
        assert [installation.owner.post(f"{path}/link").status, installation.owner.delete(path).status] == [404, 404]
        joining = installation.owner.post(f"{installation.path}/teams/{platform['id']}/members", {"memberIds": [made["userId"]]})
        assert joining.status == 400
        assert invite(installation)["inviteId"] != made["inviteId"]

    def test_has_an_end_for_dynamodb_on_every_row_it_left(self, installation: Installation) -> None:
        before = rows()
        token_for(installation, invite(installation))

        fresh = [row for row in tables.table().scan() if f"{row.pk} {row.sk}" in rows() - before]

        assert len(fresh) == 7
        assert all(row.expires for row in fresh)


class TestWhoCannotBeInvited:
    @pytest.mark.parametrize("address", [ADDRESS, "EVE@Example.com"])
    def test_somebody_who_is_invited_already(self, installation: Installation, address: str) -> None:
        open_one = invite(installation)

        again = installation.owner.post(f"{installation.path}/invites", {"inviteeEmail": address, "role": "ORGANIZATION_MEMBER"})

        assert (again.status, again.fields) == (400, ["inviteeEmail"])
        assert open_one["inviteId"] in again.body["message"]
        assert installation.owner.get(f"{installation.path}/invites").body["totalCount"] == 1

    @pytest.mark.parametrize("address", ["ada@example.com", "Ada@EXAMPLE.com"])
    def test_a_member(self, installation: Installation, address: str) -> None:
        refused = installation.owner.post(f"{installation.path}/invites", {"inviteeEmail": address, "role": "ORGANIZATION_MEMBER"})

        assert (refused.status, refused.fields) == (400, ["inviteeEmail"])
        assert "member already" in refused.body["message"]

    def test_the_same_person_twice_at_once(self, installation: Installation) -> None:
        body = {"inviteeEmail": ADDRESS, "role": "ORGANIZATION_MEMBER"}
        with ThreadPoolExecutor(4) as crowd:
            answers = list(crowd.map(lambda _: installation.owner.post(f"{installation.path}/invites", body), range(4)))

        assert sorted(answer.status for answer in answers) == [200, 400, 400, 400]
        assert installation.owner.get(f"{installation.path}/invites").body["totalCount"] == 1
        assert installation.owner.get(f"{installation.path}/users").body["totalCount"] == 2

    @pytest.mark.parametrize(
        "address", ["", "eve", "eve@", "@example.com", "eve@exa mple.com", "eve@example.com\nBcc: all@example.com", "e@x.com,f@x.com",
                    f"{'e' * 65}@example.com", f"e@{'x' * 64}.com", f"eve@{'x.' * 130}com", "ève@example.com"],
    )  # fmt: skip
    def test_no_address_at_all(self, installation: Installation, address: str) -> None:
        refused = installation.owner.post(f"{installation.path}/invites", {"inviteeEmail": address, "role": "ORGANIZATION_MEMBER"})

        assert (refused.status, refused.fields) == (400, ["inviteeEmail"])

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"inviteeEmail": ADDRESS}, "role"),
            ({"inviteeEmail": ADDRESS, "role": "WORKSPACE_OWNER"}, "role"),
            ({"inviteeEmail": ADDRESS, "role": "ORGANIZATION_MEMBER", "colour": "blue"}, "colour"),
        ],
    )
    def test_as_something_that_is_none(self, installation: Installation, body: Json, field: str) -> None:
        refused = installation.owner.post(f"{installation.path}/invites", body)

        assert (refused.status, refused.fields) == (400, [field])

    def test_by_somebody_who_may_not_invite(self, installation: Installation) -> None:
        made = invite(installation)
        _, plain = member(installation, "dan")
        path = f"{installation.path}/invites"

        refused = [
            plain.get(path),
            plain.post(path, {"inviteeEmail": "x@example.com", "role": "ORGANIZATION_MEMBER"}),
            plain.post(f"{path}/{made['inviteId']}/link"),
            plain.delete(f"{path}/{made['inviteId']}"),
        ]

        assert [answer.status for answer in refused] == [403] * 4
        assert invites.load(installation.organization_id, made["inviteId"])


class TestAccepting:
    def test_makes_a_member_who_can_act_once_they_have_signed_in(self, installation: Installation) -> None:
        made = invite(installation, role="ORGANIZATION_OWNER")

        accepted = accept(token_for(installation, made), fullName="Eve Adams")

        assert accepted.status == 200
        assert (accepted.body["organizationId"], accepted.body["organizationName"]) == (installation.organization_id, "Analytics")
        user = accepted.body["user"]
        assert (user["id"], user["status"], user["fullName"], user["username"]) == (made["userId"], "ACTIVE", "Eve Adams", ADDRESS)
        eve = signed_in(installation, made["userId"], "Eve Adams")
        assert eve.get("/v1/users/self").body["id"] == made["userId"]
        assert eve.get(f"{installation.path}/users/{made['userId']}").body == user
        assert eve.post(f"{installation.path}/invites", {"inviteeEmail": "dan@example.com", "role": "ORGANIZATION_MEMBER"}).status == 200

    def test_leaves_a_member_who_never_expires_and_no_invitation_nor_token(self, installation: Installation) -> None:
        made = invite(installation)
        before = rows()
        assert accept(token_for(installation, made)).status == 200

        assert installation.owner.get(f"{installation.path}/invites").body["invites"] == []
        gone = {row.partition("#")[0] for row in before - rows()}
        assert gone == {"ORG", "EMAIL", "OUTBOX INVITE"}
        lasting = [row for row in tables.table().scan() if made["userId"] in row.sk or row.sk == f"EMAIL#{ADDRESS}"]
        assert len(lasting) == 2
        assert not [row for row in lasting if row.expires]
        assert not [row for row in tables.table().scan() if row.sk == "PRINCIPAL" and made["userId"] in json.dumps(row.body)]

    def test_without_a_name_keeps_what_the_address_says(self, installation: Installation) -> None:
        assert accept(token_for(installation, invite(installation))).body["user"]["fullName"] == "eve"

    def test_happens_once_however_many_come_at_the_same_time(self, installation: Installation) -> None:
        made = invite(installation)
        same, other = token_for(installation, made), token_for(installation, made)

        with ThreadPoolExecutor(6) as crowd:
            answers = list(crowd.map(accept, [same, other] * 3))

        assert sorted(answer.status for answer in answers) == [200] + [404] * 5
        assert accept(same).status == accept(other).status == 404

    def test_or_taking_back_happens_when_both_come_at_the_same_time(self, installation: Installation) -> None:
        made = invite(installation)
        token = token_for(installation, made)
        asked = [lambda: accept(token), lambda: installation.owner.delete(f"{installation.path}/invites/{made['inviteId']}")]

        with ThreadPoolExecutor(2) as crowd:
            accepted, taken_back = crowd.map(lambda ask: ask().status, asked)

        assert (accepted, taken_back) in ((200, 404), (404, 204))
        waiting = user_of(installation, made["userId"])
        assert (waiting or {}).get("status") == ("ACTIVE" if accepted == 200 else None)

    def test_says_the_same_to_every_token_that_opens_nothing(self, installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
        used, deleted, expired = (token_for(installation, invite(installation, f"{name}@x.org")) for name in "abc")
        accept(used)
        taken_back = next(each for each in installation.owner.get(f"{installation.path}/invites").body["invites"])
        installation.owner.delete(f"{installation.path}/invites/{taken_back['inviteId']}")
        with monkeypatch.context() as later:
            later.setattr(model.Invite, "is_open", lambda self, now: False)
            told = {accept(expired).body["message"]}

        told |= {accept(token).body["message"] for token in (used, deleted, names.new_secret(), "x")}

        assert len(told) == 1
        assert accept(expired).status == 200, "it was not over after all, and asking for it changed nothing"

    @pytest.mark.parametrize(
        ("said", "field"),
        [({"token": ""}, "token"), ({"token": "x" * 201}, "token"), ({"token": "x", "fullName": "n" * 101}, "fullName"),
         ({"token": "x", "role": "ORGANIZATION_OWNER"}, "role"), ({}, "token")],
    )  # fmt: skip
    def test_takes_no_more_than_it_needs(self, installation: Installation, said: Json, field: str) -> None:
        refused = Caller().post("/invitations/v1/accept", said)

        assert (refused.status, refused.fields) == (400, [field])

    def test_crosses_no_change_of_the_waiting_user(self, installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
        made = invite(installation)
        token = token_for(installation, made)
        opened = invites.opened_by(token)
        roles = {"organizationRole": "ORGANIZATION_BILLING_ADMIN"}
        assert installation.owner.post(f"{installation.path}/users/{made['userId']}/roles", roles).status == 200

        with monkeypatch.context() as stale:
            stale.setattr(invites, "opened_by", lambda token: opened)
            assert accept(token).status == 409

        assert accept(token).body["user"]["organizationRole"] == "ORGANIZATION_BILLING_ADMIN"


class TestAWriteThatFails:
    """Nothing is half done, and doing it again ends it."""

    def broken(self, monkeypatch: pytest.MonkeyPatch, *, after: bool) -> None:
        rightly = writes._transact

        def fail(lined_up: tuple[writes.Write, ...]) -> None:
            if after:
                rightly(lined_up)
            raise Unavailable("the control plane's memory is not answering")

        monkeypatch.setattr(writes, "_transact", fail)

    def test_before_an_invitation_is_made(self, installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
        before, body = rows(), {"inviteeEmail": ADDRESS, "role": "ORGANIZATION_MEMBER"}
        with monkeypatch.context() as outage:
            self.broken(outage, after=False)
            assert installation.owner.post(f"{installation.path}/invites", body).status == 503

        assert rows() == before
        assert invite(installation)

    def test_after_it_was_made(self, installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
        body = {"inviteeEmail": ADDRESS, "role": "ORGANIZATION_MEMBER"}
        with monkeypatch.context() as outage:
            self.broken(outage, after=True)
            assert installation.owner.post(f"{installation.path}/invites", body).status == 503

        made = installation.owner.get(f"{installation.path}/invites").body["invites"][0]
        assert made["inviteId"] in installation.owner.post(f"{installation.path}/invites", body).body["message"]
        assert accept(token_for(installation, made)).status == 200

    def test_before_it_is_accepted(self, installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
        made = invite(installation)
        token = token_for(installation, made)
        before = rows()
        with monkeypatch.context() as outage:
            self.broken(outage, after=False)
            assert accept(token).status == 503

        assert rows() == before
        assert accept(token).status == 200

    def test_before_it_is_taken_back(self, installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
        made = invite(installation)
        before, path = rows(), f"{installation.path}/invites/{made['inviteId']}"
        with monkeypatch.context() as outage:
            self.broken(outage, after=False)
            assert installation.owner.delete(path).status == 503

        assert rows() == before
        assert installation.owner.delete(path).status == 204


def test_an_address_taken_over_after_an_invitation_ran_out_is_not_taken_back(installation: Installation) -> None:
    home, now = installation.organization_id, datetime.now(UTC)
    late = users.load(home, invite(installation)["userId"])
    address = tables.table().get(f"ORG#{home}", f"EMAIL#{ADDRESS}")
    address.update(actions=[type(address).body.set({"owner": "somebody else"})])

    with pytest.raises(Exception, match="has changed"):
        writes.commit(*users.accepted(late.accept(full_name="", is_address_proven=True, now=now)))
    with pytest.raises(Exception, match="has changed"):
        writes.commit(*users.gone(late))


def test_the_secret_is_in_the_link_and_nowhere_else(installation: Installation, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    made = invite(installation)
    token = token_for(installation, made)
    seen = [installation.owner.get(f"{installation.path}/{noun}").body for noun in ("invites", "users")]
    kept = [json.dumps([row.pk, row.sk, row.body]) for row in tables.table().scan()]
    accepted = accept(token)
    accept(token)

    kept += [json.dumps([row.pk, row.sk, row.body]) for row in tables.table().scan()]
    assert token not in json.dumps([made, seen, accepted.body])
    assert not [row for row in kept if token in row]
    assert token not in "\n".join(record.getMessage() for record in caplog.records)


def test_another_tenant_can_invite_the_same_person_and_only_they_are_told(installation: Installation) -> None:
    other = another(installation)
    _, eve = member(installation)
    made = invite(other)

    assert eve.get("/v1/users/self").body["invites"] == [
        {"inviteId": made["inviteId"], "organizationId": other.organization_id, "expiresAt": made["expiresAt"]}
    ]
    assert installation.owner.get("/v1/users/self").body["invites"] == []
    there = signed_in(other, accept(token_for(other, made)).body["user"]["id"], "eve")
    assert eve.get("/v1/users/self").body["invites"] == []
    assert there.get(installation.path).status == 404
    assert eve.get(other.path).status == 404


def test_whoever_only_had_a_link_is_told_nothing_of_what_others_send_to_the_address(installation: Installation) -> None:
    other = another(installation)
    eve = signed_in(installation, accept(token_for(installation, invite(installation))).body["user"]["id"], "eve")

    invite(other)

    assert eve.get("/v1/users/self").body["invites"] == []


def test_the_page_behind_a_link_knows_no_secret_and_loads_nothing(installation: Installation) -> None:
    import importlib

    from tests.support.http import event

    handler = importlib.import_module("functions.invitations.app").handler
    answer = handler(event("GET", "/invitations/v1/accept"), None)

    assert answer["statusCode"] == 200
    policy = answer["headers"]["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert "src=" not in answer["body"]
    assert "https:" not in answer["body"]
