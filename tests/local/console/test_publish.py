"""Publishing: a real bucket gets the files with the headers that browsers go by, and CloudFront is told what to ask for again."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from local.aws.engine import Engine
from local.console import publish
from local.console.files import Files
from local.state import Failure
from tests.support.aws import client, own_buckets

CONFIGURATION = '{"stage": "production"}'
NAMES = ["assets/index-3f2a91bc.css", "assets/index-3f2a91bc.js", "index.html", "mark.svg"]
IMMUTABLE, ASK_AGAIN = "public, max-age=31536000, immutable", "no-cache"


@pytest.fixture
def files(tmp_path: Path) -> Files:
    for name in NAMES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "config.json").write_text('{"stage": "somebody\'s own machine"}')
    return Files(tmp_path, CONFIGURATION)


@pytest.fixture
def told(aws_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """What the stack tells, with a bucket that is there."""
    for name, value in aws_engine.environment.items():
        monkeypatch.setenv(name, value)
    with own_buckets(aws_engine, monkeypatch, "CONSOLE_BUCKET") as buckets:
        yield {"ConsoleBucket": buckets["CONSOLE_BUCKET"].name, "ConsoleDistribution": "E2QWRUHAPOMQZL"}


def published(told: dict[str, str], files: Files, s3: Any) -> int:
    """One publishing; CloudFront takes exactly one invalidation of its own shape."""
    cloudfront = boto3.client("cloudfront", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(cloudfront) as stub:
        paths = {"Quantity": 2, "Items": ["/index.html", "/config.json"]}
        asked = {"DistributionId": told["ConsoleDistribution"], "InvalidationBatch": {"Paths": paths, "CallerReference": ANY}}
        stub.add_response("create_invalidation", {}, asked)
        sent = publish.publish(told, files.every(), s3, cloudfront)
        stub.assert_no_pending_responses()
    return sent


class Watched:
    """S3 that remembers the order of what was put."""

    def __init__(self, s3: Any) -> None:
        self.s3, self.put = s3, list[str]()

    def put_object(self, **asked: Any) -> None:
        self.put.append(asked["Key"])
        self.s3.put_object(**asked)

    def get_paginator(self, name: str) -> Any:
        return self.s3.get_paginator(name)


def test_every_file_is_there_with_its_type_and_how_long_to_keep_it(told: dict[str, str], files: Files, aws_engine: Engine) -> None:
    s3 = client(aws_engine, "s3")
    assert published(told, files, s3) == 5
    found = {name: s3.get_object(Bucket=told["ConsoleBucket"], Key=name) for name in [*NAMES, "config.json"]}
    assert {name: (each["ContentType"], each["CacheControl"]) for name, each in found.items()} == {
        "assets/index-3f2a91bc.css": ("text/css; charset=utf-8", IMMUTABLE),
        "assets/index-3f2a91bc.js": ("text/javascript; charset=utf-8", IMMUTABLE),
        "config.json": ("application/json; charset=utf-8", ASK_AGAIN),
        "index.html": ("text/html; charset=utf-8", ASK_AGAIN),
        "mark.svg": ("image/svg+xml", ASK_AGAIN),
    }
    assert json.loads(found["config.json"]["Body"].read()) == {"stage": "production"}


def test_the_index_comes_when_what_it_asks_for_is_there(told: dict[str, str], files: Files, aws_engine: Engine) -> None:
    s3 = Watched(client(aws_engine, "s3"))
    published(told, files, s3)
    assert s3.put[-2:] == ["config.json", "index.html"]


def test_a_second_build_sends_what_is_new_and_leaves_what_open_pages_still_ask_for(
    told: dict[str, str], files: Files, aws_engine: Engine
) -> None:
    s3 = Watched(client(aws_engine, "s3"))
    published(told, files, s3)
    s3.put.clear()
    (files.folder / "assets/index-3f2a91bc.js").rename(files.folder / "assets/index-77777777.js")
    published(told, files, s3)
    assert s3.put == ["assets/index-77777777.js", "mark.svg", "config.json", "index.html"]
    assert s3.s3.head_object(Bucket=told["ConsoleBucket"], Key="assets/index-3f2a91bc.js")


def test_a_stack_without_a_console_is_told_apart() -> None:
    cloudformation = boto3.client("cloudformation", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    stack = {"StackName": "orrery", "CreationTime": "2026-01-01T00:00:00Z", "StackStatus": "CREATE_COMPLETE"}
    with Stubber(cloudformation) as stub:
        given = [{"OutputKey": "ConsoleBucket", "OutputValue": "b"}, {"OutputKey": "ConsoleUrl", "OutputValue": "https://d.example"}]
        stub.add_response("describe_stacks", {"Stacks": [{**stack, "Outputs": given}]}, {"StackName": "orrery"})
        stub.add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": "orrery"})
        assert publish.outputs(cloudformation, "orrery") == {"ConsoleBucket": "b", "ConsoleUrl": "https://d.example"}
        with pytest.raises(Failure, match="make deploy"):
            publish.outputs(cloudformation, "orrery")


def test_a_stage_is_one_of_samconfig(tmp_path: Path) -> None:
    assert [publish._stack(publish.STAGES, stage)[0] for stage in ("default", "production")] == ["orrery", "orrery-production"]
    with pytest.raises(Failure, match="`staging`"):
        publish._stack(publish.STAGES, "staging")
