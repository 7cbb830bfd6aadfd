"""Builds the runtime's image from its Dockerfile without a registry: on a Debian put together from packages. Needs root."""

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

from local.progress import Screen
from tests.kubernetes import binaries

TAG = "localhost/orrery-runtime:tests"
BASE = "localhost/debian"
RELEASE = "trixie"
RUNTIME = binaries.HERE.parents[1] / "runtime"
NEEDED = ("buildah", "mmdebstrap")
TRUSTED = Path("/etc/ssl/certs/ca-certificates.crt")


def ensure(screen: Screen) -> Path:
    """The image as a docker archive named `TAG`; built once for what the Dockerfile copies."""
    kept = binaries.cache() / "images" / f"runtime-{_content()}.tar"
    if kept.exists():
        return kept
    kept.parent.mkdir(parents=True, exist_ok=True)
    with (
        screen.step("Building the runtime's image from runtime/Dockerfile") as step,
        tempfile.TemporaryDirectory(dir=kept.parent) as folder,
    ):
        engine = _Engine(Path(folder))
        step.say("a Debian from its packages")
        engine.load_base(_debian(Path(folder) / "debian.tar"))
        step.say("what the Dockerfile says")
        engine.build()
        engine.save(Path(folder) / "image.tar")
        (Path(folder) / "image.tar").replace(kept)
        step.say("cleaning up")
    return kept


class _Engine:
    """buildah with a store of its own: this machine's images are neither used nor changed."""

    def __init__(self, folder: Path) -> None:
        self._argv = ["nice", "buildah", "--root", str(folder / "store"), "--runroot", str(folder / "run"), "--storage-driver", "overlay"]

    def load_base(self, tar: Path) -> None:
        container = self._run("from", "scratch").strip()
        self._run("add", container, str(tar), "/")
        self._run("commit", "--rm", container, BASE)

    def build(self) -> None:
        # the limit is the machine's own: one that a container would raise is refused here
        files = ["--file", str(RUNTIME / "Dockerfile"), "--ignorefile", str(RUNTIME / "Dockerfile.dockerignore")]
        limits = ["--isolation", "chroot", "--ulimit", "nofile=20000:20000"]
        self._run("build", *files, *limits, "--build-arg", f"BASE={BASE}", "--tag", TAG, str(RUNTIME.parent))

    def save(self, path: Path) -> None:
        self._run("push", "--quiet", TAG, f"docker-archive:{path}:{TAG}")

    def _run(self, *words: str) -> str:
        done = subprocess.run([*self._argv, *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"buildah {words[0]}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        return done.stdout


def _debian(tar: Path) -> Path:
    """Like the public image of this release, but with the authorities that this machine trusts."""
    trusted = [f"--customize-hook=copy-in {TRUSTED} {TRUSTED.parent}"] if TRUSTED.exists() else []
    argv = ["nice", "mmdebstrap", "--quiet", "--variant=minbase", "--include=ca-certificates", *trusted, RELEASE, str(tar)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"mmdebstrap: {done.stderr[-2000:]}"
    return tar


def _content() -> str:
    sources = [RUNTIME / "Dockerfile", RUNTIME / "pyproject.toml", RUNTIME / "uv.lock", *sorted(RUNTIME.rglob("*.py"))]
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:12]


def lacking() -> list[str]:
    """The Debian packages that a build still needs here."""
    return [package for package in NEEDED if shutil.which(package) is None]
