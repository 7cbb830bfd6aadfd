"""Where a started Airflow listens, and who may sign in there."""

from pathlib import Path
from typing import Final

from orrery_cli.local.place import Place, read, write

USER: Final = "admin"


def serving(place: Place, port: int) -> dict[str, str]:
    """What only a started Airflow has: an address and a person who may sign in there."""
    return {
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": url(port),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url(port)}/execution/",
        "AIRFLOW__CORE__AUTH_MANAGER": "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(_passwords(place)),
    }


def url(port: int) -> str:
    return f"http://localhost:{port}"


def password(place: Place) -> str:
    """The password of `admin`, chosen at the first look and the same ever after."""
    path = _passwords(place)
    if not read(path).get(USER):
        import secrets  # once, and heavy

        write(path, {USER: secrets.token_urlsafe(9)})
    return str(read(path)[USER])


def _passwords(place: Place) -> Path:
    return place.secrets / "passwords.json"
