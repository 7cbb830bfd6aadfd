"""Attacks with forged and with stolen tokens, at our API and in the identity provider's name; each differs from a good one in one thing."""

import base64
import concurrent.futures
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.support.http import Caller
from tests.support.installation import Installation, another
from tests.support.sign_in import Browser, Provider, SignIn, public

Json = dict[str, Any]
EVIL: RSAPrivateKey = generate_private_key(65537, 2048)
FAR = "https://evil.example/keys"


def unsigned(claims: Json, headers: Json, signature: bytes = b"") -> str:
    parts = (json.dumps(headers).encode(), json.dumps(claims).encode())
    return ".".join([*(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts), encoded(signature)])


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def with_the_public_key(claims: Json, key: Any, kid: str, form: Any) -> str:
    """HS256 with the RSA key: what everybody may know, taken for a shared secret."""
    secret = key.public_bytes(Encoding.PEM, form)
    head = unsigned(claims, {"alg": "HS256", "typ": "JWT", "kid": kid}).rpartition(".")[0]
    return f"{head}.{encoded(hmac.new(secret, head.encode(), hashlib.sha256).digest())}"


def evil(claims: Json, **headers: Any) -> str:
    return jwt.encode(claims, EVIL, "RS256", headers)


def theirs(claims: Json, provider: Provider, **changes: Any) -> str:
    return provider.honest({name: value for name, value in (claims | changes).items() if value is not None})


Lie = Callable[[Json, Provider], str]
LIES: dict[str, Lie] = {
    "nothing": lambda claims, _: "",
    "no token at all": lambda claims, _: "x",
    "alg none": lambda claims, _: unsigned(claims, {"alg": "none", "kid": "theirs"}),
    "alg NONE": lambda claims, _: unsigned(claims, {"alg": "NONE", "kid": "theirs"}),
    "no alg": lambda claims, _: unsigned(claims, {"kid": "theirs"}),
    "the signature taken off": lambda claims, it: it.honest(claims).rpartition(".")[0] + ".",
    "HS256 with the RSA key": lambda claims, it: with_the_public_key(
        claims, it.key.public_key(), "theirs", PublicFormat.SubjectPublicKeyInfo
    ),
    "HS256 with the RSA key in PKCS1": lambda claims, it: with_the_public_key(claims, it.key.public_key(), "theirs", PublicFormat.PKCS1),
    "HS256 with nothing": lambda claims, _: jwt.encode(claims, "x" * 32, "HS256", {"kid": "theirs"}),
    "another key under their kid": lambda claims, _: evil(claims, kid="theirs"),
    "another kid": lambda claims, _: evil(claims, kid="evil"),
    "no kid": lambda claims, _: evil(claims),
    "a kid that is a path": lambda claims, _: evil(claims, kid="../../../../dev/null"),
    "a kid that is a query": lambda claims, _: evil(claims, kid="' OR 1=1 --"),
    "a kid that is an address": lambda claims, _: evil(claims, kid=FAR),
    "a key in the header": lambda claims, _: evil(claims, kid="theirs", jwk=public(EVIL, "theirs")),
    "a key in the header alone": lambda claims, _: evil(claims, jwk=public(EVIL, "evil")),
    "keys at an address": lambda claims, _: evil(claims, kid="evil", jku=FAR),
    "a certificate at an address": lambda claims, _: evil(claims, kid="evil", x5u=FAR),
    "a certificate in the header": lambda claims, _: evil(claims, kid="theirs", x5c=["MIIB"]),
    "an extension that must be understood": lambda claims, it: it.honest(claims, {"crit": ["exp"], "b64": False}),
    "another audience": lambda claims, it: theirs(claims, it, aud="somebody-else"),
    "no audience": lambda claims, it: theirs(claims, it, aud=None),
    "audiences without a party": lambda claims, it: theirs(claims, it, aud=["orrery", "somebody-else"]),
    "another issuer": lambda claims, it: theirs(claims, it, iss="https://evil.example"),
    "the issuer with a slash": lambda claims, it: theirs(claims, it, iss=claims["iss"] + "/"),
    "no issuer": lambda claims, it: theirs(claims, it, iss=None),
    "no end": lambda claims, it: theirs(claims, it, exp=None),
    "over": lambda claims, it: theirs(claims, it, exp=int(time.time()) - 3600),
    "not yet": lambda claims, it: theirs(claims, it, nbf=int(time.time()) + 3600),
    "made in the future": lambda claims, it: theirs(claims, it, iat=int(time.time()) + 3600),
    "no beginning": lambda claims, it: theirs(claims, it, iat=None),
    "nobody": lambda claims, it: theirs(claims, it, sub=None),
    "another nonce": lambda claims, it: theirs(claims, it, nonce="x"),
    "no nonce": lambda claims, it: theirs(claims, it, nonce=None),
    "an oversized token": lambda claims, it: theirs(claims, it, padding="x" * 20_000),
    "an address that is not verified": lambda claims, it: theirs(claims, it, email_verified=False),
    "an address that may be verified": lambda claims, it: theirs(claims, it, email_verified=None),
    "no address": lambda claims, it: theirs(claims, it, email=None),
    "an address that is no text": lambda claims, it: theirs(claims, it, email=["ada@example.com"]),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_nobody_gets_in_by_an_identity_token_that_is_not_good(standing: SignIn, lie: Lie):
    standing.provider.lie = lambda claims: lie(claims, standing.provider)
    browser = Browser()

    back = standing.come_back(browser, standing.authorize(browser))

    assert back.sent_back["error"] == "access_denied"
    assert "code" not in back.sent_back


def test_an_identity_token_of_another_sign_in_is_refused(standing: SignIn):
    """A replay: good in all but the nonce, which was another browser's."""
    kept: list[str] = []

    def keep(claims: Json) -> str:
        kept.append(standing.provider.honest(claims))
        return kept[0]

    standing.provider.lie = keep
    standing.code()
    browser = Browser()

    assert standing.come_back(browser, standing.authorize(browser)).sent_back["error"] == "access_denied"


def test_a_key_that_the_provider_has_just_begun_to_use_is_found(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch):
    sign_in.code()
    monkeypatch.setattr(sign_in.provider, "key", EVIL)
    sign_in.provider.lie = lambda claims: jwt.encode(claims, EVIL, "RS256", {"kid": "new"})
    honest = sign_in.provider.answer
    monkeypatch.setattr(
        sign_in.provider, "answer", lambda path, *asked: (200, {"keys": [public(EVIL, "new")]}) if path == "/keys" else honest(path, *asked)
    )

    assert sign_in.code()


Forgery = Callable[[Json, Any], str]


def own(claims: Json, **changes: Any) -> Json:
    return {name: value for name, value in (claims | changes).items() if value is not None}


FORGERIES: dict[str, Forgery] = {
    "alg none": lambda claims, _: unsigned(claims, {"alg": "none", "typ": "at+jwt"}),
    "HS256 with the RSA key": lambda claims, key: with_the_public_key(claims, key.key, key.key_id, PublicFormat.SubjectPublicKeyInfo),
    "another key under our kid": lambda claims, key: evil(claims, kid=key.key_id),
    "a kid that is a path": lambda claims, _: evil(claims, kid="../../etc/passwd"),
    "a key in the header": lambda claims, key: evil(claims, kid=key.key_id, jwk=public(EVIL, key.key_id)),
    "keys at an address": lambda claims, _: evil(claims, jku=FAR),
    "a certificate at an address": lambda claims, _: evil(claims, x5u=FAR),
    "another audience": lambda claims, key: evil(own(claims, aud="x"), kid=key.key_id),
    "another issuer": lambda claims, key: evil(own(claims, iss="https://evil.example"), kid=key.key_id),
    "no end": lambda claims, key: evil(own(claims, exp=None), kid=key.key_id),
    "an oversized token": lambda claims, key: evil(own(claims, padding="x" * 9000), kid=key.key_id),
    "another Organization": lambda claims, key: evil(own(claims, org_id="c" + "0" * 24), kid=key.key_id),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES.keys())
def test_the_api_takes_no_forged_access_token(standing: SignIn, forge: Forgery):
    good = standing.tokens()["access_token"]
    keys = jwt.PyJWKSet.from_dict(Browser().get("/sign-in/v1/.well-known/jwks.json").json)
    claims = jwt.decode(good, options={"verify_signature": False})

    forged = forge(claims, keys[jwt.get_unverified_header(good)["kid"]])

    assert Caller(good).get("/v1/users/self").status == 200
    assert Caller(forged).get("/v1/users/self").status == 401
    assert Browser().send("GET", "/sign-in/v1/userinfo", authorization=f"Bearer {forged}").status == 401


def test_even_our_own_signature_makes_no_token_that_was_not_given_out(standing: SignIn):
    """The private key in the wrong hands: tokens are known by their hash, so what it signs is worth nothing here."""
    from datetime import UTC, datetime

    from orrery import signing

    good = standing.tokens()["access_token"]
    claims = jwt.decode(good, options={"verify_signature": False})

    forged = signing.signed(claims | {"jti": "another"}, kind="at+jwt", now=datetime.now(UTC))

    assert Caller(forged).get("/v1/users/self").status == 401


def test_an_identity_token_is_no_access_token(standing: SignIn):
    assert Caller(standing.tokens()["id_token"]).get("/v1/users/self").status == 401


def test_an_access_token_ends_by_itself(standing: SignIn, monkeypatch: pytest.MonkeyPatch):
    from datetime import timedelta

    from orrery.api.sign_in import tokens

    monkeypatch.setattr(tokens, "ACCESS_LIFE", timedelta(0))

    assert Caller(standing.tokens()["access_token"]).get("/v1/users/self").status == 401


def test_a_refresh_token_is_good_once_and_a_second_use_ends_the_family(standing: SignIn):
    first = standing.tokens()
    second = standing.refresh(first["refresh_token"]).json
    third = standing.refresh(second["refresh_token"]).json
    assert all(Caller(each["access_token"]).get("/v1/users/self").status == 200 for each in (first, second, third))

    stolen = standing.refresh(first["refresh_token"])

    assert (stolen.status, stolen.json["error"]) == (400, "invalid_grant")
    assert standing.refresh(third["refresh_token"]).json["error"] == "invalid_grant"
    assert {Caller(each["access_token"]).get("/v1/users/self").status for each in (first, second, third)} == {401}


def test_of_many_who_refresh_at_once_at_most_one_gets_tokens_and_the_family_dies(standing: SignIn):
    token = standing.tokens()["refresh_token"]

    with concurrent.futures.ThreadPoolExecutor(4) as crowd:
        answers = list(crowd.map(lambda _: standing.refresh(token), range(4)))

    got = [answer.json for answer in answers if answer.status == 200]
    assert len(got) <= 1
    assert all(standing.refresh(each["refresh_token"]).status == 400 for each in got)


def test_other_sign_ins_live_on_when_a_family_dies(standing: SignIn):
    robbed, other = standing.tokens(), standing.tokens()
    standing.refresh(robbed["refresh_token"])
    standing.refresh(robbed["refresh_token"])

    assert standing.refresh(other["refresh_token"]).status == 200


def test_a_refresh_token_of_another_client_is_worth_nothing_and_harms_nobody(standing: SignIn):
    token = standing.tokens()["refresh_token"]
    browser = Browser({"orrery_refresh": token})

    form = {"grant_type": "refresh_token", "client_id": "orrery-console"}
    assert browser.post("/sign-in/v1/oauth/token", form, origin="http://localhost:5000").json["error"] == "invalid_grant"

    assert standing.refresh(token).status == 200


@pytest.mark.parametrize("made_up", ["", "x", "0" * 43, "x" * 2000])
def test_a_made_up_refresh_token_harms_nobody(standing: SignIn, made_up: str):
    token = standing.tokens()["refresh_token"]

    assert standing.refresh(made_up).json["error"] == "invalid_grant"
    assert standing.refresh(token).status == 200


def test_signing_out_everywhere_ends_every_session_of_the_person_in_every_organization(sign_in: SignIn):
    other = sign_in.in_two_organizations()
    here, there = (sign_in.tokens(organization=each.organization_id) for each in (sign_in.installation, other))

    answer = Browser().send("POST", "/sign-in/v1/sign-out-everywhere", authorization=f"Bearer {here['access_token']}")

    assert answer.status == 204
    assert {Caller(each["access_token"]).get("/v1/users/self").status for each in (here, there)} == {401}
    assert {sign_in.refresh(each["refresh_token"]).status for each in (here, there)} == {400}


def test_nobody_signs_somebody_else_out_by_having_invited_their_address(sign_in: SignIn):
    """An owner can accept in the name of an address that they do not read; a token of that user ends no session of whoever does."""
    other: Installation = another(sign_in.installation)
    from tests.support.invitations import accept, invite, token_for
    from tests.support.people import signed_in

    pretended = signed_in(other, accept(token_for(other, invite(other, "ada@example.com"))).body["user"]["id"], "Ada").token
    mine = sign_in.tokens(organization=sign_in.installation.organization_id)

    answer = Browser().send("POST", "/sign-in/v1/sign-out-everywhere", authorization=f"Bearer {pretended}")

    assert answer.status == 403
    assert Caller(mine["access_token"]).get("/v1/users/self").status == 200


def test_a_token_is_revoked_by_its_own_client_and_an_unknown_one_is_gone_already(standing: SignIn):
    tokens = standing.tokens()

    def revoke(token: str, client: str = "orrery-cli") -> int:
        return Browser().post("/sign-in/v1/oauth/revoke", {"client_id": client, "token": token}, origin=None).status

    assert revoke("made up") == 200
    assert Caller(tokens["access_token"]).get("/v1/users/self").status == 200
    assert revoke(tokens["access_token"]) == 200
    assert Caller(tokens["access_token"]).get("/v1/users/self").status == 401
