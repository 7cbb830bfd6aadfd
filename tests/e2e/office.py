"""What somebody who looks after an Organization does in the console beside its Deployments: each thing there and back again by clicks.

What came of a click is asked of another client, and looked for once more after a reload.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, expect

from tests.support.console import Console
from tests.support.platform import Platform
from tests.support.terminal import Desk

Json = dict[str, Any]


@dataclass(frozen=True)
class Office:
    console: Console
    platform: Platform
    deployment: Json
    folder: Path

    def names(self, *command: str, field: str = "name") -> set[str]:
        return {str(each[field]) for each in self.platform.rows(*command)}

    def choose(self, within: Locator, label: str, option: str) -> None:
        within.get_by_role("button", name=re.compile(f"^{label}")).click()
        self.console.page.get_by_role("option").filter(has_text=option).filter(visible=True).first.click()

    def fill(self, within: Locator, **fields: str) -> None:
        for label, value in fields.items():
            within.get_by_label(label.replace("_", " "), exact=True).fill(value)

    def answer(self, verb: str, typed: str = "") -> None:
        """Says it in the dialog, which goes when it is done; `typed` is what it wants to be typed first."""
        if typed:
            self.console.dialog.get_by_label(f"Type {typed} to go on").fill(typed)
        self.console.press(verb, self.console.dialog)
        expect(self.console.dialog).to_have_count(0)

    def again(self, words: str) -> None:
        """It is there after a reload."""
        self.console.page.reload()
        expect(self.console.row(words).first).to_be_visible()


def gathers_a_team_and_gives_it_a_role(office: Office) -> None:
    console, dialog = office.console, office.console.dialog
    console.turn_to("Teams")
    console.press("Create team")
    office.fill(dialog, Name="cooks", Description="who cook")
    office.choose(dialog, "Members", "owner@example.com")
    console.page.keyboard.press("Escape")
    console.press("Create", dialog)
    expect(console.heading("cooks")).to_be_visible()
    assert [each["username"] for each in office.platform.rows("team", "members", "cooks")] == ["owner@example.com"]
    console.press("Give a role")
    office.choose(dialog, "Workspace", "kitchen")
    office.choose(dialog, "Role", "Workspace Author")
    office.answer("Give")
    office.again("Workspace Author")
    assert "WORKSPACE_AUTHOR" in str(office.platform.cli("team", "get", "cooks"))
    console.page.get_by_role("button", name=re.compile("^Take owner@example.com out")).click()
    office.answer("Take out")
    assert office.platform.rows("team", "members", "cooks") == []


def gives_access_to_a_deployment_and_asks_why(office: Office) -> None:
    console, dialog = office.console, office.console.dialog
    console.open(f"/deployments/{office.deployment['id']}/access")
    console.press("Give access")
    office.choose(dialog, "Who", "cooks")
    dialog.get_by_label("One DAG").check()
    office.fill(dialog, DAG_id="fan_out")
    office.answer("Give access")
    office.again("DAG fan_out")
    assert "fan_out" in str(office.platform.cli("team", "get", "cooks"))
    console.press("Take away the role of cooks on DAG fan_out")
    office.answer("Take away")
    assert "fan_out" not in str(office.platform.cli("team", "get", "cooks"))

    office.choose(console.page.locator("main"), "Who", "owner")
    office.choose(console.page.locator("main"), "What", "deployment.update")
    console.press("Explain")
    expect(console.page.get_by_text(re.compile("may do this$"))).to_be_visible()
    expect(console.page.get_by_text("Organization Owner on")).to_be_visible()


def lets_the_team_go(office: Office) -> None:
    office.console.turn_to("Teams")
    office.console.page.get_by_role("link", name="cooks").click()
    office.console.press("Delete")
    office.answer("Delete")
    expect(office.console.heading("Teams")).to_be_visible()
    assert "cooks" not in office.names("team", "list")


def makes_a_token_and_takes_it_back(office: Office) -> None:
    console = office.console
    console.turn_to("API tokens")
    console.press("Create token")
    office.fill(console.dialog, Name="nightly")
    console.press("Create", console.dialog)
    robot = Desk(console.url, office.folder / "robot", console.page.locator("[data-secret]").inner_text())
    office.answer("Done")
    assert robot.says("whoami")["tokenSource"]
    office.again("nightly")
    console.page.get_by_role("link", name="nightly").click()
    console.press("Delete")
    office.answer("Delete", typed="nightly")
    assert robot.may_not("whoami") == "unauthenticated"


def writes_a_role(office: Office) -> None:
    console, dialog = office.console, office.console.dialog
    console.turn_to("Roles")
    console.press("Create role")
    office.fill(dialog, Name="Pager")
    dialog.get_by_label("Begin with").click()
    console.page.get_by_role("option").filter(visible=True).first.click()
    office.answer("Create")
    office.again("Pager")
    assert "Pager" in office.names("role", "list")
    console.press("Edit the role Pager")
    office.fill(dialog, Description="who is called at night")
    office.answer("Save")
    assert "who is called at night" in str(office.platform.rows("role", "list"))
    console.press("Delete the role Pager")
    office.answer("Delete")
    assert "Pager" not in office.names("role", "list")


def keeps_a_variable_for_all(office: Office) -> None:
    console, dialog = office.console, office.console.dialog
    console.turn_to("Environment")
    console.press("Create")
    console.page.get_by_role("menuitem", name="Airflow variable").click()
    office.choose(dialog, "Belongs to", "kitchen")
    office.fill(dialog, Key="region", Value="eu")
    office.answer("Create")
    office.again("region")
    workspace = office.deployment["workspaceId"]
    assert "region" in office.names("env", "airflow-variable", "list", "--workspace", workspace, field="objectKey")
    console.page.get_by_role("link", name="region").click()
    console.press("Edit")
    office.fill(dialog, Value="us")
    office.answer("Save")
    assert "us" in str(office.platform.cli("env", "airflow-variable", "get", "--key", "region", "--workspace", workspace))
    console.press("Delete")
    office.answer("Delete", typed="region")
    assert office.platform.rows("env", "airflow-variable", "list", "--workspace", workspace) == []


def changes_what_holds_for_all(office: Office) -> None:
    """A list that would keep its writer out is refused, and what was typed is still there."""
    console, dialog = office.console, office.console.dialog
    console.turn_to("Settings")
    office.fill(console.page.locator("main"), Name="The Kitchens")
    console.press("Save")
    expect(console.page.get_by_text("The Organization is changed.")).to_be_visible()
    assert office.platform.cli("organization", "get")["name"] == "The Kitchens"

    console.press("Add ranges")
    office.fill(dialog, Ranges="203.0.113.0/24")
    console.press("Add", dialog)
    expect(dialog.get_by_text("Request id")).to_be_visible()
    assert dialog.get_by_label("Ranges").input_value() == "203.0.113.0/24"
    office.fill(dialog, Ranges="203.0.113.0/24\n127.0.0.0/8\n::1/128")
    office.answer("Add")
    office.again("203.0.113.0/24")
    assert len(office.platform.rows("organization", "allowed-ip-range", "list")) == 3
    console.press("Remove all")
    office.answer("Remove")
    assert office.platform.rows("organization", "allowed-ip-range", "list") == []


def finds_it_all_in_the_audit_log(office: Office) -> None:
    office.console.turn_to("Audit log")
    for words in ("Create team", "Delete API token", "Update organization"):
        office.console.page.get_by_placeholder("Find records").fill(words)
        expect(office.console.row(words).first).to_contain_text("Done")


STEPS = (
    gathers_a_team_and_gives_it_a_role,
    gives_access_to_a_deployment_and_asks_why,
    lets_the_team_go,
    makes_a_token_and_takes_it_back,
    writes_a_role,
    keeps_a_variable_for_all,
    changes_what_holds_for_all,
    finds_it_all_in_the_audit_log,
)
"""In the order in which one builds on another."""
