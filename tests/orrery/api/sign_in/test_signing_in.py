"""Signing in as a command does, through the browser and back: what it is given, and what that is worth."""

import time

import jwt
from orrery.store import sessions

from tests.support.audit import exported
from tests.support.http import Caller
from tests.support.invitations import accept, invite, token_for
from tests.support.sign_in import API, CONSOLE, ISSUER, LOOPBACK, OWNER, Browser, SignIn


def test_a_command_learns_where_to_begin(standing: SignIn):
    told = Browser().get("/private/v1alpha1/cli/auth-config")

    assert told.json == {"clientId": "orrery-cli", "audience": API, "domainUrl": f"{ISSUER}/"}


def test_somebody_signs_in_and_acts_as_themselves(standing: SignIn):
    tokens = standing.tokens()

    me = Caller(tokens["access_token"]).get("/v1/users/self", createIfNotExist="true")

    assert (me.status, me.body["username"], me.body["id"]) == (200, OWNER, standing.installation.owner_id)
    assert Caller(tokens["access_token"]).get("/v1/organizations").body["organizations"][0]["id"] == standing.installation.organization_id
    assert tokens["expires_in"] <= 900


def test_the_way_there_asks_the_identity_provider_with_pkce_and_a_nonce(standing: SignIn):
    away = standing.authorize(Browser())

    assert away.status == 303
    assert away.location.startswith(f"{standing.provider.address}/authorize?")
    asked = away.sent_back
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == f"{ISSUER}/callback"
    assert asked["prompt"] == "login"
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    assert asked["state"] != "their-state"
    assert asked["nonce"] != "their-nonce"


def test_the_client_gets_its_own_state_back_and_who_answers(standing: SignIn):
    browser = Browser()

    back = standing.come_back(browser, standing.authorize(browser))

    assert back.location.startswith(f"{LOOPBACK}?")
    assert back.sent_back["state"] == "their-state"
    assert back.sent_back["iss"] == ISSUER


def test_anybody_can_check_an_identity_token_by_the_published_keys(standing: SignIn):
    tokens = standing.tokens()
    keys = jwt.PyJWKSet.from_dict(Browser().get("/sign-in/v1/.well-known/jwks.json").json)

    key = keys[jwt.get_unverified_header(tokens["id_token"])["kid"]]
    claims = jwt.decode(tokens["id_token"], key, algorithms=["RS256"], audience="orrery-cli", issuer=ISSUER)

    assert claims["nonce"] == "their-nonce"
    assert (claims["email"], claims["email_verified"], claims["sub"]) == (OWNER, True, standing.installation.owner_id)


def test_an_access_token_says_no_permissions_and_can_be_checked_too(standing: SignIn):
    access = standing.tokens()["access_token"]
    keys = jwt.PyJWKSet.from_dict(Browser().get("/sign-in/v1/.well-known/jwks.json").json)
    header = jwt.get_unverified_header(access)

    claims = jwt.decode(access, keys[header["kid"]], algorithms=["RS256"], audience=API, issuer=ISSUER)

    assert header["typ"] == "at+jwt"
    assert "permissions" not in claims
    assert claims["org_id"] == standing.installation.organization_id
    assert 0 < claims["exp"] - time.time() <= 900


def test_published_keys_hold_nothing_private(standing: SignIn):
    keys = Browser().get("/sign-in/v1/.well-known/jwks.json").json["keys"]

    assert keys
    assert all(key.keys() == {"kty", "n", "e", "kid", "use", "alg"} for key in keys)


def test_userinfo_tells_the_address(standing: SignIn):
    told = Browser().send("GET", "/sign-in/v1/userinfo", authorization=f"Bearer {standing.tokens()['access_token']}")

    assert (told.status, told.json["email"]) == (200, OWNER)


def test_userinfo_knows_no_api_token_and_no_identity_token(standing: SignIn):
    identity = standing.tokens()["id_token"]

    api = Browser().send("GET", "/sign-in/v1/userinfo", authorization=f"Bearer {standing.installation.owner.token}")
    other = Browser().send("GET", "/sign-in/v1/userinfo", authorization=f"Bearer {identity}")

    assert (api.status, other.status, other.json["error"]) == (403, 401, "invalid_token")


def test_a_command_that_asks_for_no_refresh_token_gets_none(standing: SignIn):
    assert "refresh_token" not in standing.tokens(scope="openid email")


def test_whoever_is_removed_is_out_at_the_next_request_and_cannot_refresh(sign_in: SignIn):
    home = sign_in.installation
    user = accept(token_for(home, invite(home))).body["user"]
    sign_in.provider.email = "eve@example.com"
    tokens = sign_in.tokens()
    assert Caller(tokens["access_token"]).get("/v1/users/self").status == 200

    home.owner.delete(f"{home.path}/users/{user['id']}")

    assert Caller(tokens["access_token"]).get("/v1/users/self").status == 401
    assert sign_in.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"


def test_a_role_that_is_taken_away_is_gone_at_the_next_request(sign_in: SignIn):
    home = sign_in.installation
    user = accept(token_for(home, invite(home, role="ORGANIZATION_OWNER"))).body["user"]
    sign_in.provider.email = "Eve@Example.com"
    eve = Caller(sign_in.tokens()["access_token"])
    assert eve.post(f"{home.path}/workspaces", {"name": "mine"}).status == 200

    home.owner.post(f"{home.path}/users/{user['id']}/roles", {"organizationRole": "ORGANIZATION_MEMBER"})

    assert eve.post(f"{home.path}/workspaces", {"name": "more"}).status == 403


def test_somebody_in_several_organizations_says_which(sign_in: SignIn):
    other = sign_in.in_two_organizations()
    browser = Browser()
    page = sign_in.come_back(browser, sign_in.authorize(browser))
    assert "Somebody Else" in page.text

    form = {"ticket": page.ticket, "organization": other.organization_id, "decision": "allow"}
    back = browser.post("/sign-in/v1/confirm", form)

    tokens = sign_in.redeem(back.sent_back["code"]).json
    assert Caller(tokens["access_token"]).get("/v1/users/self").body["organizationId"] == other.organization_id


def test_a_client_can_name_the_organization(sign_in: SignIn):
    other = sign_in.in_two_organizations()

    tokens = sign_in.tokens(organization=other.organization_id)

    assert Caller(tokens["access_token"]).get("/v1/users/self").body["organizationId"] == other.organization_id


def test_nobody_is_asked_where_nobody_is_there(sign_in: SignIn):
    sign_in.in_two_organizations()
    browser = Browser()

    back = sign_in.come_back(browser, sign_in.authorize(browser, prompt="none"))

    assert back.sent_back["error"] == "interaction_required"


def test_whoever_says_no_goes_back_with_that(sign_in: SignIn):
    sign_in.in_two_organizations()
    browser = Browser()
    page = sign_in.come_back(browser, sign_in.authorize(browser))

    back = browser.post("/sign-in/v1/confirm", {"ticket": page.ticket, "decision": "deny"})

    assert (back.sent_back["error"], back.sent_back["state"]) == ("access_denied", "their-state")


def test_two_tabs_sign_in_side_by_side(standing: SignIn):
    browser = Browser()
    first, second = standing.authorize(browser), standing.authorize(browser, state="second")

    assert standing.come_back(browser, first).sent_back["state"] == "their-state"
    assert standing.come_back(browser, second).sent_back["state"] == "second"


def test_whoever_was_invited_and_has_not_accepted_is_no_member_yet(sign_in: SignIn):
    invite(sign_in.installation)
    sign_in.provider.email = "eve@example.com"
    browser = Browser()

    assert sign_in.come_back(browser, sign_in.authorize(browser)).sent_back["error"] == "access_denied"


def test_the_console_keeps_its_refresh_token_in_a_cookie_that_no_script_reads(standing: SignIn):
    browser = Browser()
    told = standing.in_the_console(browser)
    again = browser.post("/sign-in/v1/oauth/token", {"client_id": "orrery-console", "grant_type": "refresh_token"}, origin=CONSOLE)

    assert "refresh_token" not in told.json
    assert "refresh_token" not in again.json
    assert all("HttpOnly; SameSite=Strict" in reply.cookies[0] for reply in (told, again))
    assert Caller(again.json["access_token"]).get("/v1/users/self").status == 200


def test_the_configuration_names_doors_that_are_there(standing: SignIn):
    told = Browser().get("/sign-in/v1/.well-known/openid-configuration").json

    assert told["issuer"] == ISSUER
    assert told["code_challenge_methods_supported"] == ["S256"]
    for name in ("authorization", "token", "revocation", "userinfo", "device_authorization"):
        path = told[f"{name}_endpoint"].removeprefix(API)
        assert {Browser().get(path).status, Browser().post(path, {}).status} != {404}


def test_without_an_identity_provider_a_page_says_so(sign_in: SignIn, monkeypatch):
    from tests.support.sign_in import forget

    monkeypatch.setenv("SIGN_IN_ISSUER", "")
    forget()

    page = sign_in.authorize(Browser())

    assert page.status == 412
    assert "SignInIssuer" in page.text


def test_signing_in_and_out_are_on_record(sign_in: SignIn):
    tokens = sign_in.tokens()
    Browser().post("/sign-in/v1/oauth/revoke", {"client_id": "orrery-cli", "token": tokens["refresh_token"]}, origin=None)

    told = exported(sign_in.installation)

    assert [each["operationId"] for each in told][-2:] == ["SignIn", "SignOut"]
    assert tokens["refresh_token"] not in str(told)


def test_a_session_is_gone_after_signing_out(standing: SignIn):
    tokens = standing.tokens()
    session = jwt.decode(tokens["access_token"], options={"verify_signature": False})["sid"]
    assert sessions.load(session) is not None

    gone = Browser().post("/sign-in/v1/oauth/revoke", {"client_id": "orrery-cli", "token": tokens["refresh_token"]}, origin=None)

    assert gone.status == 200
    assert sessions.load(session) is None
    assert Caller(tokens["access_token"]).get("/v1/users/self").status == 401
