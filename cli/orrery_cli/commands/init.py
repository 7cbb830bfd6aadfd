"""`orrery init`: a project to begin with, or what an older one lacks."""

from pathlib import Path

import click

from orrery_cli.output import note
from orrery_cli.session import current
from orrery_cli.shared import command

COLUMNS = ("project", "name", "runtime", "airflowVersion", "made", "kept")


@command("init")
@click.argument("path", type=click.Path(file_okay=False, path_type=Path), default=".")
@click.option("--name", help="The project's name; the folder's when left out.")
@click.option("--runtime", metavar="VERSION", help="The runtime its Deployments have, as in 3.3-1; the newest when left out.")
def init(path: Path, name: str | None, runtime: str | None) -> None:
    """Begin a project in PATH: pyproject.toml, an example DAG and its tests. Files that are there stay as they are.

    A project of the older layout (Dockerfile, requirements.txt, packages.txt, airflow_settings.yaml) works as it is; here it is given
    a pyproject.toml with the Airflow that its Dockerfile names, and goes on being read.

    \b
    Examples:
      orrery init etl
      orrery init . --runtime 3.3-1
    """
    from orrery_cli.local import beginning, environments

    begun = beginning.at(path, name=name, runtime=runtime)
    older = begun.older
    written = begun.write()
    if older:
        note("A project of the older layout: requirements.txt and airflow_settings.yaml are read; the Dockerfile only names the Airflow")
        if packages := environments.system_packages(path):
            note(f"packages.txt is for images; if they are missing here, install them yourself: {' '.join(packages)}")
    about = {"project": str(path.resolve()), "name": begun.name, "runtime": begun.release.runtime, "airflowVersion": begun.release.airflow}
    current().show({**about, **written}, COLUMNS)
