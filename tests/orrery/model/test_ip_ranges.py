"""Ranges of addresses: one spelling each, and who they let in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from orrery.model.ip_ranges import admits, normal


@pytest.mark.parametrize(
    ("written", "normalized"),
    [
        ("203.0.113.7", "203.0.113.7/32"),
        ("203.0.113.0/24", "203.0.113.0/24"),
        ("2001:DB8::1", "2001:db8::1/128"),
        ("0.0.0.0/0", "0.0.0.0/0"),
    ],
)
def test_a_range_has_one_spelling(written: str, normalized: str) -> None:
    assert normal(written) == normalized


@pytest.mark.parametrize("written", ["", "everywhere", "203.0.113.0/33", "203.0.113.0/", "1.2.3", "203.0.113.0/24/1", "fe80::1%eth0/64"])
def test_what_is_no_range_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(ValueError, match=r"as in `203.0.113.0/24`"):
        normal(written)


def test_bits_beyond_the_prefix_are_refused_with_the_right_spelling() -> None:
    with pytest.raises(ValueError, match=r"write `203.0.113.0/24`"):
        normal("203.0.113.7/24")


def test_no_range_at_all_lets_everybody_in() -> None:
    assert admits([], "203.0.113.7")
    assert admits([], "")


@pytest.mark.parametrize("address", ["", "nonsense", "203.0.114.1", "2001:db8::1"])
def test_an_address_that_is_not_in_a_range_is_not_let_in(address: str) -> None:
    assert not admits(["203.0.113.0/24"], address)


def test_an_old_address_in_its_new_dress_is_the_same_address() -> None:
    assert admits(["203.0.113.0/24"], "::ffff:203.0.113.7")


@given(st.ip_addresses())
def test_every_address_is_let_in_by_the_range_that_is_it_alone(address: object) -> None:
    assert admits([normal(str(address))], str(address))
