"""One real node on this machine: containerd, kubelet, kube-proxy and the cluster's DNS in a network of their own. Needs root.

The programs share this machine's cgroups and kernel, so what the kubelet changes there is put back when the node ends.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.kubernetes import archive, network
from tests.kubernetes.control_plane import PODS, ControlPlane

NAME = "node-1"
PAUSE = "localhost/pause:tests"
NEEDED = {"containerd": "containerd", "runc": "runc", "iptables": "iptables", "conntrack": "conntrack", "ip": "iproute2"}
"""Programs by the Debian package that brings them; the CNI plugins are those of `containernetworking-plugins`."""
PLUGINS = Path("/usr/lib/cni")
SYSCTLS = ("vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops")
GRACE = 20.0


class Node:
    """Joined to a control plane that listens on `network.HOST`; `start` returns once the API says that it is Ready."""

    def __init__(self, folder: Path, programs: Path, plane: ControlPlane) -> None:
        self.folder, self._programs, self._plane = folder, programs, plane
        self._socket = folder / "containerd.sock"
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._sysctls = {name: Path("/proc/sys", name).read_text() for name in SYSCTLS}

    def start(self) -> Self:
        try:
            self._run("containerd", "containerd", f"--config={self._containerd()}")
            self._wait("containerd", self._socket.exists)
            pause = self.folder / "pause.tar"
            archive.write(pause, PAUSE, {"pause": self._programs / "pause"}, ["/pause"])
            self.import_image(pause)
            self._run("coredns", *network.enter(str(self._programs / "coredns"), "-conf", str(self._names())))
            self._run("kube-proxy", *network.enter(str(self._programs / "kube-proxy"), f"--config={self._proxy()}"))
            self._run("kubelet", *network.enter(str(self._programs / "kubelet"), *self._kubelet()))
            self._wait("kubelet", self.ready)
        except BaseException:
            self.stop()
            raise
        return self

    def ready(self) -> bool:
        answer = self._plane.api.get(f"/api/v1/nodes/{NAME}")
        conditions = answer.body["status"].get("conditions", []) if answer.status == 200 else []
        return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)

    def import_image(self, tar: Path) -> None:
        """Every image of a docker archive, under the tags that it names."""
        self._ctr("images", "import", str(tar))

    def stop(self) -> None:
        """Ends the kubelet first, so nothing starts anew, then all containers, then the rest; nothing stays mounted."""
        for name in ("kubelet", "kube-proxy", "coredns"):
            self._end(name)
        if "containerd" in self._processes:
            self._end_containers()
        self._end("containerd")
        for mounted in reversed(_mounts_below(self.folder)):
            subprocess.run(["umount", "--lazy", mounted], check=False)
        for name, value in self._sysctls.items():
            Path("/proc/sys", name).write_text(value)
        network.remove()

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _containerd(self) -> Path:
        network.describe_to_pods(self.folder / "cni")
        return self._write(
            "containerd.toml",
            f"""
            version = 2
            root = "{self.folder}/containerd"
            state = "{self.folder}/run"
            disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.internal.v1.tracing"]
            [grpc]
              address = "{self._socket}"
            [plugins."io.containerd.grpc.v1.cri"]
              sandbox_image = "{PAUSE}"
              restrict_oom_score_adj = true
              disable_apparmor = true
              netns_mounts_under_state_dir = true
            [plugins."io.containerd.grpc.v1.cri".cni]
              bin_dir = "{PLUGINS}"
              conf_dir = "{self.folder}/cni"
            [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
              runtime_type = "io.containerd.runc.v2"
            [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
              SystemdCgroup = false
            """,
        )

    def _names(self) -> Path:
        server = f"""
            .:53 {{
                bind {network.NODE}
                errors
                ready {network.NODE}:8181
                kubernetes cluster.local in-addr.arpa {{
                    kubeconfig {self._plane.authority.kubeconfig(self._plane.url, "coredns", "system:masters")} tests
                }}
            }}
            """
        return self._write("Corefile", server)

    def _proxy(self) -> Path:
        kubeconfig = self._plane.authority.kubeconfig(self._plane.url, "system:kube-proxy")
        content = {
            "kind": "KubeProxyConfiguration",
            "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
            "clientConnection": {"kubeconfig": str(kubeconfig)},
            "hostnameOverride": NAME,
            "clusterCIDR": PODS,
            "mode": "iptables",
            # the kernel's table belongs to the whole machine
            "conntrack": {"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
        }
        return self._write("kube-proxy.yaml", json.dumps(content))

    def _kubelet(self) -> list[str]:
        authority = self._plane.authority
        content = {
            "kind": "KubeletConfiguration",
            "apiVersion": "kubelet.config.k8s.io/v1beta1",
            "authentication": {"anonymous": {"enabled": False}, "x509": {"clientCAFile": str(authority.certificate)}},
            "containerRuntimeEndpoint": f"unix://{self._socket}",
            "staticPodPath": "",
            "clusterDNS": [network.NODE],
            "clusterDomain": "cluster.local",
            "resolvConf": str(self._write("resolv.conf", "")),
            "podLogsDir": str(self.folder / "pod-logs"),
            # what these machines allow: no systemd, the older cgroups, and no lowering of anybody's OOM score
            "cgroupDriver": "cgroupfs",
            "failCgroupV1": False,
            "oomScoreAdj": 0,
            "maxOpenFiles": 20000,
            "failSwapOn": False,
            "registerWithTaints": [],
            "evictionHard": {"nodefs.available": "1%", "imagefs.available": "1%"},
            "imageGCHighThresholdPercent": 100,
            "volumePluginDir": str(self.folder / "volume-plugins"),
        }
        kubeconfig = authority.kubeconfig(self._plane.url, f"system:node:{NAME}", "system:nodes")
        return [
            f"--config={self._write('kubelet.yaml', json.dumps(content))}",
            f"--kubeconfig={kubeconfig}",
            f"--root-dir={self.folder / 'kubelet'}",
            f"--hostname-override={NAME}",
            f"--node-ip={network.NODE}",
        ]

    def _end_containers(self) -> None:
        for container in self._ctr("tasks", "list", "--quiet").split():
            with contextlib.suppress(subprocess.CalledProcessError):
                self._ctr("tasks", "delete", "--force", container)

    def _ctr(self, *words: str) -> str:
        argv = ["ctr", f"--address={self._socket}", "--namespace=k8s.io", *words]
        return subprocess.run(argv, check=True, capture_output=True, text=True).stdout

    def _run(self, name: str, *argv: str) -> None:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", *argv],
                cwd=self.folder,
                env={**kept, "AWS_EC2_METADATA_DISABLED": "true"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _end(self, name: str) -> None:
        if process := self._processes.pop(name, None):
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(GRACE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _wait(self, name: str, ready) -> None:
        end = time.monotonic() + 90
        while not ready():
            for started, process in self._processes.items():
                assert process.poll() is None, f"{started} ended: {self.said(started)[-3000:]}"
            assert time.monotonic() < end, f"{name} is not ready: {self.said(name)[-3000:]}"
            time.sleep(0.1)

    def _write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        return path


def lacking() -> list[str]:
    """The Debian packages that a node still needs here."""
    found = [package for program, package in NEEDED.items() if shutil.which(program) is None]
    return found + ([] if (PLUGINS / "ptp").exists() else ["containernetworking-plugins"])


def _mounts_below(folder: Path) -> list[str]:
    lines = Path("/proc/self/mounts").read_text().splitlines()
    return [place for place in (line.split()[1] for line in lines) if place.startswith(f"{folder}/")]
