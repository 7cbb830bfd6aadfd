"""A working day in the console: a real browser, the real platform, a real Airflow.

Every change goes through clicks, is looked at through another client of the API, and is still there after a reload.
"""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from local.main_job import QUICK
from tests.e2e import office
from tests.e2e.airflow import deployment
from tests.support.console import WIDTHS, Console, settle
from tests.support.platform import ROOT, Platform

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1200)]

LONG = 300_000
"""Milliseconds: an Airflow starts, or a DAG run ends, while other tests run beside it."""
SCRIPT = '"><img src=x onerror="window.ran=1"><script>window.ran=1</script>'
"""What somebody may call a thing, and what must never become more than a name."""
WORKSPACE = f"kitchen {SCRIPT}"[:50]
ADA = "ada@example.com"


@pytest.fixture(scope="module")
def platform(platform_at_work: Platform) -> Platform:
    return platform_at_work


@pytest.fixture(scope="module")
def signed_in(browser: Browser) -> Iterator[BrowserContext]:
    """One person's browser for the whole day: a sign-in lasts."""
    context = browser.new_context(viewport={"width": 1280, "height": WIDTHS[1280]})
    context.set_default_timeout(30_000)
    yield context
    context.close()


@pytest.fixture
def console(platform: Platform, signed_in: BrowserContext) -> Iterator[Console]:
    page = signed_in.new_page()
    yield Console(page, f"http://localhost:{platform.port}", (platform.state / "sign-in" / "code").read_text().strip())
    assert page.evaluate("window.ran") is None, "a name became a script"
    page.close()


@pytest.fixture
def orbit(platform: Platform) -> Any:
    return deployment(platform, "orbit")


def test_a_newcomer_signs_in_and_makes_a_workspace(platform: Platform, console: Console) -> None:
    console.sign_in()
    console.turn_to("Workspaces")
    console.press("Create Workspace")
    console.dialog.get_by_label("Name").fill(WORKSPACE)
    console.dialog.get_by_label("Description").fill(SCRIPT)
    console.press("Create", console.dialog)
    expect(console.heading(WORKSPACE)).to_be_visible()
    assert WORKSPACE in [each["name"] for each in platform.rows("workspace", "list")]
    console.page.reload()
    expect(console.heading(WORKSPACE)).to_be_visible()


def test_a_deployment_is_made_and_what_the_api_refuses_stands_at_its_field(platform: Platform, console: Console) -> None:
    console.open("/deployments")
    console.page.get_by_role("link", name="Create Deployment").click()
    name = console.page.get_by_label("Name", exact=True).first
    name.fill("orbit")
    console.page.get_by_role("button", name=re.compile("^Workspace")).click()
    console.page.get_by_role("option").filter(has_text="kitchen").click()
    console.press("Add a queue")
    heavy = console.page.get_by_role("group", name="Queue without a name yet")
    heavy.get_by_label("Name").fill("heavy")
    heavy = console.page.get_by_role("group", name="Queue heavy")
    for label, value in {"Fewest workers": "0", "Most workers": "0", "Tasks at a time": "2"}.items():
        heavy.get_by_label(label).fill(value)
    console.page.get_by_role("group", name="Queue default").get_by_label("Fewest workers").fill("0")

    console.press("Create")
    expect(console.page.get_by_text("Request id").first).to_be_visible()
    assert heavy.get_by_label("Most workers").get_attribute("aria-invalid") == "true"
    assert (name.input_value(), heavy.get_by_label("Name").input_value()) == ("orbit", "heavy")

    heavy.get_by_label("Most workers").fill("2")
    console.press("Create")
    expect(console.heading("orbit")).to_be_visible()
    expect(console.page.get_by_text("Healthy", exact=True).first).to_be_visible(timeout=LONG)
    made = deployment(platform, "orbit")
    assert {each["name"]: each["maxWorkerCount"] for each in made["workerQueues"]}["heavy"] == 2
    console.page.reload()
    expect(console.page.get_by_text("Healthy", exact=True).first).to_be_visible()


def test_code_is_deployed_from_a_folder(platform: Platform, console: Console, orbit: Any) -> None:
    deploy(console, orbit, ROOT / "examples" / "hello", "the first code")
    (first,) = platform.rows("deploy", "list", orbit["id"])
    assert (first["status"], first["description"]) == ("DEPLOYED", "the first code")
    console.page.reload()
    expect(console.row("the first code")).to_contain_text("Live", timeout=LONG)


def test_a_dag_runs_and_its_queue_is_seen_to_scale(platform: Platform, console: Console, orbit: Any) -> None:
    console.open(f"/deployments/{orbit['id']}/dags")
    switch = console.page.get_by_label("fan_out runs by its schedule")
    expect(switch).to_be_attached(timeout=LONG)
    switch.check()
    console.press("Run fan_out")
    console.dialog.get_by_label("Configuration").fill(json.dumps(QUICK))
    console.press("Run", console.dialog)
    expect(console.page.get_by_text("A run of fan_out")).to_be_visible()
    expect(console.page.get_by_role("definition").filter(has_text="Success")).to_be_visible(timeout=LONG)
    console.page.get_by_role("link", name="summary", exact=True).click()
    expect(console.page.get_by_role("log")).to_contain_text("°C")
    console.page.reload()
    expect(console.page.get_by_role("log")).to_contain_text("°C")
    decisions = platform.rows("deployment", "scaling-decisions", orbit["id"])
    assert [each for each in decisions if each["queue"] == "heavy" and each["action"] == "LAUNCH"]

    console.open(f"/deployments/{orbit['id']}/queues")
    expect(console.page.get_by_text("Start workers").first).to_be_visible()
    expect(console.page.locator("canvas").first).to_be_visible()


def test_a_bad_deploy_is_rolled_back(platform: Platform, console: Console, orbit: Any, tmp_path: Path) -> None:
    project = tmp_path / "hello"
    shutil.copytree(ROOT / "examples" / "hello", project)
    (project / "dags" / "broken.py").write_text("import what_is_not_there\n")
    deploy(console, orbit, project, "a mistake")
    first = next(each for each in platform.rows("deploy", "list", orbit["id"]) if each["description"] == "the first code")
    assert deployment(platform, "orbit")["desiredDagTarballVersion"] != first["dagTarballVersion"]

    console.press("Actions of the deploy the first code")
    console.page.get_by_role("menuitem", name="Roll back to this").click()
    console.dialog.get_by_label("Why").fill("it broke")
    console.press("Roll back", console.dialog)
    expect(console.dialog).to_have_count(0)
    newest = max(platform.rows("deploy", "list", orbit["id"]), key=lambda each: each["createdAt"])
    assert (newest["rollbackFromId"] is not None, newest["description"]) == (True, "it broke")
    assert deployment(platform, "orbit")["desiredDagTarballVersion"] == first["dagTarballVersion"]
    console.page.reload()
    expect(console.row("it broke")).to_contain_text("Live", timeout=LONG)


def test_somebody_is_invited_and_the_invitation_revoked(platform: Platform, console: Console) -> None:
    console.open("/people")
    console.press("Invite")
    console.dialog.get_by_label("E-mail address").fill(ADA)
    console.press("Invite", console.dialog)
    expect(console.dialog).to_contain_text("A link for")
    console.press("Done", console.dialog)
    assert ADA in json.dumps(platform.cli("user", "invites"))
    console.page.reload()
    console.press(f"Revoke the invitation of {ADA}")
    console.press("Revoke", console.dialog)
    expect(console.dialog).to_have_count(0)
    assert ADA not in json.dumps(platform.cli("user", "invites"))


def test_what_a_deployment_is_can_be_changed(platform: Platform, console: Console, orbit: Any) -> None:
    console.open(f"/deployments/{orbit['id']}/edit")
    console.page.get_by_label(re.compile("^Description")).fill("for dinner")
    console.page.get_by_role("group", name="Queue heavy").get_by_label("Most workers").fill("3")
    console.press("Save")
    expect(console.heading("orbit")).to_be_visible()
    changed = deployment(platform, "orbit")
    assert changed["description"] == "for dinner"
    assert {each["name"]: each["maxWorkerCount"] for each in changed["workerQueues"]}["heavy"] == 3
    console.page.reload()
    expect(console.page.get_by_text("for dinner").first).to_be_visible()


@pytest.mark.parametrize("step", office.STEPS, ids=lambda step: step.__name__)
def test_an_organization_is_looked_after(
    step: Callable[[office.Office], None], platform: Platform, console: Console, orbit: Any, tmp_path: Path
) -> None:
    console.open("/")
    step(office.Office(console, platform, orbit, tmp_path))


def test_a_deployment_sleeps_and_who_opens_its_airflow_wakes_it(platform: Platform, console: Console, orbit: Any) -> None:
    console.open(f"/deployments/{orbit['id']}")
    console.press("Actions for orbit")
    console.page.get_by_role("menuitem", name="Put to sleep …").click()
    console.press("Put to sleep", console.dialog)
    expect(console.dialog).to_have_count(0)
    platform.wait_until("it sleeps", lambda: deployment(platform, "orbit")["status"] == "HIBERNATING", 180)
    console.page.reload()
    console.press("Open Airflow")
    console.press("Wake it", console.dialog)
    expect(console.dialog).to_contain_text("Its Airflow answers.", timeout=LONG)
    with console.page.expect_popup() as opened:
        console.press("Open Airflow", console.dialog)
    expect(opened.value.get_by_role("link", name="Dags").first).to_be_visible(timeout=60_000)
    opened.value.close()
    assert deployment(platform, "orbit")["status"] == "HEALTHY"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_serves_every_eye_and_both_widths(console: Console, orbit: Any, scheme: Any) -> None:
    console.page.emulate_media(color_scheme=scheme)
    wrong: list[str] = []
    for width, height in WIDTHS.items():
        console.page.set_viewport_size({"width": width, "height": height})
        for path in paths(orbit):
            console.open(path)
            settle(console.page)
            found = console.complaints() + (["it is wider than its window"] if console.is_wider_than_its_window() else [])
            wrong += [f"{path} at {width} px, {scheme}: {each}" for each in found]
            assert console.page.evaluate("window.ran") is None, path
    assert wrong == []
    assert console.said == []


def test_the_day_ends_by_deleting_and_signing_out(platform: Platform, console: Console, orbit: Any) -> None:
    console.open(f"/deployments/{orbit['id']}")
    console.press("Actions for orbit")
    console.page.get_by_role("menuitem", name="Delete …").click()
    console.dialog.get_by_role("textbox").fill("orbit")
    console.press("Delete", console.dialog)
    expect(console.heading("Deployments")).to_be_visible()
    platform.wait_until("it is gone", lambda: deployment(platform, "orbit") is None, 180)

    console.page.get_by_role("banner").get_by_role("button").filter(visible=True).last.click()
    console.page.get_by_role("menuitem", name="Sign out", exact=True).click()
    expect(console.page.get_by_role("button", name="Sign in")).to_be_visible()
    console.page.reload()
    expect(console.page.get_by_role("button", name="Sign in")).to_be_visible()


def deploy(console: Console, to: Any, project: Path, words: str) -> None:
    console.open(f"/deployments/{to['id']}/deploys")
    console.page.get_by_role("button", name="Deploy DAGs").first.click()
    console.page.get_by_label("Folder of DAGs").set_input_files(project)
    console.dialog.get_by_label("Description").fill(words)
    console.press("Deploy", console.dialog)
    expect(console.dialog).to_have_count(0, timeout=60_000)
    expect(console.row(words)).to_be_visible()


def paths(of: Any) -> list[str]:
    tabs = ["", "/dags", "/deploys", "/queues", "/logs", "/environment", "/access", "/details"]
    places = ["workspaces", "environment", "clusters", "people", "teams", "roles", "tokens", "audit-log", "settings"]
    inside = [f"/deployments/{of['id']}{tab}" for tab in tabs]
    return ["/", "/deployments", "/deployments/new", *inside, *(f"/{place}" for place in places)]
