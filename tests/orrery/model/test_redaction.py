"""Redaction: no secret survives it, whatever is sent; and every field of the API has been judged."""

import json
import string
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from orrery import names
from orrery.model.redaction import HIDDEN, KNOWN, LARGEST, PARTS, SECRET, TEXTS, UNSHOWN, redacted, redacted_path

from tests.support.slots import body_fields

MARK = "canary"
SECRETS = st.text(string.ascii_lowercase, max_size=20).map(lambda text: f"{MARK}{text}")
FINITE = st.none() | st.booleans() | st.integers() | st.text(string.digits, max_size=200)
HARMLESS = FINITE | st.floats()


def objects(harmless: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with anything harmless, or more objects, in fields that may hold texts; secrets in all others."""
    anything = st.recursive(SECRETS, lambda inside: st.lists(inside, max_size=3) | st.dictionaries(SECRETS, inside, max_size=3))
    texts = st.dictionaries(st.sampled_from(sorted(TEXTS)), st.lists(harmless, max_size=3) | harmless, max_size=5)
    parts = st.dictionaries(st.sampled_from(sorted(PARTS)), texts | SECRETS | st.lists(texts | SECRETS, max_size=3), max_size=5)
    hidden = st.dictionaries(st.sampled_from(sorted(SECRET | UNSHOWN)) | SECRETS, anything, max_size=5)
    return st.builds(lambda *fields: {name: value for each in fields for name, value in each.items()}, texts, parts, hidden)


@settings(deadline=None)
@given(st.recursive(HARMLESS, objects, max_leaves=30).filter(lambda body: isinstance(body, dict)))
def test_no_secret_survives_wherever_it_stands(body: dict[str, Any]) -> None:
    told = json.dumps(redacted(body), allow_nan=False)

    assert MARK not in told
    assert len(told) <= LARGEST


@settings(deadline=None)
@given(objects(FINITE))
def test_what_is_harmless_and_fits_is_kept_as_it_was(body: dict[str, Any]) -> None:
    kept = {name: value for name, value in body.items() if name in TEXTS}
    assume(len(json.dumps(kept)) < LARGEST // 2)

    assert redacted(kept) == kept


def test_environment_variables_lose_their_values_whether_they_are_marked_secret_or_not() -> None:
    body = {"environmentVariables": [{"key": "A", "value": "1", "isSecret": False}, {"key": "B", "value": "2", "isSecret": True}]}

    told = redacted(body)["environmentVariables"]

    assert [(each["key"], each["value"], each["isSecret"]) for each in told] == [("A", HIDDEN, False), ("B", HIDDEN, True)]


def test_a_text_where_none_belongs_is_hidden() -> None:
    assert redacted({"isSecret": "hunter2", "environmentVariables": "hunter2", "maxWorkerCount": 3, "name": {"first": "hunter2"}}) == {
        "isSecret": HIDDEN,
        "environmentVariables": HIDDEN,
        "maxWorkerCount": 3,
        "name": {HIDDEN: HIDDEN},
    }


def test_a_field_that_does_not_fit_says_how_long_it_was_and_the_others_stay() -> None:
    told = redacted({"name": "etl", "description": "x" * 10_000, "workspaceId": "w"})

    assert told == {"name": "etl", "description": "... 10002 bytes", "workspaceId": "w"}


def test_a_path_keeps_its_words_and_ids_and_nothing_else() -> None:
    organization, token = names.new_id(), names.new_id()
    template = "/v1/organizations/<organizationId>/tokens/<tokenId>"

    assert redacted_path(f"/v1/organizations/{organization}/tokens/{token}", template) == f"/v1/organizations/{organization}/tokens/{token}"
    assert redacted_path(f"/v1/organizations/{organization}/tokens/ey.ey.s", template) == f"/v1/organizations/{organization}/tokens/***"
    assert redacted_path("/v1/hunter2/hunter2", "/v1") == "/v1/***"


def test_every_field_of_a_body_is_judged_once() -> None:
    assert len(SECRET) + len(UNSHOWN) + len(PARTS) + len(TEXTS) == len(KNOWN)
    assert body_fields() - KNOWN == set(), "say in model/redaction.py whether the audit log may show it"
