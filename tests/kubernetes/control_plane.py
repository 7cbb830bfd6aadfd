"""A Kubernetes control plane on this machine for as long as a test session: etcd, API server, controllers, scheduler.

It admits what an EKS cluster admits: RBAC, NodeRestriction, PodSecurity and the rest of the defaults. It has no node, so pods stay Pending;
`tests/kubernetes/node.py` is for those who need them to run.
"""

import socket
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.kubernetes.api import Api
from tests.kubernetes.credentials import SERVICE_IP, Authority
from tests.kubernetes.processes import Processes

SERVICES = "10.96.0.0/16"
PODS = "10.244.0.0/16"


class ControlPlane:
    """`start` it in an empty folder with the built programs; `kubeconfig` then is an administrator's (group system:masters)."""

    def __init__(self, folder: Path, programs: Path, *, address: str = "127.0.0.1") -> None:
        self.folder, self._programs, self._address = folder, programs, address
        self.port = _free_port(address)
        self.url = f"https://{address}:{self.port}"
        self.authority = Authority(folder / "credentials")
        self.kubeconfig = self.authority.kubeconfig(self.url, "administrator", "system:masters")
        self.processes = Processes(folder)

    @property
    def api(self) -> Api:
        return Api(self.kubeconfig)

    def as_holder_of(self, token: str) -> Api:
        """The API as whoever presents this bearer token: a service account, for one."""
        return Api(self.kubeconfig, token=token)

    def start(self) -> Self:
        try:
            self._run("etcd", _etcd(self.folder))
            self._run("kube-apiserver", self._api_server())
            self.processes.wait("kube-apiserver", lambda: self.api.get("/readyz").status == 200)
            self._run("kube-controller-manager", self._controllers())
            self._run("kube-scheduler", self._scheduler())
            # until the controllers are at work a namespace has no service account, and admission refuses its pods
            account = "/api/v1/namespaces/default/serviceaccounts/default"
            self.processes.wait("kube-controller-manager", lambda: self.api.get(account).status == 200)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        self.processes.end_all()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _api_server(self) -> dict[str, str]:
        certificate, key = self.authority.server("kube-apiserver", self._address, "127.0.0.1", SERVICE_IP)
        to_kubelets, its_key = self.authority.client("kube-apiserver-kubelet-client", "system:masters")
        private, public = self.authority.key_pair("service-accounts")
        return {
            "etcd-servers": "unix://localhost:1",
            "bind-address": self._address,
            "advertise-address": self._address if self._address != "127.0.0.1" else _ANY_PRIVATE,
            "secure-port": str(self.port),
            "tls-cert-file": str(certificate),
            "tls-private-key-file": str(key),
            "client-ca-file": str(self.authority.certificate),
            "kubelet-client-certificate": str(to_kubelets),
            "kubelet-client-key": str(its_key),
            "kubelet-preferred-address-types": "InternalIP",
            "service-account-issuer": "https://kubernetes.default.svc",
            "service-account-key-file": str(public),
            "service-account-signing-key-file": str(private),
            "service-cluster-ip-range": SERVICES,
            "authorization-mode": "Node,RBAC",
            # what EKS has beyond the defaults, among which are PodSecurity, ResourceQuota, LimitRanger and the webhooks
            "enable-admission-plugins": "NodeRestriction,ExtendedResourceToleration",
            "allow-privileged": "true",
            "anonymous-auth": "false",
            "profiling": "false",
        }

    def _controllers(self) -> dict[str, str]:
        kubeconfig = self.authority.kubeconfig(self.url, "system:kube-controller-manager")
        return {
            "kubeconfig": str(kubeconfig),
            "service-account-private-key-file": str(self.authority.folder / "service-accounts.key"),
            "root-ca-file": str(self.authority.certificate),
            "cluster-signing-cert-file": str(self.authority.certificate),
            "cluster-signing-key-file": str(self.authority.folder / "ca.key"),
            "use-service-account-credentials": "true",
            "allocate-node-cidrs": "true",
            "cluster-cidr": PODS,
            "controllers": "*",
            # nobody else is there to lead, and nobody asks it for its metrics
            "leader-elect": "false",
            "secure-port": "0",
            # a test waits for its namespaces to go; the default is made for clusters that share their server with people
            "kube-api-qps": "200",
            "kube-api-burst": "400",
        }

    def _scheduler(self) -> dict[str, str]:
        kubeconfig = self.authority.kubeconfig(self.url, "system:kube-scheduler")
        return {"kubeconfig": str(kubeconfig), "leader-elect": "false", "secure-port": "0"}

    def _run(self, name: str, flags: Mapping[str, str]) -> None:
        self.processes.start(name, [str(self._programs / name), *(f"--{flag}={value}" for flag, value in flags.items())])


_ANY_PRIVATE = "10.255.255.254"
"""Where Services say the API server is: a loopback address is refused there, and without a node nobody goes there."""


def _etcd(folder: Path) -> dict[str, str]:
    """On sockets of its folder, where nobody else of the machine comes; what it keeps need not outlive a power cut."""
    clients, peers = "unix://localhost:1", "unix://localhost:2"
    return {
        "name": "tests",
        "data-dir": str(folder / "etcd"),
        "listen-client-urls": clients,
        "advertise-client-urls": clients,
        "listen-peer-urls": peers,
        "initial-advertise-peer-urls": peers,
        "initial-cluster": f"tests={peers}",
        "unsafe-no-fsync": "true",
        "log-level": "warn",
    }


def _free_port(address: str) -> int:
    with socket.socket() as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])
