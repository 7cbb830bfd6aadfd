"""A host name of its own for each Airflow, so that two never share an origin or a cookie; one wildcard certificate serves them all."""

from orrery.dataplane.kubernetes.configuration import API_PORT
from orrery.dataplane.kubernetes.objects import manifest
from orrery.dataplane.kubernetes.plan import Manifest, Plan


def render(plan: Plan) -> list[Manifest]:
    backend = {"service": {"name": "api-server", "port": {"number": API_PORT}}}
    rule = {"host": plan.host, "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
    spec = {"ingressClassName": plan.cluster.ingress_class, "rules": [rule], "tls": [{"hosts": [plan.host]}]}
    return [manifest(plan, "Ingress", "airflow", annotations=plan.cluster.ingress_annotations, spec=spec)]
