"""Ids and every name derived from them, one function each; nothing else in the house spells a name."""

import hashlib
import re
import secrets
import time

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
_CUID = re.compile(r"c[0-9a-z]{24}")
_VERSION = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{7}Z")
_BODIES = (
    "ceres comet corona cosmos deimos eclipse equinox galaxy halley juno jupiter kepler luna mars mercury meteor moon nebula neptune "
    "nova orbit pallas parallax perigee phobos planet pluto pulsar quasar saturn sirius solstice spectrum star sun titan transit uranus "
    "vega venus vesta zenith zodiac"
).split()
_MOTIONS = (
    "ancient arctic astral blazing bright celestial circular cold cosmic crimson distant drifting eccentric elliptic galactic geocentric "
    "gleaming golden gravitational heliacal infrared inner ionized lunar magnetic meteoric obscure outer planetary polar primeval radiant "
    "rising rotating shining sidereal silent solar spherical stellar synodic telescopic true twinkling ultraviolet vacant waning waxing"
).split()


def _base36(number: int, width: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _ALPHABET[digit] + digits
    return digits.rjust(width, "0")[-width:]


def new_id() -> str:
    """A cuid-shaped id: `c`, 8 characters of time in milliseconds (so ids sort by age), 16 of chance (82 bits)."""
    return "c" + _base36(time.time_ns() // 1_000_000, 8) + "".join(secrets.choice(_ALPHABET) for _ in range(16))


def id_of(*parts: str) -> str:
    """The id of a thing that is found by what it is and not by its id: the same parts are the same id, always."""
    return "c" + _base36(int.from_bytes(hashlib.sha256("\0".join(parts).encode()).digest()), 24)


def is_id(text: str) -> bool:
    """Whether `text` has the shape of an id: `c` and 24 lower-case alphanumerics."""
    return _CUID.fullmatch(text) is not None


def new_namespace() -> str:
    """A Deployment's namespace, lower-case and legal as a host name and an image name, such as `geocentric-orbit-1234`."""
    return f"{secrets.choice(_MOTIONS)}-{secrets.choice(_BODIES)}-{1000 + secrets.randbelow(9000)}"


def new_secret() -> str:
    """256 bits of chance, safe in a URL."""
    return secrets.token_urlsafe(32)


def invitation_link(api_url: str, token: str) -> str:
    """Where an invitation is accepted; the token is in the fragment, which no browser sends and so no log on the way holds."""
    return f"{api_url}/invitations/v1/accept#token={token}"


def new_version() -> str:
    """A release's version: the moment it was made, to a tenth of a microsecond, such as `2026-09-18T04:02:47.9408803Z`."""
    ticks = time.time_ns() // 100
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(ticks // 10_000_000))}.{ticks % 10_000_000:07d}Z"


def is_version(text: str) -> bool:
    """Whether `text` has the shape of a release's version, and so may stand in a file's name."""
    return _VERSION.fullmatch(text) is not None


def execution(subject: str, generation: int, attempt: int) -> str:
    """The name of a saga's execution; a second start of the same name is refused, which makes starting idempotent."""
    return f"{subject}-{generation}-{attempt}"


def release_key(deployment_id: str, file: str) -> str:
    """Where one file of a Deployment's release store lies in the releases bucket."""
    return f"{deployment_id}/{file}"


def upload_key(deployment_id: str, deploy_id: str, block: str) -> str:
    """Where one uploaded block waits until its deploy is committed."""
    return f"{deployment_id}/{deploy_id}/{block}"


def component_log_key(deployment_id: str, slot: str) -> str:
    """Where the component logs of a Deployment for one slot of time lie; keys sort by time."""
    return f"{deployment_id}/{slot}"


def demand_record_key(cluster_id: str, moment: str) -> str:
    """Where a cluster's demand record from a moment on lies; keys sort by time."""
    return f"{cluster_id}/{moment}"


def dag_place(deployment_id: str, dag_id: str) -> str:
    """One DAG of a Deployment, as a place to hold a role on. An id has no slash, so no free text can make two places one."""
    return f"{deployment_id}/dag/{dag_id}"


def tag_place(deployment_id: str, tag: str) -> str:
    """The DAGs of one tag in a Deployment, as a place to hold a role on."""
    return f"{deployment_id}/tag/{tag}"


RUNTIME_REPOSITORY = "orrery/runtime"
"""Where the runtime's own images lie in a cluster's registry, by their versions."""


def image_repository(organization_id: str, namespace: str) -> str:
    """The image repository that belongs to a Deployment."""
    return f"orrery/{organization_id}/{namespace}"


def database(deployment_id: str) -> str:
    """The name of a Deployment's database, and of the login that owns it."""
    return f"d_{deployment_id}"


def reader(database: str) -> str:
    """The login that sees demand in a database and nothing else."""
    return f"{database}_read"
