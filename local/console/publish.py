"""Puts a built console where a deployed stage serves it: files into its bucket, the index last, and CloudFront told to ask again.

Files of earlier builds stay: a page that somebody has open still fetches them.
"""

import tomllib
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from local.console import build
from local.console.files import CONFIGURATION, IMMUTABLE, INDEX, File, Files
from local.progress import Screen
from local.state import ROOT, Failure, State

STAGES = ROOT / "samconfig.toml"


def run(state: State, screen: Screen, stage: str) -> None:
    """Raises `Failure` when there is no such stage, no stack of it, or AWS refuses."""
    build.ensure(state, screen)
    name, session = _stack(STAGES, stage)
    try:
        told = outputs(session.client("cloudformation"), name)
        with screen.step(f"Publishing the console of `{name}`") as step:
            sent = publish(
                told, Files(build.BUILT, told["ConsoleConfiguration"]).every(), session.client("s3"), session.client("cloudfront")
            )
            step.say(f"{sent} files")
    except (BotoCoreError, ClientError) as error:
        raise Failure(f"the console of `{name}` is not published: {error}") from error
    screen.line(f"  Console  {told['ConsoleUrl']}/")


def outputs(cloudformation: Any, stack: str) -> dict[str, str]:
    """What a stack tells of itself, by name."""
    (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    told = {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}
    if "ConsoleBucket" not in told:
        raise Failure(f"the stack `{stack}` has no console yet: deploy it first, with `make deploy`")
    return told


def publish(told: Mapping[str, str], files: Iterable[File], s3: Any, cloudfront: Any) -> int:
    """Sends what is not there yet; the number of files sent."""
    bucket, sent = told["ConsoleBucket"], 0
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    there = {each["Key"]: each["ETag"] for page in pages for each in page.get("Contents", [])}
    for file in files:
        if file.keep == IMMUTABLE and there.get(file.key) == file.tag:
            continue
        s3.put_object(Bucket=bucket, Key=file.key, Body=file.body, ContentType=file.type, CacheControl=file.keep)
        sent += 1
    paths = [f"/{INDEX}", f"/{CONFIGURATION}"]
    batch = {"Paths": {"Quantity": len(paths), "Items": paths}, "CallerReference": uuid.uuid4().hex}
    cloudfront.create_invalidation(DistributionId=told["ConsoleDistribution"], InvalidationBatch=batch)
    return sent


def _stack(stages: Path, stage: str) -> tuple[str, boto3.Session]:
    written = tomllib.loads(stages.read_text())
    parameters = written.get(stage, {}).get("deploy", {}).get("parameters", {})
    if "stack_name" not in parameters:
        raise Failure(f"samconfig.toml has no stage `{stage}` with a stack_name")
    return parameters["stack_name"], boto3.Session(region_name=parameters.get("region"), profile_name=parameters.get("profile"))
