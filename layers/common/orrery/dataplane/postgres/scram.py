"""A password as PostgreSQL keeps it, so that no password ever travels in a statement, where logs could keep it."""

import base64
import hashlib
import hmac
import os

ROUNDS = 4096
"""PostgreSQL's own; our passwords are 256 bits of chance, which no number of rounds makes harder to guess."""


def verifier(password: str, *, salt: bytes | None = None) -> str:
    """`SCRAM-SHA-256$<rounds>:<salt>$<stored key>:<server key>` (RFC 5803); whoever reads it can check the password and not log in by it.

    Raises `ValueError` for anything but ASCII: other letters would have to be prepared (RFC 4013), and we make passwords of none.
    """
    if not password.isascii():
        raise ValueError("a password must be ASCII")
    salt = salt or os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ROUNDS)
    stored = hashlib.sha256(_signed(salted, b"Client Key")).digest()
    return f"SCRAM-SHA-256${ROUNDS}:{_text(salt)}${_text(stored)}:{_text(_signed(salted, b'Server Key'))}"


def _signed(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, "sha256")


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
