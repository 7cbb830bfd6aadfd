"""Where the command works and as whom: contexts, tokens, and what beats what."""

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from fake_plane import DEPLOYMENT, ORGANIZATION, TOKEN, WORKSPACE, Answer, Plane

Run = Callable[..., Result]


def test_a_token_given_on_stdin_is_checked_kept_for_the_owner_alone_and_used(
    orrery: Run, plane: Plane, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ORRERY_API_TOKEN")
    login = orrery("login", "--token", "-o", "json", stdin=f"Bearer {plane.token}\n")
    assert json.loads(login.stdout)["tokenSource"] == "file"
    assert plane.token not in login.stdout + login.stderr
    path = Path(environment["ORRERY_HOME"]) / "credentials.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert orrery("whoami").exit_code == 0
    assert json.loads(orrery("logout", "-o", "json").stdout) == {"context": "local", "loggedOut": True}
    assert orrery("whoami").exit_code == 1
    assert plane.token not in path.read_text()


def test_a_token_the_api_does_not_know_is_not_kept(orrery: Run, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ORRERY_API_TOKEN")
    assert orrery("login", "--token", stdin="another\n").exit_code == 1
    assert not (Path(environment["ORRERY_HOME"]) / "credentials.json").exists()


@pytest.mark.parametrize("text", ["", "two words", "two\nlines\n"])
def test_what_is_no_token_is_refused_before_it_is_sent(orrery: Run, plane: Plane, text: str) -> None:
    result = orrery("login", "--token", "-o", "json", stdin=text)
    assert json.loads(result.stderr)["kind"] == "input_required"
    assert plane.requests == []


def test_the_environments_token_goes_before_the_kept_one(orrery: Run, plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    orrery("login", "--token", stdin=plane.token)
    monkeypatch.setenv("ORRERY_API_TOKEN", "another")
    assert json.loads(orrery("whoami", "-o", "json").stderr)["kind"] == "unauthenticated"


def test_tokens_belong_to_their_context(orrery: Run, plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ORRERY_API_TOKEN")
    orrery("context", "set", "other", "--api-url", plane.url)
    orrery("login", "--token", stdin=plane.token)
    assert orrery("whoami").exit_code == 0
    orrery("context", "set", "third", "--api-url", plane.url, "--use")
    assert orrery("whoami").exit_code == 1
    assert orrery("whoami", "--context", "other").exit_code == 0


def test_a_context_says_where_to_work_and_an_option_says_otherwise(orrery: Run, plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ORRERY_API_URL")
    orrery("context", "set", "here", "--api-url", f"{plane.url}/v1/", "--organization", "Acme", "--workspace", "Data", "--use")
    assert json.loads(orrery("context", "show", "-o", "json").stdout)["apiUrl"] == plane.url
    assert orrery("deployment", "list").exit_code == 0
    assert plane.asked("GET", "/deployments")[-1].query["workspaceIds"] == ["cworkspace0000000000001aa"]
    orrery("deployment", "list", "--all")
    assert "workspaceIds" not in plane.asked("GET", "/deployments")[-1].query
    assert "no organization `Acne`" in orrery("--organization", "Acne", "deployment", "list").stderr
    assert "did you mean `Data`" in orrery("deployment", "list", "--workspace", "Dat").stderr


def test_a_token_is_shown_to_whoever_asks_for_it_and_to_nobody_else(orrery: Run, plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ORRERY_API_TOKEN")
    assert json.loads(orrery("context", "show", "--reveal", "-o", "json").stderr)["kind"] == "unauthenticated"
    orrery("login", "--token", stdin=plane.token)
    assert json.loads(orrery("context", "show", "--reveal", "-o", "json").stdout)["token"] == plane.token
    assert plane.token not in orrery("context", "show", "-o", "json").stdout


def test_a_context_that_was_never_set_is_not_found(orrery: Run) -> None:
    for words in (["context", "use", "nowhere"], ["--context", "nowhere", "context", "show"]):
        result = orrery(*words, "-o", "json")
        assert json.loads(result.stderr)["kind"] == "not_found"


def test_an_address_that_is_none_is_refused(orrery: Run) -> None:
    assert "`ftp://x` is not an http or https address" in orrery("context", "set", "x", "--api-url", "ftp://x").stderr


def test_a_broken_settings_file_is_told_with_its_path(orrery: Run, environment: dict[str, str]) -> None:
    home = Path(environment["ORRERY_HOME"])
    home.mkdir()
    (home / "config.json").write_text("{")
    result = orrery("context", "show")
    assert str(home / "config.json") in result.stderr
    assert result.exit_code == 2


def test_a_tokens_roles_are_shown_without_changing_anything(plane: Plane, orrery: Run) -> None:
    shown = orrery("token", "roles", "ci", "-o", "json")

    assert json.loads(shown.stdout) == {
        "organizationRole": "ORGANIZATION_MEMBER",
        "workspaceRoles": [],
        "deploymentRoles": [],
        "dagRoles": [],
    }
    assert plane.asked("POST") == []


def test_a_token_is_added_to_a_workspace_and_keeps_its_role_at_home(plane: Plane, orrery: Run) -> None:
    done = orrery("token", "roles", "ci", "--workspace-role", "Data=WORKSPACE_AUTHOR", "--deployment-role", "etl=DEPLOYMENT_ADMIN")

    assert done.exit_code == 0, done.output
    assert plane.asked("POST", f"/tokens/{TOKEN}/roles")[0].json == {
        "roles": [
            {"entityType": "ORGANIZATION", "entityId": ORGANIZATION, "role": "ORGANIZATION_MEMBER"},
            {"entityType": "WORKSPACE", "entityId": WORKSPACE, "role": "WORKSPACE_AUTHOR"},
            {"entityType": "DEPLOYMENT", "entityId": DEPLOYMENT, "role": "DEPLOYMENT_ADMIN"},
        ]
    }


def test_a_tokens_roles_on_dags_stay_when_others_change(plane: Plane, orrery: Run) -> None:
    home = {"entityType": "ORGANIZATION", "entityId": ORGANIZATION, "role": "ORGANIZATION_MEMBER"}
    held = [
        {"entityType": "DAG", "entityId": "weather", "deploymentId": DEPLOYMENT, "role": "DAG_VIEWER"},
        {"entityType": "DAG_TAG", "entityId": "finance", "deploymentId": DEPLOYMENT, "role": "DAG_AUTHOR"},
    ]
    token = {"id": TOKEN, "name": "ci", "roles": [home | {"deploymentId": None}, *held]}
    plane.answer("GET", f"/v1/organizations/{ORGANIZATION}/tokens", Answer(body={"tokens": [token], "totalCount": 1}))

    done = orrery("token", "roles", "ci", "--organization-role", "ORGANIZATION_OWNER")

    assert done.exit_code == 0, done.output
    assert plane.asked("POST", f"/tokens/{TOKEN}/roles")[0].json == {"roles": [home | {"role": "ORGANIZATION_OWNER"}, *held]}


def test_the_secret_of_an_agent_token_is_shown_once(plane: Plane, orrery: Run) -> None:
    made = orrery("deployment", "agent-token", "create", "edge", "--expires-in-days", "90")

    assert "an.agent.token" in made.stdout
    assert "shown this once" in made.stderr
    path = f"/deployments/{DEPLOYMENT}/agent-tokens"
    assert plane.asked("POST", path)[0].json == {"name": "edge", "description": "", "tokenExpiryPeriodInDays": 90}
    assert orrery("deployment", "agent-token", "delete", "edg", "--yes").exit_code == 1
    assert plane.asked("DELETE") == []
