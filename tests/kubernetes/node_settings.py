"""What the programs of a test's node are told: containerd, kubelet, kube-proxy and the cluster's DNS."""

import json
from pathlib import Path

from tests.kubernetes import network
from tests.kubernetes.control_plane import PODS, ControlPlane

NAME = "node-1"
PAUSE = "localhost/pause:tests"
PLUGINS = Path("/usr/lib/cni")


def containerd(folder: Path) -> Path:
    """Version 1.6 or later; it manages no AppArmor and lowers nobody's OOM score, which these machines do not allow."""
    network.describe_to_pods(folder / "cni")
    cri = 'plugins."io.containerd.grpc.v1.cri"'
    content = f"""
version = 2
root = "{folder}/containerd"
state = "{folder}/run"

[grpc]
  address = "{socket(folder)}"

[{cri}]
  sandbox_image = "{PAUSE}"
  restrict_oom_score_adj = true
  disable_apparmor = true
  netns_mounts_under_state_dir = true

[{cri}.cni]
  bin_dir = "{PLUGINS}"
  conf_dir = "{folder}/cni"

[{cri}.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[{cri}.containerd.runtimes.runc.options]
  SystemdCgroup = false
"""
    return _write(folder / "containerd.toml", content)


def socket(folder: Path) -> Path:
    return folder / "containerd.sock"


def kubelet(folder: Path, plane: ControlPlane) -> list[str]:
    """Its flags; it trusts the control plane's authority, and nobody anonymous."""
    content = {
        "kind": "KubeletConfiguration",
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "authentication": {"anonymous": {"enabled": False}, "x509": {"clientCAFile": str(plane.authority.certificate)}},
        "containerRuntimeEndpoint": f"unix://{socket(folder)}",
        "clusterDNS": [network.NODE],
        "clusterDomain": "cluster.local",
        "resolvConf": str(_write(folder / "resolv.conf", "")),
        "podLogsDir": str(folder / "pod-logs"),
        "volumePluginDir": str(folder / "volume-plugins"),
        # what these machines are: no systemd, the older cgroups, no lowering of anybody's OOM score, a disk shared with others
        "cgroupDriver": "cgroupfs",
        "failCgroupV1": False,
        "oomScoreAdj": 0,
        "maxOpenFiles": 20000,
        "failSwapOn": False,
        "evictionHard": {"nodefs.available": "1%", "imagefs.available": "1%"},
        "imageGCHighThresholdPercent": 100,
    }
    kubeconfig = plane.authority.kubeconfig(plane.url, f"system:node:{NAME}", "system:nodes")
    return [
        f"--config={_write(folder / 'kubelet.yaml', json.dumps(content))}",
        f"--kubeconfig={kubeconfig}",
        f"--root-dir={folder / 'kubelet'}",
        f"--hostname-override={NAME}",
        f"--node-ip={network.NODE}",
    ]


def kube_proxy(folder: Path, plane: ControlPlane) -> list[str]:
    content = {
        "kind": "KubeProxyConfiguration",
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "clientConnection": {"kubeconfig": str(plane.authority.kubeconfig(plane.url, "system:kube-proxy"))},
        "hostnameOverride": NAME,
        "clusterCIDR": PODS,
        "mode": "iptables",
        # the kernel's table of connections belongs to the whole machine
        "conntrack": {"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
    }
    return [f"--config={_write(folder / 'kube-proxy.yaml', json.dumps(content))}"]


def coredns(folder: Path, plane: ControlPlane) -> list[str]:
    """The names of the cluster's Services, and no others: nothing here leads to the world."""
    kubeconfig = plane.authority.kubeconfig(plane.url, "coredns", "system:masters")
    content = f"""
.:53 {{
    bind {network.NODE}
    errors
    kubernetes cluster.local in-addr.arpa {{
        kubeconfig {kubeconfig} tests
    }}
}}
"""
    return ["-conf", str(_write(folder / "Corefile", content))]


def _write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path
