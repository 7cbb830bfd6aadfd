"""Where Airflow finds the connections and variables that its Workspace and its Deployment keep in the control plane.

They lie in two files that the data plane writes, so that tasks go on when the plane is away. A secrets backend of the customer's own, named
by `AIRFLOW__SECRETS__BACKEND` among the Deployment's variables, is asked first. Airflow makes its backend while it reads its configuration,
so nothing of Airflow that needs one may be imported here.
"""

from __future__ import annotations

import json
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from airflow.secrets import BaseSecretsBackend


class EnvironmentObjects(BaseSecretsBackend):
    """Airflow's `[secrets] backend` of every component but the workers, whose tasks ask the api-server."""

    def __init__(self, folder: str, backend: str = "", backend_kwargs: str = "") -> None:
        super().__init__()
        self._folder, self._own, self._own_kwargs = Path(folder), backend, backend_kwargs

    def get_connection(self, conn_id: str, team_name: str | None = None) -> Any:
        own = self._customers.get_connection(conn_id=conn_id) if self._customers else None
        return own or super().get_connection(conn_id=conn_id)

    def get_conn_value(self, conn_id: str, team_name: str | None = None) -> str | None:
        fields = self._read("connections").get(conn_id)
        return json.dumps(fields) if fields else None

    def get_variable(self, key: str, team_name: str | None = None) -> str | None:
        own = self._customers.get_variable(key=key) if self._customers else None
        return own if own is not None else self._read("variables").get(key)

    def get_config(self, key: str) -> str | None:
        return self._customers.get_config(key=key) if self._customers else None

    @cached_property
    def _customers(self) -> BaseSecretsBackend | None:
        """Made on first use: what is wrong with it then stops a look, and not the whole component."""
        if not self._own:
            return None
        module, _, name = self._own.rpartition(".")
        made: BaseSecretsBackend = getattr(import_module(module), name)(**json.loads(self._own_kwargs or "{}"))
        return made

    def _read(self, name: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self._folder / f"{name}.json").read_text())
        return content
