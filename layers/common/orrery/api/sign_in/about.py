"""What is told of the provider itself, and of whoever has signed in: discovery, keys, `userinfo`, and where clients of the wire begin."""

from datetime import datetime

from orrery import signing
from orrery.api.sign_in import answers
from orrery.api.sign_in.answers import Answer, Refusal
from orrery.api.sign_in.authorize import issuer
from orrery.api.sign_in.requests import Asked
from orrery.api.sign_in.tokens import DEVICE_GRANT
from orrery.authz.principal import Kind
from orrery.model.ip_ranges import admits
from orrery.model.sign_in import SCOPES
from orrery.settings import settings
from orrery.store import principals

_FOR_FIVE_MINUTES = {"Cache-Control": "public, max-age=300"}


def auth_config(asked: Asked, now: datetime) -> Answer:
    """`GET /private/v1alpha1/cli/auth-config`: the first thing that a command asks for."""
    return answers.document({"clientId": "orrery-cli", "audience": settings().api_url, "domainUrl": f"{issuer()}/"})


def configuration(asked: Asked, now: datetime) -> Answer:
    """OpenID Connect Discovery 1.0, 3."""
    at = issuer()
    told = {
        "issuer": at,
        "authorization_endpoint": f"{at}/authorize",
        "token_endpoint": f"{at}/oauth/token",
        "device_authorization_endpoint": f"{at}/oauth/device/code",
        "revocation_endpoint": f"{at}/oauth/revoke",
        "userinfo_endpoint": f"{at}/userinfo",
        "jwks_uri": f"{at}/.well-known/jwks.json",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", DEVICE_GRANT],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "id_token_signing_alg_values_supported": [signing.ALGORITHM],
        "subject_types_supported": ["public"],
        "scopes_supported": list(SCOPES),
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "sid", "org_id", "email", "email_verified", "name"],
        "authorization_response_iss_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }
    return answers.document(told, headers=_FOR_FIVE_MINUTES)


def keys(asked: Asked, now: datetime) -> Answer:
    return answers.document(signing.published(now), headers=_FOR_FIVE_MINUTES)


def userinfo(asked: Asked, now: datetime) -> Answer:
    """Who the access token stands for (OpenID Connect Core, 5.3)."""
    caller = principals.authenticate(asked.bearer)
    if caller.kind is not Kind.USER:
        raise Refusal("insufficient_scope", "this token stands for no person", status=403)
    if not admits(caller.allowed_from, asked.source_ip):
        raise Refusal("insufficient_scope", "your address is not in your Organization's list of allowed IP address ranges", status=403)
    return answers.document({"sub": caller.id, "email": caller.username, "name": caller.name, "org_id": caller.organization_id})
