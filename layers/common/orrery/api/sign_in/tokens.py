"""What a sign-in is worth: tokens for a code, for a device or for a refresh token; and how it ends.

Every token leans on its session's row. A code or a refresh token that comes a second time was stolen from somebody, and nobody can tell
from whom: the session ends, for the thief and for the robbed, who signs in again.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from orrery import names, signing
from orrery.api.sign_in import answers, recording
from orrery.api.sign_in.answers import Answer, Refusal
from orrery.api.sign_in.authorize import client_called, issuer
from orrery.api.sign_in.requests import Asked, from_the_console
from orrery.authz.principal import Kind
from orrery.errors import Conflict, NotFound
from orrery.minting import digest
from orrery.model.sign_in import ACCESS_LIFE, CODE_LIFE, LONGEST_LIFE, Client, Decision, Person, Session, proves
from orrery.model.user import User
from orrery.settings import settings
from orrery.store import principals, sessions, sign_ins, users, writes
from orrery.store.principals import Credential
from orrery.store.writes import Write

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
SPENT = Conflict("this was spent a moment ago")

log = logging.getLogger("orrery")


def token(asked: Asked, now: datetime) -> Answer:
    """`POST /oauth/token`."""
    client = client_called(asked.form.get("client_id", ""))
    grant = _GRANTS.get(asked.form.get("grant_type", ""))
    if grant is None:
        raise Refusal("unsupported_grant_type", f"`grant_type` is one of {', '.join(_GRANTS)}")
    return grant(asked, client, now)


def _by_code(asked: Asked, client: Client, now: datetime) -> Answer:
    """A code is spent by whoever comes with it first, even if they cannot prove that they asked for it."""
    secret = asked.form.get("code", "")
    code = sign_ins.code(secret)
    if code is None or code.made_at + CODE_LIFE <= now:
        raise _no_grant("the code is unknown or older than a minute")
    spend = sign_ins.use_code(secret, code.use(), SPENT)
    asked_for = code.request
    same = (client.id, asked.form.get("redirect_uri", "")) == (asked_for.client_id, asked_for.redirect_uri)
    try:
        if code.is_used:
            raise SPENT
        if not same or not proves(asked.form.get("code_verifier", ""), asked_for.challenge):
            writes.commit(spend)
            raise _no_grant("the code was given to another client, for another `redirect_uri` or for another `code_verifier`")
        session = _session(code.session_id, code.person, client, asked_for.scope, now)
        return _begin(asked, session, spend, nonce=asked_for.nonce, now=now)
    except Conflict:
        _ended_by_reuse(asked, sessions.load(code.session_id), "an authorization code")
        raise _no_grant("the code was used before") from None


def _by_device(asked: Asked, client: Client, now: datetime) -> Answer:
    code = asked.form.get("device_code", "")
    device = sign_ins.device(code, now)
    if device is None or device.client_id != client.id:
        raise Refusal("expired_token", "the code is unknown, was answered before, or is older than ten minutes")
    if device.decision is Decision.DENIED:
        raise Refusal("access_denied", "they said no")
    try:
        if device.person is None:
            writes.commit(sign_ins.save_device(code, device.poll(now), SPENT))
            hasty = device.is_hasty(now) and device.generation > 1
            raise Refusal("slow_down" if hasty else "authorization_pending", "nobody has typed the code yet")
        session = _session(names.new_id(), device.person, client, device.scope, now)
        return _begin(asked, session, sign_ins.take_device(code, device, SPENT), now=now)
    except Conflict:
        raise Refusal("authorization_pending", "ask again") from None


def _by_refresh(asked: Asked, client: Client, now: datetime) -> Answer:
    secret = _refresh_token(asked, client)
    session, is_newest = sessions.behind(secret)
    if session is None or session.client_id != client.id or session.ends_at <= now:
        raise _no_grant("the refresh token is unknown, or its sign-in is over; sign in again")
    if not is_newest:
        _ended_by_reuse(asked, session, "a refresh token")
        raise _no_grant("the refresh token was used before; sign in again")
    member = _member(session.person)
    fresh = names.new_secret()
    following = session.refresh(digest(fresh), now)
    try:
        return _issue(client, following, member, fresh, now, *sessions.refreshed(following, SPENT))
    except Conflict:
        _ended_by_reuse(asked, session, "a refresh token")
        raise _no_grant("the refresh token was used before; sign in again") from None


_GRANTS: dict[str, Callable[[Asked, Client, datetime], Answer]] = {
    "authorization_code": _by_code,
    "refresh_token": _by_refresh,
    DEVICE_GRANT: _by_device,
}


def revoke(asked: Asked, _: datetime) -> Answer:
    """`POST /oauth/revoke` (RFC 7009): signing out, by a refresh or an access token; what is unknown is gone already."""
    client = client_called(asked.form.get("client_id", ""))
    secret = _refresh_token(asked, client, said="token")
    session = sessions.behind(secret)[0] or sessions.load(principals.session_behind(secret))
    if session and session.client_id == client.id:
        sessions.end(session)
        recording.record(asked, session.person, "SignOut")
    return answers.document({}, cookies=_cookie(client, "", 0))


def sign_out_everywhere(asked: Asked, _: datetime) -> Answer:
    """`POST /sign-out-everywhere`: all sign-ins of the person whom the access token stands for, in every Organization and program.

    Only a sign-in proves an address; a member's token that came of an invitation says nothing about who reads that mail.
    """
    principals.authenticate(asked.bearer)
    mine = sessions.load(principals.session_behind(asked.bearer.partition(" ")[2].strip()))
    if mine is None:
        raise Refusal("insufficient_scope", "this takes a token that came of signing in", status=403)
    for each in sessions.of_address(mine.person.address):
        sessions.end(each)
    recording.record(asked, mine.person, "SignOutEverywhere")
    return answers.nothing()


def _begin(asked: Asked, session: Session, spend: Write, *, now: datetime, nonce: str = "") -> Answer:
    """A new session, with what it was given for spent in the same breath."""
    client, member = client_called(session.client_id), _member(session.person)
    refresh = names.new_secret() if client.keeps_refresh_in_cookie or "offline_access" in session.scope.split() else ""
    session = session.with_refresh(digest(refresh) if refresh else "")
    answer = _issue(client, session, member, refresh, now, spend, *sessions.new(session), nonce=nonce)
    recording.record(asked, session.person, "SignIn")
    return answer


def _issue(client: Client, session: Session, member: User, refresh: str, now: datetime, *changes: Write, nonce: str = "") -> Answer:
    end = now + ACCESS_LIFE
    access = signing.signed(_access_claims(session, now, end), kind="at+jwt", now=now)
    identity = signing.signed(_identity_claims(session, member, now, end, nonce), kind="JWT", now=now)
    credential = Credential(member.id, Kind.USER, member.full_name, member.organization_id, (), end, session_id=session.id)
    writes.commit(*changes, principals.remember(digest(access), credential))
    told = {
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": int(ACCESS_LIFE.total_seconds()),
        "scope": session.scope,
        **({"id_token": identity} if "openid" in session.scope.split() else {}),
        **({"refresh_token": refresh} if refresh and not client.keeps_refresh_in_cookie else {}),
    }
    return answers.document(told, cookies=_cookie(client, refresh, int(LONGEST_LIFE.total_seconds())))


def _access_claims(session: Session, now: datetime, end: datetime) -> dict[str, object]:
    """No `permissions`: by that claim clients of the wire tell an API token from a person."""
    return _claims(session, now, end) | {
        "aud": settings().api_url,
        "client_id": session.client_id,
        "scope": session.scope,
        "org_id": session.person.organization_id,
        "jti": names.new_id(),
    }  # fmt: skip


def _identity_claims(session: Session, member: User, now: datetime, end: datetime, nonce: str) -> dict[str, object]:
    return _claims(session, now, end) | {
        "aud": session.client_id,
        "email": session.person.address,
        "email_verified": True,
        "name": member.full_name,
        "org_id": session.person.organization_id,
        **({"nonce": nonce} if nonce else {}),
    }


def _claims(session: Session, now: datetime, end: datetime) -> dict[str, object]:
    person = session.person
    return {
        "iss": issuer(),
        "sub": person.user_id,
        "iat": int(now.timestamp()),
        "exp": int(end.timestamp()),
        "auth_time": int(person.at.timestamp()),
        "sid": session.id,
    }


def _session(id: str, person: Person, client: Client, scope: str, now: datetime) -> Session:
    return Session(id, person, client.id, scope, "", now, now)


def _member(person: Person) -> User:
    """Who signed in, if they are a member still."""
    try:
        user = users.load(person.organization_id, person.user_id)
    except NotFound:
        user = None
    if user is None or user.status != "ACTIVE":
        raise _no_grant("they are no longer a member; ask an owner of the Organization")
    return user


def _refresh_token(asked: Asked, client: Client, *, said: str = "refresh_token") -> str:
    """From the form, or from the console's cookie: then only for a page of the console, since a browser sends a cookie for anybody."""
    if not client.keeps_refresh_in_cookie:
        return asked.form.get(said, "")
    from_the_console(asked)
    return asked.cookies.get(answers.cookie_name("refresh"), "")


def _cookie(client: Client, refresh: str, seconds: int) -> tuple[str, ...]:
    if not client.keeps_refresh_in_cookie:
        return ()
    return (answers.cookie("refresh", refresh, seconds=seconds, same_site="Strict"),)


def _ended_by_reuse(asked: Asked, session: Session | None, what: str) -> None:
    if session is None:
        return
    sessions.end(session)
    log.warning("%s of session %s came a second time; the session is ended", what, session.id)
    recording.record(asked, session.person, "SignOutByReuse")


def _no_grant(words: str) -> Refusal:
    return Refusal("invalid_grant", words)
