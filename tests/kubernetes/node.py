"""One real node on this machine: containerd, kubelet, kube-proxy and the cluster's DNS in a network of their own. Needs root.

It shares this machine's kernel and cgroups, so what the kubelet changes there is put back when the node ends.
"""

import contextlib
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.kubernetes import archive, network
from tests.kubernetes import node_settings as settings
from tests.kubernetes.control_plane import ControlPlane
from tests.kubernetes.processes import Processes

NEEDED = {"containerd": "containerd", "runc": "runc", "iptables": "iptables", "conntrack": "conntrack", "ip": "iproute2"}
"""Programs by the Debian package that brings them."""
CGROUPS = Path("/sys/fs/cgroup")
LINKS = Path("/var/log/containers")
SYSCTLS = [Path("/proc/sys", name) for name in ("vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops")]


class Node:
    """Joined to a control plane that listens on `network.HOST`; `start` returns once the API says that it is Ready."""

    def __init__(self, folder: Path, programs: Path, plane: ControlPlane) -> None:
        self.folder, self._programs, self._plane = folder, programs, plane
        self.processes = Processes(folder)
        self._sysctls = {path: path.read_text() for path in SYSCTLS}

    def start(self) -> Self:
        try:
            self._keep_images_in_memory()
            command = ["containerd", f"--config={settings.containerd(self.folder)}"]
            # in the same network as the kubelet: there its plugin joins the pods to the node, and answers to `exec`
            self.processes.start("containerd", network.enter(*command))
            self.processes.wait("containerd", settings.socket(self.folder).exists)
            self._import_pause()
            self._run("coredns", settings.coredns(self.folder, self._plane))
            self._run("kube-proxy", settings.kube_proxy(self.folder, self._plane))
            self._run("kubelet", settings.kubelet(self.folder, self._plane))
            self.processes.wait("kubelet", self.ready)
        except BaseException:
            self.stop()
            raise
        return self

    def ready(self) -> bool:
        answer = self._plane.api.get(f"/api/v1/nodes/{settings.NAME}")
        conditions = answer.body["status"].get("conditions", []) if answer.status == 200 else []
        return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)

    def import_image(self, tar: Path) -> None:
        """Every image of a docker archive, under the tags that it names."""
        self._ctr("images", "import", str(tar))

    def name_image(self, tag: str, another: str) -> None:
        self._ctr("images", "tag", tag, another)

    def stop(self) -> None:
        """Ends the kubelet first, so nothing starts anew, then all containers, then the rest; nothing stays mounted."""
        for name in ("kubelet", "kube-proxy", "coredns"):
            self.processes.end(name)
        self._end_containers()
        self.processes.end_all()
        self._put_back()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _run(self, name: str, arguments: list[str]) -> None:
        self.processes.start(name, network.enter(str(self._programs / name), *arguments))

    def _keep_images_in_memory(self) -> None:
        """They go with the node, and a disk takes minutes to write and to delete tens of thousands of files."""
        place = self.folder / "containerd"
        place.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8g,mode=0711", "orrery-images", str(place)], check=True)

    def _import_pause(self) -> None:
        tar = self.folder / "pause.tar"
        archive.write(tar, settings.PAUSE, {"pause": self._programs / "pause"}, ["/pause"])
        self.import_image(tar)

    def _end_containers(self) -> None:
        with contextlib.suppress(subprocess.CalledProcessError):
            for container in self._ctr("tasks", "list", "--quiet").split():
                with contextlib.suppress(subprocess.CalledProcessError):
                    self._ctr("tasks", "delete", "--force", container)

    def _ctr(self, *words: str) -> str:
        argv = ["ctr", f"--address={settings.socket(self.folder)}", "--namespace=k8s.io", "--connect-timeout=5s", *words]
        return subprocess.run(argv, check=True, capture_output=True, text=True).stdout

    def _put_back(self) -> None:
        for mounted in reversed(_mounts_below(self.folder)):
            subprocess.run(["umount", "--lazy", mounted], check=False)
        for path, value in self._sysctls.items():
            path.write_text(value)
        for link in LINKS.glob("*.log"):
            if link.is_symlink() and str(link.readlink()).startswith(str(self.folder)):
                link.unlink()
        for group in CGROUPS.glob("*/kubepods"):
            for inner in sorted(group.rglob("*/"), reverse=True):
                _remove(inner)
            _remove(group)


def lacking() -> list[str]:
    """The Debian packages that a node still needs here."""
    found = [package for program, package in NEEDED.items() if shutil.which(program) is None]
    return found + ([] if (settings.PLUGINS / "ptp").exists() else ["containernetworking-plugins"])


def _remove(group: Path) -> None:
    with contextlib.suppress(OSError):  # somebody else's cluster has pods in it
        group.rmdir()


def _mounts_below(folder: Path) -> list[str]:
    lines = Path("/proc/self/mounts").read_text().splitlines()
    return [place for place in (line.split()[1] for line in lines) if place.startswith(f"{folder}/")]
