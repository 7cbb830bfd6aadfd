"""The keys that sign, one a period, the private part sealed; made by whoever first needs one, once."""

from collections.abc import Iterable

from orrery.errors import Conflict
from orrery.model.signing_key import SigningKey
from orrery.store import reads, writes
from orrery.store.tables import item

_PLACE = "SIGNINGKEYS"


def several(periods: Iterable[int]) -> dict[int, SigningKey]:
    """The keys of some periods, as far as they are made."""
    return {key.period: key for key in reads.several(SigningKey, [(_PLACE, f"KEY#{each}") for each in periods])}


def create(key: SigningKey) -> SigningKey:
    """The period's key, made now or by somebody else a moment ago."""
    try:
        writes.commit(writes.put_new(item(_PLACE, f"KEY#{key.period}", key, expires=key.forgotten_at), Conflict("made already")))
    except Conflict:
        return several([key.period])[key.period]
    return key
