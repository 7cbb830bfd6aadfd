"""An authority without key identifiers, as EKS's are: Python from 3.13 on refuses it by itself, and we accept it and no other.

The strictness of those versions is put on here, whichever runs the tests.
"""

import http.client
import importlib.util
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import urllib3.connection
from kubernetes.client import ApiClient, ApiException, Configuration, CoreV1Api
from kubernetes.client.rest import RESTClientObject
from orrery.dataplane.kubernetes import access
from orrery.errors import Unavailable

from agent.home import HomeTrouble
from agent.kubernetes import api as agent_api
from local.state import ROOT
from tests.kubernetes.credentials import Authority, config

Asked = Callable[[Authority, str], object]
"""Asks a server for an object, trusting an authority."""
_SPEC = importlib.util.spec_from_file_location("authorities", ROOT / "runtime/orrery_airflow/authorities.py")
assert _SPEC
assert _SPEC.loader
authorities = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(authorities)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps({"kind": "Namespace"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "own")


@pytest.fixture
def server(authority: Authority) -> Iterator[str]:
    """Where a server answers that this authority vouches for, by the name `localhost`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.server("server"))
    listening = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    listening.socket = context.wrap_socket(listening.socket, server_side=True)
    threading.Thread(target=listening.serve_forever, args=(0.05,), daemon=True).start()
    yield f"https://localhost:{listening.server_address[1]}"
    listening.shutdown()
    listening.server_close()


@pytest.fixture(autouse=True)
def _strict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RESTClientObject, "__init__", RESTClientObject.__init__)
    urllib3s = ((module, "create_urllib3_context") for module in (access, authorities, urllib3.connection))
    for module, name in ((ssl, "create_default_context"), *urllib3s):
        monkeypatch.setattr(module, name, _strictly(getattr(module, name)))


def _strictly(usual: Callable[..., ssl.SSLContext]) -> Callable[..., ssl.SSLContext]:
    def made(*asked: object, **more: object) -> ssl.SSLContext:
        context = usual(*asked, **more)
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        return context

    return made


def by_the_plane(authority: Authority, url: str) -> object:
    certificate, key = authority.client("somebody")
    file = authority.folder / "config"
    file.write_text(json.dumps(config(url, authority.certificate, certificate, key)))
    return access.by_kubeconfig(str(file)).get("Namespace", "", "default")


def by_the_agent(authority: Authority, url: str) -> object:
    token = authority.folder / "token"
    token.write_text("a token")
    return agent_api.Api(agent_api.Access(url, authority.certificate, token)).get("/api/v1/namespaces/default")


def by_the_client_alone(authority: Authority, url: str) -> object:
    """As Airflow's provider uses it."""
    configuration = Configuration(host=url)
    configuration.ssl_ca_cert, configuration.retries = str(authority.certificate), False
    return {"kind": CoreV1Api(ApiClient(configuration)).read_namespace("default").kind}


def by_a_scheduler(authority: Authority, url: str) -> object:
    authorities.accept()
    authorities.accept()
    return by_the_client_alone(authority, url)


each = pytest.mark.parametrize("asked", [by_the_plane, by_the_agent, by_a_scheduler])
_REFUSALS = (Unavailable, HomeTrouble, ApiException)


def test_a_strict_client_refuses_it(authority: Authority, server: str) -> None:
    port = int(server.rpartition(":")[2])
    connection = http.client.HTTPSConnection("localhost", port, context=ssl.create_default_context(cafile=authority.certificate))
    with pytest.raises(ssl.SSLCertVerificationError, match=r"[Kk]ey [Ii]dentifier"):
        connection.request("GET", "/")
    with pytest.raises(ApiException, match=r"[Kk]ey [Ii]dentifier"):
        by_the_client_alone(authority, server)


@each
def test_we_accept_it(asked: Asked, authority: Authority, server: str) -> None:
    assert asked(authority, server) == {"kind": "Namespace"}


@each
def test_another_authority_vouches_for_nobody(asked: Asked, server: str, tmp_path: Path) -> None:
    with pytest.raises(_REFUSALS):
        asked(Authority(tmp_path / "another"), server)


@each
def test_it_vouches_for_no_other_name(asked: Asked, authority: Authority, server: str) -> None:
    with pytest.raises(_REFUSALS):
        asked(authority, server.replace("localhost", "127.0.0.1"))
