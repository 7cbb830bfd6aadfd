"""Names and values of environment variables, the same wherever one can be set."""

import re
from typing import Annotated

from pydantic import AfterValidator

from orrery.model import offer

_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")


def checked_key(text: str) -> str:
    """The name, if an environment can have it and the platform does not; `ValueError` says what is wrong."""
    if not _KEY.fullmatch(text):
        raise ValueError("must begin with a letter or `_`, hold only letters, digits and `_`, and have at most 255 characters")
    if offer.is_ours(text):
        raise ValueError(f"`{text}` is set by the platform; choose another name")
    return text


def _checked_value(text: str) -> str:
    if "\0" in text:
        raise ValueError("may not hold the character NUL, which no environment can carry")
    if len(text.encode()) > offer.VALUE_BYTES:
        raise ValueError(f"must have at most {offer.VALUE_BYTES // 1024} KiB")
    return text


VariableKey = Annotated[str, AfterValidator(checked_key)]
VariableValue = Annotated[str, AfterValidator(_checked_value)]
