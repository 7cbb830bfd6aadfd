"""What a principal may do with single DAGs inside a Deployment's Airflow, in the form in which Airflow is told."""

from orrery.authz.permissions import Permission, bit
from orrery.authz.policy import AIRFLOW, AirflowRole, Role, role_mask
from orrery.authz.principal import Principal
from orrery.errors import Forbidden
from orrery.model.handover import DagAccess
from orrery.model.token import TokenScope

MOST_DAGS = 300
"""DAGs and tags that one answer names: a link into Airflow is one row of the table, which takes 300 of the longest names."""


def dag_access(principal: Principal, deployment_id: str, role: AirflowRole | None) -> tuple[DagAccess, ...]:
    """What it holds on DAGs and tags of the Deployment, most first; nothing if its role on all of them leaves nothing to add."""
    if role and not role_mask(Role.DAG_AUTHOR) & ~role_mask(AIRFLOW[role]):
        return ()
    places = {each.key: each for each in principal.grants if each.is_on_dags and each.deployment_id == deployment_id}
    held = {place: principal.masks[place] for place in places if principal.masks.get(place)}
    if len(held) > MOST_DAGS:
        raise Forbidden(
            f"you have roles on more than {MOST_DAGS} DAGs and tags of this Deployment, which its Airflow cannot take; use tags"
        )
    groups: dict[int, dict[TokenScope, list[str]]] = {}
    for place, mask in held.items():
        groups.setdefault(mask, {TokenScope.DAG: [], TokenScope.DAG_TAG: []})[places[place].scope].append(places[place].entity_id)
    return tuple(
        DagAccess(_named(mask), tuple(sorted(found[TokenScope.DAG])), tuple(sorted(found[TokenScope.DAG_TAG])))
        for mask, found in sorted(groups.items(), key=lambda group: (-group[0].bit_count(), group[0]))
    )


def _named(mask: int) -> tuple[str, ...]:
    return tuple(each.value for each in Permission if mask & bit(each))
