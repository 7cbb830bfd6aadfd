"""Sign-ins under way: each is known by the hash of a secret, taken once, and gone in ten minutes."""

from datetime import datetime, timedelta
from typing import TypeVar

from orrery.errors import Conflict, Error, NotFound, TooMany
from orrery.minting import digest
from orrery.model.sign_in import CODE_REMEMBERED, STARTS, Code, Device, Flow, Identified, Person, place_of
from orrery.store import reads, writes
from orrery.store.tables import Item, claim, item, table
from orrery.store.writes import Write

MINUTE = timedelta(minutes=1)
Step = TypeVar("Step", Flow, Identified)


def count(source_ip: str, now: datetime) -> None:
    """One more sign-in that begins there in this minute; raises `TooMany` when there were enough."""
    row = table()(f"STARTS#{place_of(source_ip)}", f"{now:%Y-%m-%dT%H:%M}")
    cls = type(row)
    enough = TooMany("too many sign-ins were begun from your network in the last minute; wait for a minute and start again")
    counted = cls.used.add(1), cls.expires.set(now + 2 * MINUTE), cls.body.set({})
    writes.commit(writes.update(row, *counted, condition=cls.used.does_not_exist() | (cls.used < STARTS), otherwise=enough))


def begin(secret: str, step: Flow | Identified) -> None:
    """Keeps a step until it is taken or its time is over."""
    row = item(f"SIGNIN#{digest(secret)}", type(step).__name__.upper(), step, expires=step.ends_at)
    writes.commit(writes.put_new(row, Conflict("this was drawn twice; start again")))


def take(kind: type[Step], secret: str, browser: str, now: datetime) -> Step:
    """A step, once, for the browser that it began in; of another browser's nothing is told, and nothing is spoilt."""
    key = (f"SIGNIN#{digest(secret)}", kind.__name__.upper())
    step = reads.get(kind, *key)
    if step is None or step.ends_at <= now or not browser or step.browser_hash != digest(browser):
        raise _nothing()
    writes.commit(writes.delete(table()(*key), table().pk.exists(), _nothing()))
    return step


def keep_code(secret: str, code: Code) -> None:
    writes.commit(writes.put_new(_code(secret, code), Conflict("this code was drawn twice; start again")))


def code(secret: str) -> Code | None:
    """What a code means, used or not."""
    return reads.get(Code, f"CODE#{digest(secret)}", "CODE")


def use_code(secret: str, used: Code, otherwise: Error) -> Write:
    """Its one use, as one write among others."""
    return writes.put_next(_code(secret, used), otherwise)


def wait(device_code: str, device: Device) -> None:
    """A device that waits from now on, under its own code and under the one that somebody types."""
    typed = claim(f"USERCODE#{device.user_code}", "DEVICE", digest(device_code), expires=device.ends_at)
    taken = Conflict("this code was drawn twice; ask again")
    writes.commit(writes.put_new(_device(digest(device_code), device), taken), writes.put_free(typed, device.started_at, taken))


def device(device_code: str, now: datetime) -> Device | None:
    """The device that waits under its own code."""
    return _open_device(digest(device_code), now)


def called(user_code: str, now: datetime) -> Device | None:
    """The device that waits under a typed code, if nobody has answered it yet."""
    row = reads.row(f"USERCODE#{user_code}", "DEVICE")
    return _open_device(row.body["owner"], now) if row else None


def save_device(device_code: str, device: Device, otherwise: Error) -> Write:
    return writes.put_next(_device(digest(device_code), device), otherwise)


def decide(user_code: str, person: Person | None, now: datetime) -> None:
    """Somebody's answer to a device, once: the typed code is worth nothing afterwards."""
    for _ in range(writes.TRIES):
        typed = reads.row(f"USERCODE#{user_code}", "DEVICE")
        device = _open_device(typed.body["owner"], now) if typed else None
        if typed is None or device is None:
            raise _nothing()
        there = writes.delete(table()(f"USERCODE#{user_code}", "DEVICE"), table().body == typed.body, _nothing())
        answered = writes.put_next(_device(typed.body["owner"], device.decide(person)), Conflict("the device polled meanwhile"))
        try:
            return writes.commit(there, answered)
        except Conflict:
            continue
    raise Conflict("the device asks too often; try again")


def take_device(device_code: str, device: Device, otherwise: Error) -> Write:
    """Its one success, as one write among others."""
    row = _device(digest(device_code), device)
    return writes.delete(row, type(row).generation == device.generation, otherwise)


def _open_device(hashed: str, now: datetime) -> Device | None:
    found = reads.get(Device, f"DEVICE#{hashed}", "DEVICE")
    return found if found and now < found.ends_at else None


def _device(hashed: str, device: Device) -> Item:
    return item(f"DEVICE#{hashed}", "DEVICE", device, expires=device.ends_at)


def _code(secret: str, code: Code) -> Item:
    return item(f"CODE#{digest(secret)}", "CODE", code, expires=code.made_at + CODE_REMEMBERED)


def _nothing() -> NotFound:
    return NotFound("this sign-in is over or was begun in another browser; start again where you came from")
