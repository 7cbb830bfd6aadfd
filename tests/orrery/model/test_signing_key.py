"""When a key is told: before anything is signed with it, and after, for as long as what it signed counts."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from orrery.model import signing_key as model
from orrery.model.sign_in import ACCESS_LIFE

TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@given(TIMES, st.timedeltas(timedelta(0), max(ACCESS_LIFE, timedelta(hours=1))))
def test_whatever_was_signed_can_be_checked_for_as_long_as_it_counts(then: datetime, later: timedelta):
    assert model.period_of(then) in model.told(then + later)


@given(TIMES, st.timedeltas(timedelta(0), model.AHEAD))
def test_whoever_last_looked_within_a_week_knows_the_key_that_signs_now(now: datetime, ago: timedelta):
    assert model.period_of(now) in model.told(now - ago)


@given(TIMES)
def test_no_key_is_forgotten_while_it_is_told(now: datetime):
    for period in model.told(now):
        assert model.SigningKey(period, "", "", {}).forgotten_at > now
