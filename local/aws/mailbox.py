"""Amazon SES on this machine: what is sent is a file, one `.eml` a mail, and goes nowhere. Plain text to one or more addresses, no more."""

import json
import time
import uuid
from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path
from typing import Any

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
SEND_EMAIL = ("POST", "/v2/email/outbound-emails")


class Mailbox:
    """The ASGI application behind the guard; it makes its folder when the first mail comes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        if (scope["method"], scope["path"]) != SEND_EMAIL:
            return await _answer(send, 404, {"message": "only SendEmail is here"})
        try:
            mail = _mail(json.loads(body))
        except (KeyError, TypeError, ValueError) as problem:
            return await _answer(send, 400, {"message": f"only simple mails in plain text are taken: {problem!r}"})
        return await _answer(send, 200, {"MessageId": self._keep(mail)})

    def _keep(self, mail: EmailMessage) -> str:
        """Whole or not at all, and readable by its owner alone: the secret that a mail carries is in it."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{time.strftime('%Y-%m-%dT%H-%M-%S', time.gmtime())}-{uuid.uuid4().hex[:12]}"
        fresh = self._folder / f".{name}"
        fresh.touch(mode=0o600)
        fresh.write_bytes(bytes(mail))
        fresh.rename(self._folder / f"{name}.eml")
        return name


def _mail(asked: Message) -> EmailMessage:
    content = asked["Content"]["Simple"]
    mail = EmailMessage()
    mail["From"], mail["To"] = asked["FromEmailAddress"], ", ".join(asked["Destination"]["ToAddresses"])
    mail["Subject"], mail["Date"] = content["Subject"]["Data"], formatdate()
    mail.set_content(content["Body"]["Text"]["Data"], cte="8bit")
    return mail


async def _answer(send: Send, status: int, document: Message) -> None:
    body = json.dumps(document).encode()
    kind = [] if status == 200 else [(b"x-amzn-errortype", b"BadRequestException" if status == 400 else b"NotFoundException")]
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), *kind]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
