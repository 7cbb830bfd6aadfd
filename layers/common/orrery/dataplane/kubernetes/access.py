"""The ways to a cluster's API: by the name of an EKS cluster, or by a kubeconfig for any other. `api` sees to timeouts on both."""

import functools
import json
import ssl

from kubernetes.client import ApiClient, Configuration
from kubernetes.config import new_client_from_config, new_client_from_config_dict
from urllib3.util.ssl_ import create_urllib3_context

from orrery.dataplane.kubernetes.api import Api
from orrery.dataplane.kubernetes.eks import Eks


def by_kubeconfig(file: str) -> Api:
    """As the user of the file's current context."""
    client: ApiClient = new_client_from_config(config_file=file)  # type: ignore[no-untyped-call]
    return _api(client)


def by_kubeconfig_text(text: str) -> Api:
    """As the user of its current context; JSON that names no file and no program, which `provisioning.registering` has seen to."""
    client: ApiClient = new_client_from_config_dict(json.loads(text))  # type: ignore[no-untyped-call]
    return _api(client)


def by_eks(cluster: str, region: str) -> Api:
    """As the role that runs us, with a token that is renewed before it ends; errors as in `eks.describe`."""
    eks = _eks(region)
    place = eks.place(cluster)
    configuration = Configuration(host=place.endpoint)
    configuration.ca_cert_data = place.authority
    configuration.api_key = {"BearerToken": ""}
    configuration.api_key_prefix = {"BearerToken": "Bearer"}
    configuration.refresh_api_key_hook = lambda asked: asked.api_key.update(BearerToken=eks.token(cluster))  # type: ignore[assignment]  # its stub says None
    return _api(ApiClient(configuration))


def _api(client: ApiClient) -> Api:
    """Since Python 3.13 EKS is refused by default, whose authorities bear no key identifier; signatures and names are checked as ever."""
    trust = create_urllib3_context()
    trust.verify_flags &= ~ssl.VERIFY_X509_STRICT
    client.rest_client.pool_manager.connection_pool_kw["ssl_context"] = trust
    return Api(client)


@functools.cache
def _eks(region: str) -> Eks:
    """What is known of a region's clusters outlives an invocation."""
    return Eks(region)
