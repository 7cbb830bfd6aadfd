"""Connections, Airflow variables and environment variables that a local Airflow is given, and from whom.

Those of the Workspace come from the API as its people see them; `airflow_settings.yaml` of the older layout goes over them, and
`.env` over both.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from orrery_cli.failures import Failure
from orrery_cli.local.place import Place, read, write

Values = dict[str, str]
Connections = dict[str, dict[str, Any]]
SETTINGS: Final = "airflow_settings.yaml"
_FIELDS: Final = {"type": "conn_type", "host": "host", "login": "login", "password": "password", "schema": "schema", "port": "port"}


@dataclass(frozen=True, slots=True)
class Objects:
    """Connections in the words of Airflow's secrets files, variables, environment variables, and pools as Airflow imports them."""

    connections: Connections = field(default_factory=dict)
    variables: Values = field(default_factory=dict)
    environment: Values = field(default_factory=dict)
    pools: dict[str, dict[str, Any]] = field(default_factory=dict)

    def under(self, other: "Objects") -> "Objects":
        """Both; where they have the same key, the other's."""
        return Objects(
            self.connections | other.connections,
            self.variables | other.variables,
            self.environment | other.environment,
            self.pools | other.pools,
        )

    def without(self, environment: Mapping[str, str]) -> "Objects":
        """What is left beside AIRFLOW_CONN_... and AIRFLOW_VAR_... of an environment, which Airflow would look at later."""
        connections = {key: each for key, each in self.connections.items() if f"AIRFLOW_CONN_{key.upper()}" not in environment}
        variables = {key: each for key, each in self.variables.items() if f"AIRFLOW_VAR_{key.upper()}" not in environment}
        return Objects(connections, variables, self.environment, self.pools)


def of_api(items: list[dict[str, Any]]) -> Objects:
    """Environment objects as the API sends them; a variable whose value it keeps back is left out rather than empty."""
    found = Objects()
    for item in items:
        key = str(item["objectKey"])
        if item["objectType"] == "CONNECTION":
            found.connections[key] = _connection(item["connection"])
        elif item["objectType"] == "AIRFLOW_VARIABLE" and not _kept_back(item["airflowVariable"]):
            found.variables[key] = str(item["airflowVariable"]["value"])
        elif item["objectType"] == "ENVIRONMENT_VARIABLE" and not _kept_back(item["environmentVariable"]):
            found.environment[key] = str(item["environmentVariable"]["value"])
    return found


def kept_back(items: list[dict[str, Any]]) -> list[str]:
    """The keys of variables whose value the API keeps back."""
    held = [(item, item.get("airflowVariable") or item.get("environmentVariable")) for item in items]
    return sorted(str(item["objectKey"]) for item, variable in held if variable and _kept_back(variable))


def of_settings(root: Path) -> Objects:
    """Connections, variables and pools of airflow_settings.yaml; raises `Failure` where it cannot be read."""
    path = root / SETTINGS
    if not path.is_file():
        return Objects()
    import yaml

    try:
        airflow = (yaml.safe_load(path.read_text()) or {}).get("airflow") or {}
        return Objects(
            {str(each["conn_id"]): _of_yaml(each) for each in airflow.get("connections") or [] if each.get("conn_id")},
            {
                str(each["variable_name"]): _string(each["variable_value"])
                for each in airflow.get("variables") or []
                if each.get("variable_name")
            },
            {},
            {str(each["pool_name"]): _pool(each) for each in airflow.get("pools") or [] if each.get("pool_name")},
        )
    except (yaml.YAMLError, UnicodeDecodeError, AttributeError, KeyError, TypeError, ValueError) as error:
        # what the error quotes may be a password
        raise Failure(f"cannot read `{path}` ({type(error).__name__}): see its example in the documentation", kind="usage") from None


def remember(place: Place, pulled: Objects) -> None:
    """Keep what the Workspace gave, for commands that ask nobody."""
    write(place.secrets / "pulled.json", asdict(pulled))


def remembered(place: Place) -> Objects:
    kept = read(place.secrets / "pulled.json")
    return Objects(
        **{name: kept[name] for name in ("connections", "variables", "environment", "pools") if isinstance(kept.get(name), dict)}
    )


def backend(folder: Path, objects: Objects) -> dict[str, str]:
    """Write the files of Airflow's local secrets backend, and the settings that lead to them."""
    files = {"connections_file_path": folder / "connections.json", "variables_file_path": folder / "variables.json"}
    write(files["connections_file_path"], objects.connections)
    write(files["variables_file_path"], objects.variables)
    return {
        "AIRFLOW__SECRETS__BACKEND": "airflow.secrets.local_filesystem.LocalFilesystemBackend",
        "AIRFLOW__SECRETS__BACKEND_KWARGS": json.dumps({name: str(path) for name, path in files.items()}),
    }


def _connection(fields: Mapping[str, Any]) -> dict[str, Any]:
    known = {ours: fields[theirs] for theirs, ours in _FIELDS.items() if fields.get(theirs) is not None}
    extra = fields.get("extra")
    return known | ({"extra": extra if isinstance(extra, str) else json.dumps(extra)} if extra else {})


def _of_yaml(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The older layout writes conn_type, conn_host and so on; its blanks mean nothing."""
    named = {re.sub(r"^conn_", "", name): value for name, value in fields.items() if value not in (None, "")}
    return _connection(named | ({"port": int(named["port"])} if "port" in named else {}))


def _pool(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "slots": int(fields["pool_slot"]),
        "description": str(fields.get("pool_description") or ""),
        "include_deferred": bool(fields.get("pool_include_deferred", False)),
    }


def _string(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _kept_back(variable: Mapping[str, Any]) -> bool:
    return bool(variable["isSecret"]) and not variable["value"]
