"""SES on this machine: a mail is a file that only its owner reads."""

import email
from email import policy
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws.engine import Engine
from tests.support.aws import client


def simple(subject: str = "Grüße", text: str = "Ein Link:\n\nhttp://localhost/#token=x\n") -> dict[str, Any]:
    said = {"Subject": {"Data": subject, "Charset": "UTF-8"}, "Body": {"Text": {"Data": text, "Charset": "UTF-8"}}}
    return {"FromEmailAddress": "a@example.com", "Destination": {"ToAddresses": ["b@example.com"]}, "Content": {"Simple": said}}


def test_a_mail_becomes_a_file_that_only_its_owner_reads(own_engine: Engine) -> None:
    id = client(own_engine, "sesv2").send_email(**simple())["MessageId"]

    folder = own_engine.state / "mail"
    (path,) = folder.glob("*")
    mail = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    assert path.name == f"{id}.eml"
    assert (mail["From"], mail["To"], mail["Subject"]) == ("a@example.com", "b@example.com", "Grüße")
    assert mail.get_content() == "Ein Link:\n\nhttp://localhost/#token=x\n"
    assert [folder.stat().st_mode & 0o777, path.stat().st_mode & 0o777] == [0o700, 0o600]


def test_other_kinds_of_mail_and_other_operations_are_not_pretended(own_engine: Engine) -> None:
    ses = client(own_engine, "sesv2")

    with pytest.raises(ClientError, match="only simple mails"):
        ses.send_email(**simple() | {"Content": {"Raw": {"Data": b"x"}}})
    with pytest.raises(ClientError, match="only simple mails"):
        ses.send_email(**simple(subject="one\nBcc: all@example.com"))
    with pytest.raises(ClientError, match="only SendEmail is here"):
        ses.get_account()
    assert list((own_engine.state / "mail").glob("*")) == []


def test_another_key_mails_nothing(own_engine: Engine) -> None:
    with pytest.raises(ClientError):
        client(own_engine, "sesv2", AWS_SECRET_ACCESS_KEY="somebody else's").send_email(**simple())
