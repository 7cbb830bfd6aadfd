"""`orrery organization`: the top of the tenancy tree."""

import click

from orrery_cli import lookup
from orrery_cli.session import current
from orrery_cli.shared import group
from orrery_cli.specification import given

COLUMNS = ("id", "name", "product", "status", "createdAt")


@group(
    "organization",
    names={
        "audit-logs": "audit_logs:audit_logs | See who did what.",
        "allowed-ip-range": "allowed_ip_range:allowed_ip_range | Say from where the Organization may be used.",
    },
)
def organization() -> None:
    """See and change Organizations.

    \b
    Examples:
      orrery organization list
      orrery organization get Acme -o json
      orrery organization update --name "Acme Ltd"
      orrery organization audit-logs export --from 2026-03-01 --output-file audit.ndjson.gz
    """


@organization.command("list")
def list_organizations() -> None:
    """The Organizations that the token can see."""
    session = current()
    session.show({"organizations": session.api.items("/v1/organizations", "organizations")}, COLUMNS)


@organization.command("get")
@click.argument("name", metavar="[NAME|ID]", required=False)
def get(name: str | None) -> None:
    """One Organization: the named one, or the current one."""
    session = current()
    session.organization_option = name or session.organization_option
    session.show(session.api.get(session.root))


@organization.command("update")
@click.argument("target", metavar="[NAME|ID]", required=False)
@click.option("--name", help="The new name.")
@click.option("--billing-email", help="Where bills go.")
@click.option(
    "--env-secrets-fetching/--no-env-secrets-fetching", default=None, help="Let secrets of environment objects be shown; off at first."
)
def update(target: str | None, name: str | None, billing_email: str | None, env_secrets_fetching: bool | None) -> None:
    """Change an Organization; what is not named stays.

    \b
    Examples:
      orrery organization update --billing-email finance@example.com
      orrery organization update --env-secrets-fetching
    """
    session = current()
    session.organization_option = target or session.organization_option
    before = lookup.organization(session)
    body = {
        "name": name or before["name"],
        "billingEmail": before.get("billingEmail", "") if billing_email is None else billing_email,
        "isScimEnabled": before["isScimEnabled"],
        **given(isEnvironmentSecretsFetchingEnabled=env_secrets_fetching),
    }
    session.show(session.api.post(f"/v1/organizations/{before['id']}", body))
