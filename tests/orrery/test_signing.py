"""The keys that sign: one a month, told ahead, remembered after, drawn once whoever comes first, and never written in the clear."""

import concurrent.futures
import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from orrery import signing, vault
from orrery.model import signing_key as model
from orrery.store import signing_keys
from orrery.store.tables import table

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def fresh(empty_table: None) -> None:
    signing._signer.cache_clear()


def kids(now: datetime) -> set[str]:
    return {each["kid"] for each in signing.published(now)["keys"]}


def kid(now: datetime) -> str:
    return str(jwt.get_unverified_header(signing.signed({"sub": "x"}, kind="JWT", now=now))["kid"])


def test_what_is_signed_is_checked_by_what_is_published():
    token = signing.signed({"sub": "x", "aud": "a", "iss": "i"}, kind="JWT", now=NOW)

    key = jwt.PyJWKSet.from_dict(signing.published(NOW))[jwt.get_unverified_header(token)["kid"]]

    assert jwt.decode(token, key, algorithms=["RS256"], audience="a", issuer="i")["sub"] == "x"


def test_a_key_gives_way_to_the_next_which_was_published_before():
    last_day = model.start(model.period_of(NOW) + 1) - timedelta(hours=1)
    before, ahead = kid(last_day), kids(last_day)
    signing._signer.cache_clear()

    after = kid(last_day + timedelta(hours=2))

    assert before != after
    assert after in ahead
    assert before in kids(last_day + timedelta(hours=2))


def test_a_key_is_drawn_once_whoever_comes_first():
    with concurrent.futures.ThreadPoolExecutor(4) as crowd:
        found = list(crowd.map(lambda _: kids(NOW), range(4)))

    assert all(each == found[0] for each in found)
    assert kid(NOW) in found[0]


def test_a_key_whose_row_is_deleted_signs_no_more_after_five_minutes():
    before = kid(NOW)
    table()("SIGNINGKEYS", f"KEY#{model.period_of(NOW)}").delete()

    after = kid(NOW + timedelta(minutes=5))

    assert before != after
    assert before not in kids(NOW)


def test_no_private_key_lies_in_the_table_in_the_clear():
    kid(NOW)

    rows = [json.dumps(row.body) for row in table().scan()]

    assert rows
    assert not any("PRIVATE KEY" in row or '"d"' in row for row in rows)


def test_a_private_key_opens_for_nobody_elses_place():
    kid(NOW)
    (key,) = signing_keys.several([model.period_of(NOW)]).values()

    with pytest.raises(vault.Unreadable):
        vault.unseal({"key": key.sealed}, organization="platform", purpose="something-else")
