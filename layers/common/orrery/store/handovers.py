"""One-time sign-in links: known by the hash of their code, taken by deleting them, so of two who come with the same code one gets in."""

from datetime import datetime

from orrery.errors import Conflict, NotFound
from orrery.minting import digest
from orrery.model.handover import Handover
from orrery.store import reads, writes
from orrery.store.tables import item, table


def create(code: str, handover: Handover) -> None:
    """Keeps the word for `code` until it is taken or its time is over."""
    row = item(f"HANDOVER#{digest(code)}", "HANDOVER", handover, expires=handover.expires_at)
    writes.commit(writes.put_new(row, Conflict("this link was drawn twice; ask for another one")))


def redeem(code: str, deployment_id: str, now: datetime) -> Handover:
    """Takes the word, once. A code meant for another Deployment stays where it is: whoever asks with it must not be able to spoil it."""
    key = f"HANDOVER#{digest(code)}"
    handover = reads.get(Handover, key, "HANDOVER")
    if handover is None or handover.deployment_id != deployment_id or handover.expires_at <= now:
        raise _nothing()
    row = table()(key, "HANDOVER")
    writes.commit(writes.delete(row, table().pk.exists(), _nothing()))
    return handover


def _nothing() -> NotFound:
    return NotFound("this link has been used, is too old, or was never given; run `orrery deployment open` again")
