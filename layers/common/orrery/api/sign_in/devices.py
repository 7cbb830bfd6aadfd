"""Signing in where there is no browser (RFC 8628): a device shows a code, which somebody types in elsewhere.

POST /oauth/device/code    two codes: one to show, one to ask with
GET  /device               a page to type the shown one; then to the identity provider, and to the page that asks whether it is theirs
"""

import secrets
from datetime import datetime

from orrery import names
from orrery.api.sign_in import answers
from orrery.api.sign_in.answers import Answer, Refusal
from orrery.api.sign_in.authorize import PREFIX, client_called, issuer, leave, scope_of
from orrery.api.sign_in.pages import Choice, Page
from orrery.api.sign_in.requests import Asked
from orrery.model.sign_in import FLOW_LIFE, POLL_SECONDS, USER_CODE_LETTERS, Device, shown, spelled
from orrery.store import sign_ins


def start(asked: Asked, now: datetime) -> Answer:
    client = client_called(asked.form.get("client_id", ""))
    if client.keeps_refresh_in_cookie:
        raise Refusal("unauthorized_client", "this client runs in a browser, where people sign in directly")
    sign_ins.count(asked.source_ip, now)
    device_code, user_code = names.new_secret(), "".join(secrets.choice(USER_CODE_LETTERS) for _ in range(8))
    scope = scope_of(asked.form.get("scope", "openid"))
    sign_ins.wait(device_code, Device(client.id, scope, user_code, asked.source_ip, now, now))
    page = f"{issuer()}/device"
    return answers.document(
        {
            "device_code": device_code,
            "user_code": shown(user_code),
            "verification_uri": page,
            "verification_uri_complete": f"{page}?user_code={shown(user_code)}",
            "expires_in": int(FLOW_LIFE.total_seconds()),
            "interval": POLL_SECONDS,
        }
    )


def enter(asked: Asked, now: datetime) -> Answer:
    """Whether the code is any device's is told only to whoever has signed in: nobody else may try codes."""
    typed = asked.query.get("user_code", "")
    if code := spelled(typed):
        return leave(asked, now, user_code=code, prompt="select_account")
    lines = ("A code is eight letters, such as BCDF-GHJK.",) if typed else ("Type the code that your device shows.",)
    # on to the identity provider, which may send people on to others that we do not know
    onward, anywhere = Choice("go", "Continue"), "https:"
    return answers.page(
        Page("Sign a device in", lines, action=f"{PREFIX}/device", method="get", typed="Code", buttons=(onward,), goes_on_to=anywhere)
    )
