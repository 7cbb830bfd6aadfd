"""Where Airflow finds the connections and variables that its Workspace and its Deployment keep in the control plane.

They lie in two files that the data plane writes, so that tasks go on when the plane is away. A secrets backend of the customer's own, named
by `AIRFLOW__SECRETS__BACKEND` among the Deployment's variables, is asked first.
"""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any

from airflow.models.connection import Connection
from airflow.secrets import BaseSecretsBackend
from airflow.utils.module_loading import import_string


class EnvironmentObjects(BaseSecretsBackend):
    """Airflow's `[secrets] backend` of every component but the workers, whose tasks ask the api-server."""

    def __init__(self, folder: str, backend: str = "", backend_kwargs: str = "") -> None:
        super().__init__()
        self._folder, self._own, self._own_kwargs = Path(folder), backend, backend_kwargs

    def get_connection(self, conn_id: str, team_name: str | None = None) -> Connection | None:
        own = self._customers.get_connection(conn_id=conn_id) if self._customers else None
        fields = None if own else self._read("connections").get(conn_id)
        return Connection(conn_id=conn_id, **fields) if fields else own

    def get_variable(self, key: str, team_name: str | None = None) -> str | None:
        own = self._customers.get_variable(key=key) if self._customers else None
        return own if own is not None else self._read("variables").get(key)

    def get_config(self, key: str) -> str | None:
        return self._customers.get_config(key=key) if self._customers else None

    @cached_property
    def _customers(self) -> BaseSecretsBackend | None:
        """Made on first use: what is wrong with it then stops a look, and not the whole component."""
        return import_string(self._own)(**json.loads(self._own_kwargs or "{}")) if self._own else None

    def _read(self, name: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self._folder / f"{name}.json").read_text())
        return content
