"""Passwords as PostgreSQL keeps them."""

import base64

import pytest
from orrery.dataplane.postgres.scram import verifier


def test_it_is_what_the_rfc_computes() -> None:
    """RFC 7677's own example: user `user`, password `pencil`."""
    salt = base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
    stored, server = "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=", "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    assert verifier("pencil", salt=salt) == f"SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==${stored}:{server}"


def test_two_of_one_password_have_nothing_in_common() -> None:
    assert verifier("pencil") != verifier("pencil")


def test_letters_that_would_have_to_be_prepared_are_refused() -> None:
    with pytest.raises(ValueError, match="ASCII"):
        verifier("püncil")
