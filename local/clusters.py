"""A Kubernetes cluster of one's own instead of the process home: ORRERY_KUBECONFIG names the kubeconfig of one.

Then the plane has the data plane that the template gives it in AWS, and `python -m local register-cluster FILE` does what an operator does
there: FILE is the request of docs/registering-a-cluster.md, and the kubeconfig is put into it, whole. Loopback is a pod's own, so
ORRERY_ADDRESS names an address of this machine at which pods reach the API and the releases.
"""

import base64
import json
import os
from pathlib import Path
from typing import Any

import yaml

from local.invoke import InvokeFailed, invoke
from local.state import Failure, State

VARIABLE, ADDRESS = "ORRERY_KUBECONFIG", "ORRERY_ADDRESS"
_FILES = {
    "certificate-authority": "certificate-authority-data",
    "client-certificate": "client-certificate-data",
    "client-key": "client-key-data",
}
_TOKEN_FILE = "tokenFile"  # noqa: S105 - the name of a field


def given() -> Path | None:
    """The kubeconfig that the environment names."""
    told = os.environ.get(VARIABLE)
    return Path(told).expanduser() if told else None


def address() -> str:
    """At which address of this machine, beside loopback, pods reach the API and the AWS engine; empty for none."""
    return os.environ.get(ADDRESS, "")


def register(state: State, file: Path) -> dict[str, Any]:
    """Invokes `register_cluster` as an operator would with `aws lambda invoke`."""
    kubeconfig = given()
    try:
        asked = json.loads(file.read_text())
        if kubeconfig and "eks" not in asked:
            asked["kubeconfig"] = whole(kubeconfig)
        answer: dict[str, Any] = invoke(state.admin_socket, "RegisterCluster", asked)
    except (OSError, ValueError) as error:
        raise Failure(f"`{file}` cannot be sent: {error}") from error
    except InvokeFailed as error:
        raise Failure(f"the cluster was not registered: {error}") from error
    return answer


def whole(kubeconfig: Path) -> dict[str, Any]:
    """Its current context alone, with the files that it names written into it: what `kubectl config view --minify --flatten --raw` says."""
    told = yaml.safe_load(kubeconfig.read_text())
    context = _named(told["contexts"], told["current-context"])
    cluster = _named(told["clusters"], context["context"]["cluster"])
    user = _named(told["users"], context["context"]["user"])
    return {
        **{name: told[name] for name in ("apiVersion", "kind") if name in told},
        "current-context": context["name"],
        "contexts": [context],
        "clusters": [{"name": cluster["name"], "cluster": _filled(cluster["cluster"], kubeconfig.parent)}],
        "users": [{"name": user["name"], "user": _filled(user["user"], kubeconfig.parent)}],
    }


def _filled(told: dict[str, Any], folder: Path) -> dict[str, Any]:
    filled = {name: value for name, value in told.items() if name not in (*_FILES, _TOKEN_FILE)}
    for name, data in _FILES.items():
        if name in told:
            filled[data] = base64.b64encode((folder / told[name]).read_bytes()).decode()
    if _TOKEN_FILE in told:
        filled["token"] = (folder / told[_TOKEN_FILE]).read_text().strip()
    return filled


def _named(entries: list[dict[str, Any]], name: str) -> dict[str, Any]:
    for entry in entries:
        if entry["name"] == name:
            return entry
    raise ValueError(f"the kubeconfig has no entry named `{name}`")
