"""The ways to a cluster's API: a kubeconfig, for any cluster."""

from kubernetes.client import ApiClient
from kubernetes.config import new_client_from_config

from orrery.dataplane.kubernetes.api import Api


def by_kubeconfig(file: str) -> Api:
    """As the user of the file's current context."""
    client: ApiClient = new_client_from_config(config_file=file)  # type: ignore[no-untyped-call]
    return Api(client)
