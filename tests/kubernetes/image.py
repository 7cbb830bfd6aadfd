"""Builds the house's images from their Dockerfiles without a registry: on a Debian put together from packages. Needs root."""

import hashlib
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from local.progress import Screen
from tests.kubernetes import binaries

BASE = "localhost/debian"
RELEASE = "trixie"
ROOT = binaries.HERE.parents[1]
NEEDED = ("buildah", "mmdebstrap")
TRUSTED = Path("/etc/ssl/certs/ca-certificates.crt")


@dataclass(frozen=True)
class Image:
    """One Dockerfile of the repository, and all files that it copies."""

    name: str
    folder: Path
    context: Path
    sources: tuple[Path, ...] = ()

    @property
    def tag(self) -> str:
        return f"localhost/orrery-{self.name}:tests"

    @property
    def kept(self) -> Path:
        """Where it lies once it is built: a docker archive, named after what it is made of."""
        sources = (*sorted(self.folder.glob("Dockerfile*")), *self.sources)
        content = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:12]
        return binaries.cache() / "images" / f"{self.name}-{content}.tar"


def _code(*folders: str) -> tuple[Path, ...]:
    return tuple(source for folder in folders for source in sorted((ROOT / folder).rglob("*.py")))


RUNTIME = Image("runtime", ROOT / "runtime", ROOT, (ROOT / "runtime/pyproject.toml", ROOT / "runtime/uv.lock", *_code("runtime")))
AGENT = Image("agent", ROOT / "agent", ROOT, (ROOT / "pyproject.toml", ROOT / "uv.lock", *_code("agent", "layers/common/orrery")))
VALKEY = Image("valkey", ROOT / "images/valkey", ROOT / "images/valkey")
PGBOUNCER = Image("pgbouncer", ROOT / "images/pgbouncer", ROOT / "images/pgbouncer")
ALL = (RUNTIME, AGENT, VALKEY, PGBOUNCER)


def ensure(screen: Screen) -> None:
    """Each of them is at its `kept`; one is built once for what its Dockerfile copies."""
    if missing := [image for image in ALL if not image.kept.exists()]:
        room = missing[0].kept.parent
        room.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=room) as folder:
            engine = _Engine(Path(folder))
            with screen.step("Putting a Debian together from its packages"):
                engine.load_base(_debian(Path(folder) / "debian.tar"))
            for image in missing:
                with screen.step(f"Building the image {image.name} from its Dockerfile"):
                    engine.build(image)
                    engine.save(image, Path(folder) / "image.tar")
                    (Path(folder) / "image.tar").replace(image.kept)


class _Engine:
    """buildah with a store of its own: this machine's images are neither used nor changed."""

    def __init__(self, folder: Path) -> None:
        self._argv = ["nice", "buildah", "--root", str(folder / "store"), "--runroot", str(folder / "run"), "--storage-driver", "overlay"]

    def load_base(self, tar: Path) -> None:
        container = self._run("from", "scratch").strip()
        self._run("add", container, str(tar), "/")
        self._run("commit", "--rm", container, BASE)

    def build(self, image: Image) -> None:
        ignored = image.folder / "Dockerfile.dockerignore"
        files = ["--file", str(image.folder / "Dockerfile"), *(["--ignorefile", str(ignored)] if ignored.exists() else [])]
        # the limit is the machine's own: one that a container would raise is refused here
        limits = ["--isolation", "chroot", "--ulimit", "nofile=20000:20000"]
        self._run("build", *files, *limits, "--build-arg", f"BASE={BASE}", "--tag", image.tag, str(image.context))

    def save(self, image: Image, path: Path) -> None:
        self._run("push", "--quiet", image.tag, f"docker-archive:{path}:{image.tag}")

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


def lacking() -> list[str]:
    """The Debian packages that a build still needs here."""
    return [package for package in NEEDED if shutil.which(package) is None]
