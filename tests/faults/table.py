"""The table as a whole: what a request changed in it, and whether everything in it still fits together."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from orrery.store.tables import table

Json = dict[str, Any]
Rows = dict[tuple[str, str], Json]
_ID = re.compile(r"c[a-z0-9]{24}")
_HASH = re.compile(r"\b[0-9a-f]{64}\b")
_SEALED = re.compile(r"v1\.[\w=-]+\.[\w=-]+")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+(\+00:00|Z)?")
_DRAWN = {"namespace", "upload_key", "hash", "short", "change"}
"""Fields whose value is drawn by lot."""
_COUNTED = {"generation", "sequence", "expires", "deployments", "openpk", "opensk", "published", "published_version"}
"""What may differ after a request that was sent twice, or that the sweeper brings to its end."""


def everything() -> Rows:
    """Every row there is, but for what each request leaves whatever becomes of it: a line in the audit log, the note of a token's use."""
    found = {(row.pk, row.sk): dict(row.attribute_values) for row in table().scan(consistent_read=True)}
    return {key: {name: value for name, value in row.items() if name != "used"} for key, row in found.items() if key[0][:6] != "AUDIT#"}


def restore(rows: Rows, now: Rows) -> None:
    """Makes the table, as it is now, what it was: a world that a fault has used up is whole again."""
    bound = table()
    with bound.batch_write() as batch:
        for pk, sk in now.keys() - rows.keys():
            batch.delete(bound(pk, sk))
        for key, row in rows.items():
            if now.get(key) != row:
                batch.save(bound(**row))


def difference(before: Rows, after: Rows) -> Counter[str]:
    """What came, went and changed, in words that are the same for two worlds of one kind: without ids, times and what is drawn by lot.

    A row that has run out is in neither: the database takes it away whenever it likes, and no request had a part in it.
    """
    before, after = _lasting(before), _lasting(after)
    gone = [f"gone {_told(before[key])}" for key in before.keys() - after.keys()]
    there = [f"there {_told(row)}" for key, row in after.items() if before.get(key) != row]
    return Counter(gone + there)


def _lasting(rows: Rows) -> Rows:
    now = datetime.now(UTC)
    return {key: row for key, row in rows.items() if row.get("expires") is None or row["expires"] > now}


def _told(row: Json) -> str:
    plain = {name: value for name, value in row.items() if name not in _COUNTED}
    told = json.dumps(_masked(plain), sort_keys=True, default=str)
    for drawn, word in ((_SEALED, "<sealed>"), (_HASH, "<hash>"), (_ID, "<id>"), (_TIME, "<time>")):
        told = drawn.sub(word, told)
    return told


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: "<drawn>" if name in _DRAWN else _masked(each) for name, each in value.items() if name not in _COUNTED}
    if isinstance(value, list):
        return [_masked(each) for each in value]
    return re.sub(r"^NAMESPACE#.*", "NAMESPACE#<drawn>", value) if isinstance(value, str) else value


def misfits(rows: Rows) -> list[str]:
    """Everything that does not fit: none in a table that is well, whether or not what has run out in it is gone already."""
    rows = _lasting(rows)
    return [*_claims(rows), *_counts(rows), *_memberships(rows), *_secrets(rows), *_orphans(rows)]


def _claims(rows: Rows) -> Iterator[str]:
    """Every claim is held by a thing that is there, and of the things of a kind that claims names each holds exactly one."""
    held: dict[str, Counter[str]] = {}
    things = {_tail(key): key for key, row in rows.items() if not _is_claim(row)}
    kinds: dict[str, set[str]] = {}
    for key, row in rows.items():
        if _is_claim(row):
            owner, claimed = row["body"]["owner"], _kind(key)
            held.setdefault(claimed, Counter())[owner] += 1
            if owner not in things:
                yield f"{key} is held by nothing"
            else:
                kinds.setdefault(claimed, set()).add(_kind(things[owner]))
    for claimed, owners in kinds.items():
        for tail, key in things.items():
            if _kind(key) in owners and held[claimed][tail] != 1:
                yield f"{key} holds {held[claimed][tail]} of {claimed}"


def _counts(rows: Rows) -> Iterator[str]:
    lie_in = Counter((key[0], row["body"]["workspace_id"]) for key, row in rows.items() if key[1].startswith("DEP#"))
    for (pk, sk), row in rows.items():
        if sk.startswith("WS#") and int(row["deployments"]) != lie_in[pk, _tail((pk, sk))]:
            yield f"{pk} {sk} counts {row['deployments']} deployments, and holds {lie_in[pk, _tail((pk, sk))]}"


def _memberships(rows: Rows) -> Iterator[str]:
    for (pk, sk), row in rows.items():
        if sk.startswith("IN#"):
            _, team, user = sk.split("#")
            if (pk, f"TEAM#{team}") not in rows:
                yield f"{pk} {sk} is in a team that is gone"
            elif team not in rows[pk, f"USER#{user}"]["body"]["team_ids"]:
                yield f"{pk} {sk} is not told by the user"
        if sk.startswith("USER#"):
            for team in row["body"]["team_ids"]:
                if (pk, f"TEAM#{team}") in rows and (pk, f"IN#{team}#{_tail((pk, sk))}") not in rows:
                    yield f"{pk} {sk} is not listed in team {team}"


def _secrets(rows: Rows) -> Iterator[str]:
    """Every token has the principal that its secret stands for, and no secret stands for a token that is gone."""
    live = {row["body"]["hash"]: row["body"] for (_, sk), row in rows.items() if sk.startswith("TOKEN#")}
    for hashed, token in live.items():
        principal = rows.get((f"HASH#{hashed}", "PRINCIPAL"))
        if principal is None or principal["body"]["id"] != token["id"] or principal["body"]["name"] != token["name"]:
            yield f"token {token['id']} has not its principal: {principal}"
    for (pk, sk), row in rows.items():
        if sk == "PRINCIPAL" and row["body"]["kind"] == "SERVICEKEY" and pk.removeprefix("HASH#") not in live:
            yield f"{pk} stands for a token that is gone"


def _orphans(rows: Rows) -> Iterator[str]:
    """What lies under a Deployment's own id lies under one that is there, whose pointer leads to a deploy that is live."""
    there = {_tail(key) for key in rows if key[1].startswith("DEP#")}
    for (pk, sk), row in rows.items():
        if pk.startswith("DEP#") and _tail((pk, "")) not in there:
            yield f"{pk} {sk} lies in a deployment that is gone"
        if sk == "RELEASE" and row["body"]["deploy_id"]:
            deploy = rows.get((pk, f"DEPLOY#{row['body']['deploy_id']}"))
            if deploy is None or deploy["body"]["status"] != "DEPLOYED" or deploy["body"]["version"] != row["body"]["version"]:
                yield f"{pk} points to a deploy that is not live: {deploy}"


def _is_claim(row: Json) -> bool:
    """A pointer has the same form and says where a thing lies, not whose a name is."""
    return isinstance(row["body"], dict) and row["body"].keys() == {"owner"} and not row["sk"].startswith("ENVOBJECT#")


def _kind(key: tuple[str, str]) -> str:
    """`TEAM` of ("ORG#o", "TEAM#t"); the partition's, where the sort key says nothing."""
    return key[1].partition("#")[0]


def _tail(key: tuple[str, str]) -> str:
    """The id that a row is of."""
    return (key[1] if "#" in key[1] else key[0]).rpartition("#")[2]
