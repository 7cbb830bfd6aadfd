"""How a local Airflow is configured: in the environment of its processes, never in a file that Airflow would find by itself."""

import base64
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from orrery_cli.local import objects
from orrery_cli.local.environments import Environment
from orrery_cli.local.objects import Objects
from orrery_cli.local.place import Place, read, write
from orrery_cli.project import Project

# Without the last one's removal each of Airflow's processes would compile all of Airflow again.
_DROPPED: Final = ("AIRFLOW_", "ORRERY_", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")
_DEFAULTS: Final = {
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
    "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    # Somebody who edits a DAG looks at it right away.
    "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "5",
    "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "5",
    "AIRFLOW__DAG_PROCESSOR__BUNDLE_REFRESH_CHECK_INTERVAL": "1",
    # Health is green before the Execution API is warm; the default of 5 s fails the first task of a cold Airflow.
    "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "60",
    "AIRFLOW__CORE__PARALLELISM": "8",
    "AIRFLOW__API__WORKERS": "1",
    "PYTHONUNBUFFERED": "1",
}


def own(outside: Mapping[str, str]) -> dict[str, str]:
    """The environment of the command without what belongs to another Airflow, another Python, or the control plane's client."""
    return {name: value for name, value in outside.items() if not name.startswith(_DROPPED)}


def variables(
    place: Place, project: Project, environment: Environment, *, given: Objects, dotenv: Mapping[str, str], database: Path, secrets_in: Path
) -> dict[str, str]:
    """What every process of this Airflow gets. Defaults of ours give way to the Workspace's variables, these to `.env`; what holds
    the processes together gives way to nothing."""
    outside = own(os.environ)
    chosen = _DEFAULTS | objects.backend(secrets_in, given.without(dotenv)) | given.environment | dict(dotenv)
    path = f"{environment.bin}{os.pathsep}{outside.get('PATH', os.defpath)}"
    return outside | _paths(project) | chosen | _bound(place, project, database) | {"PATH": path, "VIRTUAL_ENV": str(environment.path)}


def _paths(project: Project) -> dict[str, str]:
    """Folders of the older layout, where a project has them."""
    found = {"PYTHONPATH": str(project.root)} if (project.root / "include").is_dir() else {}
    plugins = project.root / "plugins"
    return found | ({"AIRFLOW__CORE__PLUGINS_FOLDER": str(plugins)} if plugins.is_dir() else {})


def _bound(place: Place, project: Project, database: Path) -> dict[str, str]:
    keys = _keys(place)
    return {
        "AIRFLOW_HOME": str(place.home),
        "AIRFLOW_CONFIG": os.devnull,
        "AIRFLOW__CORE__DAGS_FOLDER": str(project.dags),
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{database}",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(place.logs / "tasks"),
        "AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(place.logs / "dags"),
        "AIRFLOW__CORE__FERNET_KEY": keys["fernet"],
        "AIRFLOW__API__SECRET_KEY": keys["api"],
        "AIRFLOW__API_AUTH__JWT_SECRET": keys["jwt"],
    }


def _keys(place: Place) -> dict[str, str]:
    path = place.secrets / "keys.json"
    if not read(path):
        write(
            path,
            {
                "fernet": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
                "api": secrets.token_hex(32),
                "jwt": secrets.token_hex(64),
            },
        )
    return {name: str(value) for name, value in read(path).items()}
