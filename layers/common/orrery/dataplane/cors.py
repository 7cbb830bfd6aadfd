"""Which pages of other origins a browser lets read a Deployment's Airflow: the web console's, and no others."""

from orrery.dataplane.port import DeploymentSpec

_METHODS = ("GET", "POST", "PATCH")
"""To look, to trigger and clear, to pause; what deletes is left to Airflow's own pages."""
_HEADERS = ("authorization", "content-type")


def environment(spec: DeploymentSpec) -> dict[str, str]:
    """What the API server alone is told, so that another console does not start the workers anew."""
    if not spec.console_origin:
        return {}
    told = {"ORIGINS": (spec.console_origin,), "METHODS": _METHODS, "HEADERS": _HEADERS}
    return {f"AIRFLOW__API__ACCESS_CONTROL_ALLOW_{name}": ",".join(values) for name, values in told.items()}
