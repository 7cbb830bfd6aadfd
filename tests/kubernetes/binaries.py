"""Builds a current Kubernetes and its etcd from Go modules, once per version: `python -m tests.kubernetes.binaries [control-plane] [node]`.

No image can be pulled and no cloud reached where the tests run; Go modules can. What is built lies outside the work tree, so a fresh
clone finds it. A build takes some minutes of both cores, and the second one of the same version none.
"""

import argparse
import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from local.progress import Screen
from tests.support.packages import Missing

HERE = Path(__file__).parent
SETS = {
    "control-plane": ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"),
    "node": ("kubelet", "kube-proxy", "kubectl", "pause", "coredns"),
}
ELSEWHERE = {"etcd": (".", "go.etcd.io/etcd/server/v3"), "pause": (".", "./pause"), "coredns": ("dns", ".")}
"""Folder and package of those that are no program of Kubernetes itself."""
USUAL_GO = Path("/usr/local/go/bin/go")
"""Where Go's own installer puts it; not on everybody's PATH."""


def cache() -> Path:
    """Where what takes minutes to build outlives a clone."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "orrery"


def version() -> str:
    """As Kubernetes writes it: `v1.36.3`."""
    found = re.search(r"^\s*k8s\.io/kubernetes (v\S+)", (HERE / "go.mod").read_text(), re.MULTILINE)
    assert found, "go.mod requires k8s.io/kubernetes"
    return found[1]


def room() -> Path:
    """Where the programs of these very sources lie, whether or not they are built."""
    sources = sorted([HERE / "go.mod", HERE / "go.sum", *(HERE / "dns").glob("*"), *(HERE / "pause").glob("*")])
    content = b"".join(source.read_bytes() for source in sources)
    return cache() / "kubernetes" / f"{version()}-{hashlib.sha256(content).hexdigest()[:12]}"


def built(which: str) -> bool:
    return all((room() / name).exists() for name in SETS[which])


def ensure(screen: Screen, *which: str) -> Path:
    """Builds what is missing of the named sets and answers the folder; Missing when there is no Go or it fails."""
    if all(map(built, which)):
        return room()
    go = _go()
    with _lock():
        for name in (name for one in which for name in SETS[one] if not (room() / name).exists()):
            with screen.step(f"Building {name} for Kubernetes {version()} (once on this machine; minutes)"):
                _build(go, name)
    return room()


def _build(go: str, name: str) -> None:
    folder, package = ELSEWHERE.get(name, (".", f"k8s.io/kubernetes/cmd/{name}"))
    fresh = room() / f".{name}"
    argv = ["nice", go, "build", "-trimpath", "-ldflags", _linked(), "-o", str(fresh), package]
    # GOFLAGS of a user and a newer toolchain that it would fetch have no say in what the tests run
    environment = os.environ | {"CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly", "GOTOOLCHAIN": "local"}
    done = subprocess.run(argv, cwd=HERE / folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Missing(f"{name} cannot be built: {' '.join(done.stderr.split()[-60:])}")
    fresh.replace(room() / name)


def _linked() -> str:
    """The version that the programs call themselves: the API server answers it, and the kubelet is held to it."""
    major, minor = version().removeprefix("v").split(".")[:2]
    named = {"gitVersion": version(), "gitMajor": major, "gitMinor": minor}
    return "-s -w " + " ".join(f"-X k8s.io/component-base/version.{name}={value}" for name, value in named.items())


def _go() -> str:
    found = shutil.which("go") or (str(USUAL_GO) if USUAL_GO.exists() else None)
    wanted = re.search(r"^go (\d+)\.(\d+)", (HERE / "go.mod").read_text(), re.MULTILINE)
    assert wanted, "go.mod names its Go"
    least = f"Go {wanted[1]}.{wanted[2]}"
    if found is None:
        raise Missing(
            f"Kubernetes {version()} is built from Go modules, and there is no Go here: install {least} or later (https://go.dev/dl)"
        )
    said = subprocess.run([found, "env", "GOVERSION"], capture_output=True, text=True, check=False, cwd=HERE.root).stdout
    has = re.match(r"go(\d+)\.(\d+)", said)
    if has is None or (int(has[1]), int(has[2])) < (int(wanted[1]), int(wanted[2])):
        raise Missing(f"Kubernetes {version()} needs {least} or later, and `{found}` is {said.strip() or 'not one'}")
    return found


@contextlib.contextmanager
def _lock() -> Iterator[None]:
    """One build at a time on this machine: a second one waits and then finds everything there."""
    room().mkdir(parents=True, exist_ok=True)
    with (room() / "build.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.kubernetes.binaries", description=__doc__)
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"which of {', '.join(SETS)} (default: control-plane)")
    parser.add_argument("--if-possible", action="store_true", help="end well where they cannot be built, after saying why")
    arguments = parser.parse_args()
    screen, which = Screen(), arguments.sets or ["control-plane"]
    if unknown := set(which) - SETS.keys():
        parser.error(f"there is no set `{min(unknown)}`: there are {', '.join(SETS)}")
    try:
        screen.line(f"Kubernetes {version()} is in {ensure(screen, *which)}")
    except Missing as missing:
        screen.line(f"No Kubernetes for tests: {missing}")
        return 0 if arguments.if_possible else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
