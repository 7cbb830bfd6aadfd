"""What is sealed opens where it was sealed, and nowhere else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from orrery import vault

HOME = {"organization": "o1", "deployment": "d1"}
pytestmark = pytest.mark.usefixtures("empty_table")


def test_what_was_sealed_together_opens_each_for_itself() -> None:
    sealed = vault.seal({"a": "one", "b": "two"}, **HOME)
    assert vault.unseal({"b": sealed["b"]}, **HOME) == {"b": "two"}


def test_the_same_secret_never_looks_the_same() -> None:
    assert vault.seal({"a": "x"}, **HOME) != vault.seal({"a": "x"}, **HOME)
    together = vault.seal({"a": "x", "b": "x"}, **HOME)
    assert together["a"] != together["b"]


@pytest.mark.parametrize("somewhere_else", [
    {"organization": "o2", "deployment": "d1"}, {"organization": "o1", "deployment": "d2"}, {"organization": "o1", "workspace": "d1"},
])  # fmt: skip
def test_a_sealed_text_does_not_open_anywhere_else(somewhere_else: dict[str, str]) -> None:
    sealed = vault.seal({"a": "x"}, **HOME)
    assert vault.unseal(sealed, **HOME) == {"a": "x"}, "and that it was opened before does not help"
    with pytest.raises(vault.Unreadable):
        vault.unseal(sealed, **somewhere_else)


def test_a_sealed_text_that_was_changed_does_not_open() -> None:
    sealed = vault.seal({"a": "a secret"}, **HOME)["a"]
    for place in (len(sealed) - 5, sealed.rindex(".") + 20):
        other = "A" if sealed[place] != "A" else "B"
        with pytest.raises(vault.Unreadable):
            vault.unseal({"a": sealed[:place] + other + sealed[place + 1 :]}, **HOME)


@pytest.mark.parametrize("text", ["", "hunter2", "v1.", "v1.x", "v2.a.b"])
def test_what_was_never_sealed_is_not_opened(text: str) -> None:
    with pytest.raises(vault.Unreadable):
        vault.unseal({"a": text}, **HOME)


def test_a_breath_asks_for_one_key_however_many_parts_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, ask = [], vault._kms().generate_data_key

    def counted(**about: Any) -> Any:
        asked.append(about["EncryptionContext"])
        return ask(**about)

    with monkeypatch.context() as counting:
        counting.setattr(vault._kms(), "generate_data_key", counted)
        seal = vault.Sealing(**HOME)
        parts = [seal({"a": "one"}), seal({}), seal({"a": "two"})]
    assert asked == [HOME]
    assert [vault.unseal(part, **HOME) for part in parts] == [{"a": "one"}, {}, {"a": "two"}]


def test_nothing_to_seal_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as alone:
        alone.setattr(vault, "_kms", lambda: pytest.fail("KMS was asked"))
        assert vault.seal({}, **HOME) == {} == vault.unseal({}, **HOME)


def test_every_text_survives(empty_table: None) -> None:
    @given(st.text(max_size=200))
    def holds(secret: str) -> None:
        assert vault.unseal(vault.seal({"a": secret}, **HOME), **HOME) == {"a": secret}

    holds()
