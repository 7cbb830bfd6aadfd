"""The engine as a process: who gets in, what it says when it cannot start, and that it leaves nothing behind."""

import os
import socket
import stat
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from local.aws.engine import Engine, EngineError, access_key
from tests.support.aws import client, create_table, tools_python


def test_another_key_sees_no_table(aws_engine: Engine) -> None:
    create_table(client(aws_engine))
    for stranger in ({"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE"}, {"AWS_SECRET_ACCESS_KEY": "a guess"}):
        for call in (client(aws_engine, **stranger).list_tables, client(aws_engine, "s3", **stranger).list_buckets):
            with pytest.raises(ClientError) as refusal:
                call()
            assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
            assert refusal.value.response["Error"]["Code"] in ("UnrecognizedClientException", "SignatureDoesNotMatch")


@pytest.mark.parametrize("path", ["/", "/_ministack/health", "/_ministack/reset", "/orrery-releases/key"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_an_unsigned_request_gets_nothing_from_any_path(aws_engine: Engine, path: str, method: str) -> None:
    request = urllib.request.Request(aws_engine.url + path, method=method, data=b"{}" if method == "POST" else None)
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request)
    assert refusal.value.code == 403
    assert b"Signature Version 4" in refusal.value.read()


@pytest.mark.parametrize("path", ["_ministack/reset", "_ministack/config"])
def test_the_key_does_not_open_the_engines_own_administration(aws_engine: Engine, path: str) -> None:
    with pytest.raises(ClientError, match="is not served"):
        _signed_get(aws_engine, path)


def _signed_get(engine: Engine, path: str) -> None:
    """S3's client refuses such a bucket name itself, so the path is put in after its checks and before signing."""
    s3 = client(engine, "s3")

    def redirect(request: object, **_: object) -> None:
        request.url = f"{engine.url}/{path}"  # type: ignore[attr-defined]

    s3.meta.events.register_first("before-sign.s3", redirect)
    s3.list_buckets()


def test_another_service_is_refused_by_name(aws_engine: Engine) -> None:
    with pytest.raises(ClientError, match="serves dynamodb, kms, s3 and ses, not `states`"):
        client(aws_engine, "stepfunctions").list_state_machines()


def test_it_listens_on_loopback_only(aws_engine: Engine) -> None:
    inodes = {os.readlink(each) for each in Path(f"/proc/{aws_engine.pid}/fd").iterdir() if each.is_symlink()}
    listening = [
        line.split()[1]
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/{aws_engine.pid}/net/{table}").read_text().splitlines()[1:]
        if line.split()[3] == "0A" and f"socket:[{line.split()[9]}]" in inodes
    ]
    assert listening == [f"0100007F:{int(aws_engine.url.rpartition(':')[2]):04X}"]


def test_the_key_is_the_owners_alone_and_not_on_the_command_line(aws_engine: Engine) -> None:
    key = access_key(aws_engine.state)
    assert stat.S_IMODE((aws_engine.state / "key.json").stat().st_mode) == 0o600
    arguments = Path(f"/proc/{aws_engine.pid}/cmdline").read_text()
    assert key.id not in arguments
    assert key.secret not in arguments


def test_the_key_stays_the_same_and_differs_between_machines(tmp_path: Path) -> None:
    assert access_key(tmp_path / "a") == access_key(tmp_path / "a")
    assert access_key(tmp_path / "a") != access_key(tmp_path / "b")


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(EngineError, match=f"port {port} of 127.0.0.1 cannot be used: address already in use"):
            Engine(tmp_path, python=tools_python(), port=port).start()


def test_two_engines_do_not_share_a_directory(own_engine: Engine) -> None:
    with pytest.raises(EngineError, match="another engine already runs on"):
        Engine(own_engine.state, python=tools_python()).start()


def test_it_ends_cleanly_when_asked_and_keeps_its_port(own_engine: Engine) -> None:
    url = own_engine.url
    name = create_table(client(own_engine))
    assert own_engine.stop() == 0
    assert not (own_engine.state / "ready.json").exists()
    own_engine.start()
    assert own_engine.url == url
    assert client(own_engine).list_tables()["TableNames"] == [name]
    assert (own_engine.state / "engine.log").read_text() == ""


def test_it_ends_when_whoever_started_it_is_gone(own_engine: Engine) -> None:
    own_engine.let_go()
    assert own_engine.wait() == 0
