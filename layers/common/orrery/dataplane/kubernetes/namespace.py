"""The namespace: the Deployment's id as a label, and the strictest of the Pod Security Standards."""

from orrery.dataplane.kubernetes.objects import DEPLOYMENT, GENERATION, ORGANIZATION
from orrery.dataplane.kubernetes.plan import Manifest
from orrery.dataplane.port import DeploymentSpec

RESTRICTED = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
"""Labels of every namespace of ours."""


def render(spec: DeploymentSpec) -> Manifest:
    """Made before the keys are, so of the spec alone. Its generation is the newest that the home has seen."""
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": spec.namespace,
            "labels": {
                "app.kubernetes.io/managed-by": "orrery",
                DEPLOYMENT: spec.id,
                ORGANIZATION: spec.organization_id,
                **RESTRICTED,
                "pod-security.kubernetes.io/enforce-version": "latest",
            },
            "annotations": {GENERATION: str(spec.generation)},
        },
    }
