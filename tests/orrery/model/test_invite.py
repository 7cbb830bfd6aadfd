"""Invitations as values: how long a letter waits, and what accepting changes."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from orrery.model.invite import LIFE, LONGEST_PAUSE, Invite, Letter, invited
from orrery.model.subject import Subject, SubjectType
from orrery.model.user import User, folded

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ADA = Subject("ada", SubjectType.USER, "Ada", "ada@example.com")
INVITE = Invite("i1", "o1", "u1", "eve@example.com", ADA, NOW, NOW + LIFE)


def test_a_letter_waits_twice_as_long_each_time_and_never_longer_than_six_hours() -> None:
    letter, waits = Letter.of(INVITE), []
    waits.append(letter.due_at - NOW)
    for _ in range(40):
        letter = letter.again(NOW)
        waits.append(letter.due_at - NOW)

    assert waits[:4] == [timedelta(minutes=minutes) for minutes in (5, 10, 20, 40)]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_PAUSE
    assert (letter.attempt, letter.generation, letter.expires_at) == (41, 41, INVITE.expires_at)


def test_whoever_is_invited_is_there_as_long_as_the_invitation_and_a_member_for_ever() -> None:
    waiting = invited(INVITE, User("u1", "o1", "eve@example.com", "eve", (), NOW, NOW))
    member = waiting.accept(full_name="", is_address_proven=False, now=NOW)

    for moment in (NOW, NOW + LIFE - timedelta(seconds=1), NOW + LIFE, NOW + 2 * LIFE):
        assert waiting.is_there(moment) == INVITE.is_open(moment)
        assert member.is_there(moment)
    assert (waiting.status, waiting.owns("o1"), member.status, member.generation) == ("PENDING", False, "ACTIVE", waiting.generation + 1)
    assert (member.invite_id, member.full_name, member.is_address_proven) == ("", "eve", False)


@given(st.from_regex(r"[A-Za-z0-9.+-]{1,20}@[A-Za-z0-9.-]{1,20}", fullmatch=True))
def test_addresses_that_differ_in_case_alone_are_one(address: str) -> None:
    assert folded(address) == folded(address.upper()) == folded(address.swapcase()) == folded(folded(address))
