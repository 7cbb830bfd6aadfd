"""The console and the API under one address, as the template's distribution says it: files, pages, and what goes on to the API."""

import json
import subprocess
from concurrent.futures import Future
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local import edge, environments, template
from local.cloudformation import load
from local.console import build
from local.console.files import Files
from local.edge import Edge, Viewer
from local.gateway import Gateway
from local.invocation import Invocation
from local.progress import Screen
from local.state import ROOT, State
from local.template import Stack
from tests.local.test_gateway import Client

SCRIPT = "assets/index-3f2a91bc.js"
CONFIGURATION = '{"apiUrl": ""}'


class Api:
    """Every function of the template: answers with the event that it got."""

    def submit(self, name: str, payload: bytes) -> "Future[Invocation]":
        done: Future[Invocation] = Future()
        answer = {"statusCode": 404, "headers": {"content-type": "application/json"}, "body": payload.decode()}
        done.set_result(Invocation(json.dumps(answer).encode()))
        return done


@pytest.fixture(scope="module")
def stack() -> Stack:
    return template.read(ROOT / "template.yaml", parameters={"AirflowOrigins": "https://*.airflow.example.com,https://*.lab.example.com"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A console as small as one can be, beside something that is nobody's business."""
    dist = tmp_path / "dist"
    for name, text in {"index.html": "<!doctype html><title>Orrery</title>", "mark.svg": "<svg/>", SCRIPT: "export {}"}.items():
        (dist / name).parent.mkdir(parents=True, exist_ok=True)
        (dist / name).write_text(text)
    (tmp_path / "secret.txt").write_text("hunter2")
    (dist / "out.txt").symlink_to(tmp_path / "secret.txt")
    return dist


@pytest.fixture
def client(stack: Stack, folder: Path) -> Client:
    assert stack.distribution
    return Client(Edge(stack.distribution, Gateway(stack, Api()), Files(folder, CONFIGURATION)))


# -- pages and files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/", "/deployments", "/deployments/abc", "/deployments/abc/dags/daily.report", "/sign-in", "/v1", "/%2e%2e/x"]
)
def test_every_address_of_a_page_is_answered_with_the_console(client: Client, path: str) -> None:
    answer = client("GET", path)
    assert (answer.status, answer.body) == (200, b"<!doctype html><title>Orrery</title>")
    assert answer.header("content-type") == "text/html; charset=utf-8"
    assert answer.header("cache-control") == "no-cache"


def test_a_page_may_load_nothing_but_the_consoles_own_files_and_ask_nobody_but_its_api_and_airflows(client: Client) -> None:
    answer = client("GET", "/deployments/abc")
    policy = dict(each.split(" ", 1) for each in str(answer.header("content-security-policy")).split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self' data:",
        "connect-src": "'self' https://*.airflow.example.com https://*.lab.example.com",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "object-src": "'none'",
    }
    assert answer.header("x-content-type-options") == "nosniff"
    assert answer.header("x-frame-options") == "DENY"
    assert answer.header("referrer-policy") == "same-origin"
    assert answer.header("strict-transport-security") == "max-age=31536000"
    assert "camera=()" in str(answer.header("permissions-policy"))


def test_a_hashed_file_is_kept_for_a_year_and_every_other_is_asked_for_again(client: Client) -> None:
    script = client("GET", f"/{SCRIPT}")
    assert (script.status, script.body, script.header("content-type")) == (200, b"export {}", "text/javascript; charset=utf-8")
    assert script.header("cache-control") == "public, max-age=31536000, immutable"
    mark = client("GET", "/mark.svg")
    assert (mark.header("content-type"), mark.header("cache-control")) == ("image/svg+xml", "no-cache")


def test_the_configuration_is_this_stages_and_no_file_of_the_build(client: Client, folder: Path) -> None:
    (folder / "config.json").write_text("{}")
    answer = client("GET", "/config.json")
    assert (answer.body.decode(), answer.header("content-type")) == (CONFIGURATION, "application/json; charset=utf-8")
    assert answer.header("cache-control") == "no-cache"


def test_what_has_not_changed_is_not_sent_again(client: Client) -> None:
    tag = str(client("GET", "/").header("etag"))
    again = client("GET", "/", headers=[("if-none-match", tag)])
    assert (again.status, again.body, again.header("etag")) == (304, b"", tag)


def test_head_has_no_body(client: Client) -> None:
    answer = client("HEAD", "/deployments")
    assert (answer.status, answer.body, answer.header("content-length")) == (200, b"", "36")


@pytest.mark.parametrize("path", ["/assets/nope-1234.js", "/assets/", "/assets/index", "/favicon.ico", "/robots.txt"])
def test_a_file_that_is_not_there_is_no_page(client: Client, path: str) -> None:
    answer = client("GET", path)
    assert answer.status == 404
    assert b"<title>" not in answer.body
    assert answer.header("cache-control") == "no-store"
    assert answer.header("content-security-policy")


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../../secret.txt", "/assets/..%2f..%2fsecret.txt", "/assets/%2e%2e/%2e%2e/secret.txt", "/assets//secret.txt",
        "/assets/./index.html", "/..%2fsecret.txt", "/out.txt", "/assets/%00.js", "//secret.txt", "/assets/..%5c..%5csecret.txt",
    ],
)  # fmt: skip
def test_no_way_leads_out_of_the_consoles_folder(client: Client, path: str) -> None:
    answer = client("GET", path)
    assert b"hunter2" not in answer.body
    assert (answer.status, b"<title>" in answer.body) in ((404, False), (200, True))


def test_a_page_only_takes_what_reads_it(client: Client) -> None:
    assert client("POST", "/deployments", body=b"{}").status == 403


def test_without_a_console_the_api_works_and_a_page_says_what_to_do(stack: Stack, tmp_path: Path) -> None:
    assert stack.distribution
    client = Client(Edge(stack.distribution, Gateway(stack, Api()), Files(tmp_path / "none", CONFIGURATION)))
    page = client("GET", "/deployments")
    assert (page.status, b"make console" in page.body) == (503, True)
    assert client("GET", "/v1/organizations").json()["rawPath"] == "/v1/organizations"


# -- what goes on to the API -----------------------------------------------------------------------------------------------

FOR_BROWSERS = ["/v1/organizations", "/sign-in/v1/token", "/private/v1alpha1/x", "/spec/v1.0", "/uploads/v1/x", "/invitations/v1/x"]


@pytest.mark.parametrize("path", FOR_BROWSERS)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_the_api_answers_for_itself_with_its_own_errors(client: Client, method: str, path: str) -> None:
    answer = client(method, path, headers=[("authorization", "Bearer abc"), ("if-match", "7")])
    assert (answer.status, answer.header("content-type")) == (404, "application/json")
    assert (answer.header("content-security-policy"), answer.header("cache-control")) == (None, None)
    headers = answer.json()["headers"]
    assert (headers["authorization"], headers["if-match"]) == ("Bearer abc", "7")


def test_a_viewer_can_say_neither_the_secret_nor_an_address(client: Client, stack: Stack) -> None:
    forged = [("X-Orrery-Origin-Secret", "guessed"), ("x-orrery-viewer-address", "203.0.113.7")]
    headers = client("GET", "/v1/x", headers=forged).json()["headers"]
    assert headers["x-orrery-viewer-address"] == "127.0.0.9"
    assert headers["x-orrery-origin-secret"] == stack.functions["Tenancy"].environment["ORIGIN_SECRET"]


@pytest.mark.parametrize("path", ["/agent/v1/snapshots", "/airflow/v1/x"])
def test_what_only_the_api_knows_goes_past_the_distribution(client: Client, path: str) -> None:
    headers = client("POST", path).json()["headers"]
    assert not [name for name in headers if name.startswith("x-orrery-")]


# -- the template's own functions ------------------------------------------------------------------------------------------

RUNNER = """
const {codes, events} = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const handlers = Object.fromEntries(Object.entries(codes).map(([name, code]) => [name, new Function(code + '; return handler;')()]));
process.stdout.write(JSON.stringify(events.map(([name, event]) => handlers[name](event))));
"""
CODES = {
    name: resource["Properties"]["FunctionCode"]
    for name, resource in load((ROOT / "template.yaml").read_text())["Resources"].items()
    if resource["Type"] == "AWS::CloudFront::Function"
}
PATHS = [
    "/", "/deployments/abc", "/deployments/a.b", "/deployments/a.b/", "/index.html", "/config.json", "/mark.svg", "/.x", "/x.",
    f"/{SCRIPT}", "/assets/", "/assets", "/assets/deep/er.js", "/Assets/x", "/%2e%2e/x.js", "/a%2Ejs", "/x.js/", "//x.js", "/a\nb.js",
]  # fmt: skip


@pytest.fixture(scope="module")
def node() -> Path:
    state = State.here()
    environments.ensure(state, Screen(), environments.NODE.name)
    return build.programs(state) / "node"


def run(node: Path, calls: list[tuple[str, Viewer]]) -> list[Viewer]:
    """What the template's own code makes of these requests."""
    events = [(name, {"request": {"uri": each.uri, "headers": {}}, "viewer": {"ip": each.ip}}) for name, each in calls]
    given = json.dumps({"codes": CODES, "events": events})
    done = subprocess.run([node, "-e", RUNNER], input=given, capture_output=True, text=True, check=True, timeout=60)
    return [
        Viewer(made["uri"], viewer.ip, {name: said["value"] for name, said in made["headers"].items()})
        for made, (_, viewer) in zip(json.loads(done.stdout), calls, strict=True)
    ]


def test_this_machine_does_with_a_request_what_the_templates_functions_do(node: Path) -> None:
    calls = [(name, Viewer(path, "2001:db8::7", {})) for name in CODES for path in PATHS]
    assert run(node, calls) == [edge.FUNCTIONS[name](viewer) for name, viewer in calls]


@settings(max_examples=5, deadline=None)
@given(st.lists(st.text(alphabet="/.%2eaAs\\xé\n", max_size=12).map("/".__add__) | st.sampled_from(PATHS), min_size=200, max_size=400))
def test_and_so_with_any_path(node: Path, paths: list[str]) -> None:
    calls = [("ConsolePages", Viewer(path, "198.51.100.7", {})) for path in paths]
    assert run(node, calls) == [edge.console_pages(viewer) for _, viewer in calls]


def test_pages_become_the_console_and_files_stay(node: Path) -> None:
    wanted = {"/": "/index.html", "/deployments/abc": "/index.html", "/assets/x-123.js": "/assets/x-123.js", "/config.json": "/config.json"}
    made = run(node, [("ConsolePages", Viewer(path, "", {})) for path in wanted])
    assert [each.uri for each in made] == list(wanted.values())
