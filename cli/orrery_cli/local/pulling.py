"""Asking the control plane for what a local Airflow should have; a day without it is still a day of work."""

from orrery_cli import environment
from orrery_cli.environment_fields import AIRFLOW_VARIABLE, CONNECTION, VARIABLE
from orrery_cli.failures import Failure
from orrery_cli.local import objects
from orrery_cli.local.objects import Objects
from orrery_cli.local.place import Place
from orrery_cli.output import note
from orrery_cli.session import Session

KINDS = (CONNECTION, AIRFLOW_VARIABLE, VARIABLE)


def pulled(session: Session, place: Place, deployment: str | None, *, offline: bool) -> Objects:
    """The objects of the Workspace, or those that a Deployment has; what was pulled last, where nobody can be asked.

    Raises `Failure` only where a Workspace or a Deployment was named for this run.
    """
    if offline:
        return objects.remembered(place)
    try:
        found = _asked(session, deployment)
    except Failure as failure:
        if deployment or session.workspace_option or session.organization_option:
            raise
        kept = objects.remembered(place)
        what = "what it gave last" if kept != Objects() else "nothing"
        note(f"{failure.message}; {what} of a Workspace is given. `--no-environment` does not ask")
        return kept
    objects.remember(place, found)
    return found


def _asked(session: Session, deployment: str | None) -> Objects:
    where = environment.place(session, deployment)
    try:
        items = [item for kind in KINDS for item in environment.listed(session, kind, where, secrets=True)]
    except Failure as failure:
        if failure.kind != "forbidden":
            raise
        items = [item for kind in KINDS for item in environment.listed(session, kind, where)]
        _tell_what_is_missing(items)
    return objects.of_api(items)


def _tell_what_is_missing(items: list[environment.Item]) -> None:
    """Secrets that stay where they are: whoever needs them writes them into `.env`."""
    if not items:
        return
    absent = objects.kept_back(items)
    words = f", nor the values of {', '.join(f'`{key}`' for key in absent)}" if absent else ""
    note(
        f"The Organization does not let secrets be fetched: connections come without password and extra{words}. "
        "Write what you need into `.env` (AIRFLOW_CONN_…, AIRFLOW_VAR_…), or let an owner allow it with "
        "`orrery organization update --env-secrets-fetching`"
    )
