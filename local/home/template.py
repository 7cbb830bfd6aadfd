"""The migrated database that every Deployment's is copied from: made once a version of Airflow, in the background of the first start."""

import os
import threading

from orrery.errors import DataPlaneFailed, NotReadyYet

from local.home import airflow, secrets
from local.home.cells import deployment_cell, own_room
from local.home.places import Places
from local.home.postgres import Postgres
from local.home.supervisor import start


class Template:
    def __init__(self, places: Places, postgres: Postgres, *, version: str, uid: int) -> None:
        self._places = places
        self._postgres = postgres
        self._version = version
        self._uid = uid
        self._done = threading.Event()
        self._failure: DataPlaneFailed | None = None

    @property
    def name(self) -> str:
        return f"airflow_{self._version.replace('.', '_')}"

    def begin(self) -> None:
        threading.Thread(target=self._run, name="template", daemon=True).start()

    def wait(self, *, seconds: float = 60.0) -> str:
        """The template's name once it can be copied."""
        if not self._done.wait(seconds):
            raise NotReadyYet("the first database of this Airflow is still being migrated")
        if self._failure:
            raise self._failure
        return self.name

    def _run(self) -> None:
        try:
            if not self._postgres.has_template(self.name):
                self._make()
        except Exception as error:
            self._failure = error if isinstance(error, DataPlaneFailed) else DataPlaneFailed(f"no database template: {error}")
        self._done.set()

    def _make(self) -> None:
        room = self._places.home / "template"
        own_room(room, "files", "tmp", "broker", uid=self._uid, isolated=self._places.isolated)
        secrets.prepare(room, uid=self._uid, isolated=self._places.isolated)
        (room / "releases").mkdir(exist_ok=True)
        cell = deployment_cell(self._places, room=room, uid=self._uid)
        log = room / "migrate.log"
        url = self._postgres.open_template(self.name)
        command = airflow.migration(self._places, cell=cell, database_url=url, log=log, key="home/migrate")
        if os.waitpid(start(command, state=self._places.state), 0)[1] != 0:
            raise DataPlaneFailed(f"Airflow could not migrate its database; see `{log}`")
        self._postgres.seal_template(self.name)
