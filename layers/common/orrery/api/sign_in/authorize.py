"""Through the browser: a client sends somebody here, the identity provider says who they are, and they go back with a code.

GET  /authorize     what the client asks for is checked and kept; on to the identity provider
GET  /callback      back from it, in the same browser; with one Organization straight on to the client
POST /confirm       from our own page: which Organization, or whether a device may
"""

import logging
from dataclasses import replace
from datetime import datetime

from orrery import identity_provider, names
from orrery.api.sign_in import answers
from orrery.api.sign_in.answers import Answer, Refusal
from orrery.api.sign_in.pages import Choice, Page
from orrery.api.sign_in.requests import Asked, from_our_pages
from orrery.minting import digest
from orrery.model.sign_in import (
    FLOW_LIFE,
    SCOPES,
    Client,
    Code,
    Flow,
    Identified,
    Person,
    Request,
    challenge_of,
    clients,
    is_challenge,
    shown,
)  # fmt: skip
from orrery.model.user import User
from orrery.settings import settings
from orrery.store import organizations, sign_ins, users

PREFIX = "/sign-in/v1"
NOBODY = "nobody with the address that you proved is a member here; ask an owner of your Organization to invite you, then accept"
_TOLD = {"login_required", "interaction_required", "consent_required", "account_selection_required", "temporarily_unavailable"}
"""What an identity provider may say that the client can do something about; everything else is a no."""
_PROMPTS = {"", "login", "none", "select_account", "consent"}

log = logging.getLogger("orrery")


def issuer() -> str:
    """Who we are, as our tokens say it."""
    return f"{settings().api_url}{PREFIX}"


def client_called(id: str) -> Client:
    found = clients(settings().console_origin).get(id)
    if found is None:
        raise Refusal("invalid_client", "there is no such client", status=401)
    return found


def authorize(asked: Asked, now: datetime) -> Answer:
    """Whoever sent them must be known before anything is sent back there: else anybody could have us redirect to anywhere."""
    client, redirect_uri = client_called(asked.query.get("client_id", "")), asked.query.get("redirect_uri", "")
    if redirect_uri not in client.redirect_uris:
        raise Refusal("invalid_request", "this client does not come back to that address (`redirect_uri`)")
    try:
        request = _request(client, asked.query)
    except Refusal as refusal:
        return _back(redirect_uri, asked.query.get("state", ""), refusal)
    hints = {name: asked.query.get(name, "") for name in ("prompt", "login_hint")}
    return leave(asked, now, request=request, **hints)


def leave(asked: Asked, now: datetime, *, request: Request | None = None, user_code: str = "", **hints: str) -> Answer:
    """Off to the identity provider; this browser is remembered, since nobody else may come back in its place."""
    identity_provider.issuer()
    sign_ins.count(asked.source_ip, now)
    state, nonce, verifier = names.new_secret(), names.new_secret(), names.new_secret()
    browser = asked.cookies.get(answers.cookie_name("browser"), "")
    browser = browser if is_challenge(browser) else names.new_secret()
    there = identity_provider.start(state=state, nonce=nonce, challenge=challenge_of(verifier), redirect_uri=_callback(), **hints)
    sign_ins.begin(state, Flow(digest(browser), nonce, verifier, now, request, user_code))
    return answers.redirect(there, answers.cookie("browser", browser, seconds=int(FLOW_LIFE.total_seconds()), same_site="Lax"))


def callback(asked: Asked, now: datetime) -> Answer:
    """Back from the identity provider."""
    flow = sign_ins.take(Flow, asked.query.get("state", ""), asked.cookies.get(answers.cookie_name("browser"), ""), now)
    try:
        address = _proven(flow, asked.query)
        members = _meant(flow.request, users.having(address))
    except Refusal as refusal:
        if flow.request is None:
            raise
        return _back(flow.request.redirect_uri, flow.request.state, refusal)
    if flow.request and len(members) == 1:
        return _finish(flow.request, _person(members[0], address, now), now)
    if flow.request and flow.request.is_silent:
        return _back(flow.request.redirect_uri, flow.request.state, Refusal("interaction_required", "there are several Organizations"))
    return _ask(Identified(flow.browser_hash, address, now, flow.request, flow.user_code), members, now)


def confirm(asked: Asked, now: datetime) -> Answer:
    """What somebody said on our page. It takes the page's own secret, the browser's cookie and the browser's word for whose page it was."""
    from_our_pages(asked)
    ticket, browser = asked.form.get("ticket", ""), asked.cookies.get(answers.cookie_name("browser"), "")
    known = sign_ins.take(Identified, ticket, browser, now)
    if asked.form.get("decision") != "allow":
        return _denied(known, now)
    chosen = asked.form.get("organization", "")
    member = next((each for each in _meant(known.request, users.having(known.address)) if each.organization_id == chosen), None)
    if member is None:
        raise Refusal("access_denied", NOBODY, status=403)
    person = _person(member, known.address, known.at)
    if known.request:
        return _finish(known.request, person, now)
    sign_ins.decide(known.user_code, person, now)
    return answers.page(Page("Signed in", ("The device is signed in. You can close this page.",)))


def _request(client: Client, query: dict[str, str]) -> Request:
    if query.get("response_type") != "code" or query.get("response_mode", "query") != "query":
        raise Refusal("unsupported_response_type", "only `response_type=code` is served, answered in the query")
    if "request" in query or "request_uri" in query:
        raise Refusal("request_not_supported", "parameters are read from the query alone")
    if query.get("code_challenge_method") != "S256" or not is_challenge(query.get("code_challenge", "")):
        raise Refusal("invalid_request", "PKCE is required: `code_challenge` with `code_challenge_method=S256`")
    if not query.get("state"):
        raise Refusal("invalid_request", "`state` is required, and must be drawn anew for each sign-in")
    if query.get("audience", settings().api_url) != settings().api_url:
        raise Refusal("invalid_target", f"the only `audience` is `{settings().api_url}`")
    if query.get("prompt", "") not in _PROMPTS:
        raise Refusal("invalid_request", "`prompt` is `login`, `none`, `select_account` or `consent`")
    return Request(
        client.id, query["redirect_uri"], query["state"], scope_of(query.get("scope", "openid")), query["code_challenge"],
        query.get("nonce", ""), query.get("organization", ""), query.get("prompt") == "none",
    )  # fmt: skip


def scope_of(asked: str) -> str:
    """The scopes that are served among those asked for, in our order; others are left out, as OAuth lets a server do."""
    return " ".join(each for each in SCOPES if each in asked.split())


def _proven(flow: Flow, query: dict[str, str]) -> str:
    if error := query.get("error"):
        raise Refusal(error if error in _TOLD else "access_denied", "the identity provider signed nobody in", status=403)
    if query.get("iss", identity_provider.issuer()) != identity_provider.issuer():
        log.warning("a sign-in came back in another provider's name")
        raise Refusal("access_denied", "the answer is not our identity provider's", status=403)
    try:
        code = query.get("code", "")
        return identity_provider.proven_address(code, verifier=flow.verifier, nonce=flow.nonce, redirect_uri=_callback())
    except identity_provider.Refused as problem:
        log.warning("the identity provider signed nobody in: %s", problem)
        words = "the identity provider did not say who you are; your e-mail address must be verified there"
        raise Refusal("access_denied", words, status=403) from problem


def _meant(request: Request | None, members: tuple[User, ...]) -> tuple[User, ...]:
    """Whom somebody can sign in as; told in the same words whether they are nobody or not in the Organization that was asked for."""
    wanted = request.organization_id if request else ""
    found = tuple(each for each in members if wanted in ("", each.organization_id))
    if not found:
        raise Refusal("access_denied", NOBODY, status=403)
    return found


def _ask(known: Identified, members: tuple[User, ...], now: datetime) -> Answer:
    """Our own page: which Organization, and for a device, whether it is theirs."""
    ticket = names.new_secret()
    called = [(each, organizations.load(each.organization_id).name) for each in members]
    choices = tuple(Choice(each.organization_id, f"{name} (as {each.full_name})") for each, name in called)
    asks = Page(
        title="Choose an Organization", lines=(f"You are {known.address}.",), action=f"{PREFIX}/confirm", choices=choices,
        hidden=(Choice("ticket", ticket),), buttons=(Choice("allow", "Continue"), Choice("deny", "Cancel")),
        goes_on_to=known.request.redirect_uri if known.request else "",
    )  # fmt: skip
    page = asks if known.request else _of_device(asks, known, now)
    sign_ins.begin(ticket, known)
    return answers.page(page)


def _of_device(page: Page, known: Identified, now: datetime) -> Page:
    device = sign_ins.called(known.user_code, now)
    if device is None:
        raise Refusal("invalid_request", "no device waits with this code; it was mistyped, answered, or is older than ten minutes")
    lines = (
        *page.lines,
        f"A device at {device.source_ip} asks to sign in as you, with {client_called(device.client_id).name}. It shows this code:",
    )
    warning = ("Allow it only if you started this yourself, just now, and the device shows the same code.",)
    buttons = (Choice("allow", "Allow"), Choice("deny", "Deny"))
    return replace(page, title="Sign a device in", lines=lines + warning, code=shown(known.user_code), buttons=buttons)


def _denied(known: Identified, now: datetime) -> Answer:
    if known.request:
        return _back(known.request.redirect_uri, known.request.state, Refusal("access_denied", "they said no"))
    sign_ins.decide(known.user_code, None, now)
    return answers.page(Page("Not signed in", ("The device was turned away. You can close this page.",)))


def _finish(request: Request, person: Person, now: datetime) -> Answer:
    code = names.new_secret()
    sign_ins.keep_code(code, Code(request, person, names.new_id(), now))
    return answers.redirect(request.redirect_uri, code=code, state=request.state, iss=issuer())


def _back(redirect_uri: str, state: str, refusal: Refusal) -> Answer:
    return answers.redirect(
        redirect_uri, error=refusal.error, error_description=refusal.description.replace("`", "'"), state=state, iss=issuer()
    )  # fmt: skip


def _person(user: User, address: str, at: datetime) -> Person:
    return Person(user.organization_id, user.id, address, at)


def _callback() -> str:
    return f"{issuer()}/callback"
