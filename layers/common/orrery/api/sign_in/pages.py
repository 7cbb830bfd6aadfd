"""The few pages that people see while they sign in: no script, no picture, nothing from anywhere, and every name written as text."""

import base64
import functools
import hashlib
from dataclasses import dataclass
from html import escape
from urllib.parse import urlsplit

STYLE = """
body { max-width: 32rem; margin: 4rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif }
input, button { font: inherit; padding: .4rem .8rem; margin: 0 .5rem .5rem 0 }
label { display: block; margin: .5rem 0 }
code { font-size: 1.5rem; letter-spacing: .1em }
"""


@dataclass(frozen=True)
class Choice:
    """One of several: what is sent, and what is read."""

    value: str
    text: str


@dataclass(frozen=True)
class Page:
    """One page: what it says, and at most one form. Every text in it is somebody's words, and is shown as such."""

    title: str
    lines: tuple[str, ...] = ()
    code: str = ""
    action: str = ""
    """Where the form goes, on this host; none without."""
    method: str = "post"
    hidden: tuple[Choice, ...] = ()
    typed: str = ""
    """The label of the one field that is typed, `user_code`."""
    choices: tuple[Choice, ...] = ()
    """Of these one is chosen, as `organization`."""
    buttons: tuple[Choice, ...] = ()
    """Sent as `decision`."""
    goes_on_to: str = ""
    """The address that the form's answer redirects to, or its scheme alone: browsers hold redirects to `form-action`, too."""


def render(page: Page) -> str:
    said = "".join(f"<p>{escape(line)}</p>\n" for line in page.lines)
    code = f"<p><code>{escape(page.code)}</code></p>\n" if page.code else ""
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(page.title)}</title>\n<style>{STYLE}</style>\n<h1>{escape(page.title)}</h1>\n{said}{code}{_form(page)}</html>\n"
    )


def headers(page: Page) -> dict[str, str]:
    """A policy under which nothing runs. `same-origin` and not `no-referrer`: with that, browsers would not say where a form comes from."""
    parts = urlsplit(page.goes_on_to)
    onward = f" {parts.scheme}:{parts.netloc and '//' + parts.netloc}" if page.goes_on_to else ""
    form = f"'self'{onward}" if page.action else "'none'"
    policy = f"default-src 'none'; style-src {_style_hash()}; form-action {form}; base-uri 'none'; frame-ancestors 'none'"
    return {"Content-Security-Policy": policy, "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin"}


def _form(page: Page) -> str:
    if not page.action:
        return ""
    parts = [f'<input type="hidden" name="{escape(each.value)}" value="{escape(each.text)}">' for each in page.hidden]
    if page.typed:
        field = '<input name="user_code" maxlength="20" autocomplete="off" autocapitalize="characters" required autofocus>'
        parts.append(f"<label>{escape(page.typed)} {field}</label>")
    parts += [_radio(each, checked=each is page.choices[0]) for each in page.choices]
    parts += [f'<button name="decision" value="{escape(each.value)}">{escape(each.text)}</button>' for each in page.buttons]
    return f'<form method="{page.method}" action="{escape(page.action)}">\n' + "\n".join(parts) + "\n</form>\n"


def _radio(choice: Choice, *, checked: bool) -> str:
    mark = " checked" if checked else ""
    return f'<label><input type="radio" name="organization" value="{escape(choice.value)}"{mark}>{escape(choice.text)}</label>'


@functools.cache
def _style_hash() -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"
