"""The unmodified `astro` CLI, 1.43 or newer, against a platform of its own; collected only where ORRERY_ASTRO_CLI names its binary."""

import json
import os
import pathlib
import re
import shutil
import subprocess
from typing import Any

import pytest

from tests.support.platform import ROOT, Platform
from tests.support.workers import own_state

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]
ID = re.compile(r"c[a-z0-9]{24}")


class Astro:
    """The command in a home of its own, with the owner's token; nothing is asked and nothing is sent elsewhere."""

    def __init__(self, platform: Platform, home: pathlib.Path) -> None:
        self.home = home
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(home), "ASTRO_HOME": str(home), "ASTRO_DOMAIN": "localhost",
            "ASTRO_API_TOKEN": platform.token, "ASTRO_TELEMETRY_DISABLED": "1",
        }  # fmt: skip
        self("config", "set", "-g", "local.core", f"http://localhost:{platform.port}")
        self("config", "set", "-g", "upgrade_message", "false")

    def __call__(self, *arguments: str, where: pathlib.Path | None = None) -> str:
        """What it prints, without the line that says which token it uses; it must end well."""
        run = subprocess.run(
            [os.environ["ORRERY_ASTRO_CLI"], *arguments],
            cwd=where or self.home, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
            timeout=120,
        )  # fmt: skip
        assert run.returncode == 0, f"astro {' '.join(arguments)}:\n{run.stdout}{run.stderr}"
        return run.stdout.removeprefix("Using an Astro API Token\n")

    def operation(self, id: str, *arguments: str) -> Any:
        """`astro api cloud`: found in our own OpenAPI document."""
        return json.loads(self("api", "cloud", id, *arguments))


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    platform = Platform(own_state(tmp_path_factory.mktemp("astro")))
    platform.up()
    yield platform
    platform.end()


@pytest.fixture(scope="module")
def astro(platform, tmp_path_factory):
    platform.wait_until("the main job has ended well", lambda: "Try next" in platform.said(), 600)
    astro = Astro(platform, tmp_path_factory.mktemp("home"))
    astro("workspace", "switch", platform.cli("workspace", "list")["workspaces"][0]["id"])
    return astro


@pytest.fixture(scope="module")
def hello(platform, astro):
    return platform.cli("deployment", "inspect", "hello")


def healthy(platform: Platform, id: str) -> Any:
    seen = platform.cli("deployment", "inspect", id)
    return seen if seen["status"] == "HEALTHY" else None


def healthy_soon(platform: Platform, deployment: Any) -> Any:
    return platform.wait_until("it is healthy", lambda: healthy(platform, deployment["id"]), 240)


def test_it_finds_what_there_is(astro, hello):
    assert hello["organizationId"] in astro("organization", "list")
    assert hello["workspaceId"] in astro("workspace", "list")
    assert {hello["id"], hello["namespace"]} <= set(astro("deployment", "list").split())
    assert f"deployment_id: {hello['id']}" in astro("deployment", "inspect", "-n", "hello")


@pytest.mark.parametrize("operation", ["ListDeployments", "GetSelfUser", "GetDeploymentOptions", "ListClusters"])
def test_it_calls_operations_by_their_names_in_our_document(astro, operation):
    assert astro.operation(operation)


def test_it_deploys_dags_in_one_go_and_in_blocks(platform, astro, hello, tmp_path):
    (tmp_path / ".astro").mkdir()
    (tmp_path / ".astro" / "config.yaml").write_text("project:\n  name: hello\n")
    (tmp_path / "Dockerfile").write_text("FROM astrocrpublic.azurecr.io/runtime:3.3-1\n")
    shutil.copytree(ROOT / "examples" / "hello" / "dags", tmp_path / "dags")
    small = astro("deploy", hello["id"], "--dags", "-f", where=tmp_path)

    (tmp_path / "dags" / "table.bin").write_bytes(os.urandom(3_000_000))
    large = astro("deploy", hello["id"], "--dags", "-f", "--description", "blocks", where=tmp_path)

    versions = [re.findall(r"DAG bundle: +(\S+)", said)[0] for said in (small, large)]
    deploys = platform.cli("deploy", "list", "--deployment", "hello")["deploys"]
    assert [(each["status"], each["dagTarballVersion"]) for each in deploys[:2]] == [("DEPLOYED", version) for version in versions[::-1]]
    assert deploys[0]["description"] == "blocks"


def test_it_changes_variables_and_keeps_secrets(platform, astro, hello):
    astro("deployment", "variable", "create", "-n", "hello", "QUIET=shh", "--secret")
    astro("deployment", "variable", "create", "-n", "hello", "LOUD=one")
    said = astro("deployment", "variable", "update", "-n", "hello", "LOUD=two")
    assert "shh" not in said
    kept = {each["key"]: (each["value"], each["isSecret"]) for each in healthy_soon(platform, hello)["environmentVariables"]}
    assert kept == {"QUIET": ("", True), "LOUD": ("two", False)}


def test_it_makes_changes_and_removes_worker_queues(platform, astro, hello):
    queue = ["-d", hello["id"], "--name=fast", "--min-count=0", "--concurrency=4", "--worker-type=a10"]
    astro("deployment", "worker-queue", "create", *queue, "--max-count=3")
    astro("deployment", "worker-queue", "update", *queue, "--max-count=2", "--force")
    changed = {each["name"]: each["maxWorkerCount"] for each in platform.cli("deployment", "inspect", "hello")["workerQueues"]}
    assert changed["fast"] == 2
    astro("deployment", "worker-queue", "delete", "-d", hello["id"], "--name=fast", "--force")
    assert {each["name"] for each in healthy_soon(platform, hello)["workerQueues"]} == {"default", "heavy"}


def test_it_puts_a_deployment_to_sleep_and_wakes_it(platform, astro, hello):
    astro("deployment", "hibernate", hello["id"], "--force")
    platform.wait_until("it sleeps", lambda: platform.cli("deployment", "inspect", "hello")["status"] == "HIBERNATING", 240)
    astro("deployment", "wake-up", hello["id"], "--force")
    assert healthy_soon(platform, hello)


def test_it_makes_rotates_and_deletes_tokens(astro, hello):
    place = ["--deployment-id", hello["id"], "--name", "ci"]
    first = astro("deployment", "token", "create", *place, "--role", "DEPLOYMENT_ADMIN", "--clean-output").strip()
    second = astro("deployment", "token", "rotate", *place, "--force", "--clean-output").strip()
    assert first.startswith("eyJ")
    assert second.startswith("eyJ")
    assert first != second
    assert ID.search(astro("deployment", "token", "list", "--deployment-id", hello["id"]))
    astro("deployment", "token", "delete", *place, "--force")
    assert not ID.search(astro("deployment", "token", "list", "--deployment-id", hello["id"]))


def test_it_makes_and_deletes_a_deployment(platform, astro):
    where = ["--runtime-version", "3.3-1", "--cloud-provider", "aws", "--region", "us-east-1", "--development-mode", "enable"]
    astro("deployment", "create", "--name", "by-astro", *where)
    platform.wait_until("it is healthy", lambda: healthy(platform, "by-astro"), 240)
    astro("deployment", "delete", "-n", "by-astro", "--force")
    platform.wait_until(
        "it is gone", lambda: {each["name"] for each in platform.cli("deployment", "list")["deployments"]} == {"hello"}, 240
    )
