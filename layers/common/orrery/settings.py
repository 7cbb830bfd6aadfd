"""The environment, read once, on first use; importing anything must work with an empty environment."""

import functools
import os
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Settings:
    """What a function is told by `template.yaml`; every field is one environment variable of the same name in capitals."""

    table_name: str
    releases_bucket: str
    uploads_bucket: str
    component_logs_bucket: str
    demand_records_bucket: str
    api_url: str
    """The public address of the API, without a slash at the end."""
    secrets_key: str
    """The alias of the KMS key that seals tenants' secrets."""
    console_origin: str
    """The origin of the web console: people are sent back to it when they have signed in."""
    origin_secret: str = field(repr=False)
    """What the console's distribution says to prove that a request came through it; empty where there is none, and nobody is believed."""
    sign_in_issuer: str
    """The OIDC provider at which people prove who they are; empty where there is none."""
    sign_in_client_id: str
    sign_in_client_secret: str
    """The name or ARN of the secret in Secrets Manager; empty where the provider asks for none."""
    state_machine_prefix: str
    """ARN of the state machines up to their name: `arn:aws:states:<region>:<account>:stateMachine:orrery-`."""
    region: str
    data_plane: str
    """`module:factory` of the data plane's adapter; empty where no data plane is attached."""
    mail_from: str
    """The address that mail comes from; empty where none is sent."""
    first_organization_name: str
    first_owner_email: str
    first_cluster_region: str


@functools.cache
def settings() -> Settings:
    """This process's settings; a variable that is not set is an empty string, which the room that needs it refuses in its own words."""
    return Settings(**{name: os.environ.get(name.upper(), "") for name in Settings.__dataclass_fields__})
