"""Everything that has to be there before something of Airflow's runs: environment, database, what it is given."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from orrery_cli.local import configuration, database, dotenv, environments, objects
from orrery_cli.local.environments import Environment
from orrery_cli.local.objects import Objects
from orrery_cli.local.place import Place
from orrery_cli.output import note
from orrery_cli.project import Project


@dataclass(frozen=True, slots=True)
class Prepared:
    """A project's Airflow, ready to run on a database of its own."""

    place: Place
    project: Project
    environment: Environment
    given: Objects
    dotenv: dict[str, str]

    def variables(self, database_at: Path, secrets_in: Path) -> dict[str, str]:
        """The environment of its processes; writes what they are given into files in `secrets_in`."""
        return configuration.variables(
            self.place,
            self.project,
            self.environment,
            given=self.given,
            dotenv=self.dotenv,
            database=database_at,
            secrets_in=secrets_in,
        )

    def fresh_database(self, folder: Path) -> Path:
        """A database for one run, in which nothing happened yet."""
        with self.place.lock():
            source = database.empty(self.place, self.environment, self.variables(folder / "airflow.db", folder), self.given)
            database.copy(source, folder / "airflow.db")
        return folder / "airflow.db"


def prepared(project: Project, ask: Callable[[Place], Objects] = objects.remembered) -> Prepared:
    """The project's Airflow; `ask` says what the Workspace gives, by default what it gave last."""
    place = Place(project.root.resolve()).make()
    own = dotenv.load(project.root / ".env")
    given = ask(place).under(objects.of_settings(project.root))
    if own.get("AIRFLOW__SECRETS__BACKEND") and (given.connections or given.variables):
        note("`.env` has a secrets backend of its own, so the Workspace's connections and variables are not given")
    environment = environments.ready(place, project)
    return Prepared(place, project, environment, given, own)
