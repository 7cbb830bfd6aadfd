"""Signing in: who may ask for it, what they ask for, and what is remembered from the first redirect to the last refresh."""

import base64
import hashlib
import hmac
import ipaddress
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

FLOW_LIFE = timedelta(minutes=10)
"""How long somebody may take to sign in, and a device may wait for them."""
CODE_LIFE = timedelta(seconds=60)
CODE_REMEMBERED = timedelta(minutes=10)
"""How long a code that was used is still known, so that its second use ends what the first one began."""
ACCESS_LIFE = timedelta(minutes=15)
"""Clients of the wire refresh when less than five minutes are left."""
IDLE_LIFE = timedelta(days=14)
LONGEST_LIFE = timedelta(days=90)
"""A session that is never refreshed ends after the first, any other after the second: then one signs in again."""
POLL_SECONDS = 5
STARTS = 60
"""Sign-ins that may begin in one minute from one place: an office behind one address stays below it, and a flood fills no table."""

SCOPES = ("openid", "profile", "email", "offline_access")
USER_CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""No vowels, so that no code is a word, and nothing that looks like something else (RFC 8628, 6.1)."""
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


@dataclass(frozen=True)
class Client:
    """A program that people sign in to. All are public: what proves them is PKCE and the exact address they are sent back to."""

    id: str
    name: str
    redirect_uris: tuple[str, ...]
    keeps_refresh_in_cookie: bool = False
    """In a browser the refresh token is where no script reads it."""


def clients(console_origin: str) -> dict[str, Client]:
    """All clients there are, by id. Both commands, ours and the wire's, come back to the same loopback address."""
    command = Client("orrery-cli", "the command line", ("http://localhost:12345/callback",))
    console = Client("orrery-console", "the web console", (f"{console_origin}/callback",), keeps_refresh_in_cookie=True)
    return {each.id: each for each in (command, console)}


def is_challenge(text: str) -> bool:
    """Whether `text` can be the S256 challenge of a verifier (RFC 7636, 4.2)."""
    return _CHALLENGE.fullmatch(text) is not None


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def proves(verifier: str, challenge: str) -> bool:
    """Whether a verifier is the one that a challenge was made from."""
    return _VERIFIER.fullmatch(verifier) is not None and hmac.compare_digest(challenge_of(verifier), challenge)


@dataclass(frozen=True)
class Request:
    """What a client asked for when it sent somebody to sign in; every field was checked before."""

    client_id: str
    redirect_uri: str
    state: str
    scope: str
    challenge: str
    nonce: str = ""
    organization_id: str = ""
    """The Organization that is meant, where they are in several; empty leaves it to them."""
    is_silent: bool = False
    """`prompt=none`: nobody is there to be asked."""


@dataclass(frozen=True)
class Flow:
    """Somebody on their way to the identity provider and back, in one browser; for a client, or for a device that waits."""

    browser_hash: str
    nonce: str
    verifier: str
    """Of our own request to the identity provider; worthless without its code."""
    started_at: datetime
    request: Request | None = None
    user_code: str = ""

    @property
    def ends_at(self) -> datetime:
        return self.started_at + FLOW_LIFE


@dataclass(frozen=True)
class Identified:
    """Somebody who has proven an address, and has still to say which Organization they mean or that they know the device."""

    browser_hash: str
    address: str
    at: datetime
    request: Request | None = None
    user_code: str = ""

    @property
    def ends_at(self) -> datetime:
        return self.at + FLOW_LIFE


@dataclass(frozen=True)
class Person:
    """A member who has signed in: the user of one Organization, by the address they have proven."""

    organization_id: str
    user_id: str
    address: str
    at: datetime


@dataclass(frozen=True)
class Code:
    """An authorization code's meaning; `session_id` is what its one use begins, drawn ahead so that a second use can end it."""

    request: Request
    person: Person
    session_id: str
    made_at: datetime
    generation: int = 1

    @property
    def is_used(self) -> bool:
        return self.generation > 1

    def use(self) -> Self:
        return replace(self, generation=self.generation + 1)


class Decision(StrEnum):
    PENDING = "PENDING"
    ALLOWED = "ALLOWED"
    DENIED = "DENIED"


@dataclass(frozen=True)
class Device:
    """A device that waits for somebody to sign in elsewhere."""

    client_id: str
    scope: str
    user_code: str
    source_ip: str
    started_at: datetime
    polled_at: datetime
    decision: Decision = Decision.PENDING
    person: Person | None = None
    generation: int = 1

    @property
    def ends_at(self) -> datetime:
        return self.started_at + FLOW_LIFE

    def poll(self, now: datetime) -> Self:
        return replace(self, polled_at=now, generation=self.generation + 1)

    def is_hasty(self, now: datetime) -> bool:
        """Whether it asks again sooner than it was told to; a second is for the way."""
        return (now - self.polled_at).total_seconds() < POLL_SECONDS - 1

    def decide(self, person: Person | None) -> Self:
        """What somebody said to it; nobody is a refusal."""
        said = Decision.ALLOWED if person else Decision.DENIED
        return replace(self, decision=said, person=person, generation=self.generation + 1)


@dataclass(frozen=True)
class Session:
    """One sign-in of one person with one client, kept alive by refreshing. Without it none of its tokens is worth anything."""

    id: str
    person: Person
    client_id: str
    scope: str
    refresh_hash: str
    """Of the only refresh token that is good; empty where none was asked for."""
    created_at: datetime
    refreshed_at: datetime
    generation: int = 1

    @property
    def ends_at(self) -> datetime:
        if not self.refresh_hash:
            return self.refreshed_at + ACCESS_LIFE
        return min(self.refreshed_at + IDLE_LIFE, self.created_at + LONGEST_LIFE)

    def with_refresh(self, refresh_hash: str) -> Self:
        """The session to be, with its first refresh token."""
        return replace(self, refresh_hash=refresh_hash)

    def refresh(self, refresh_hash: str, now: datetime) -> Self:
        return replace(self, refresh_hash=refresh_hash, refreshed_at=now, generation=self.generation + 1)


def place_of(source_ip: str) -> str:
    """Whose requests are counted together: an address, and of IPv6 the network of 64 bits, in which one machine has as many as it likes."""
    try:
        address = ipaddress.ip_address(source_ip)
    except ValueError:
        return ""
    return str(address) if address.version == 4 else str(ipaddress.ip_network((int(address), 64), strict=False))


def spelled(user_code: str) -> str:
    """A user code as it is kept, however it was typed; empty for what can be none."""
    letters = re.sub(r"[\s-]", "", user_code).upper()
    return letters if len(letters) == 8 and set(letters) <= set(USER_CODE_LETTERS) else ""


def shown(user_code: str) -> str:
    """A user code as people read it: `BCDF-GHJK`."""
    return f"{user_code[:4]}-{user_code[4:]}"
