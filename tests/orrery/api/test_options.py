"""Deployment options over HTTP: the figures told are those that requests are judged by."""

from tests.support.plane import Plane

QUEUE = {"name": "default", "isDefault": True, "astroMachine": "A5", "minWorkerCount": 0, "maxWorkerCount": 4, "workerConcurrency": 5}


def test_the_options_are_the_figures_that_requests_are_judged_by(plane: Plane) -> None:
    options = plane.installation.owner.get(f"{plane.installation.path}/deployment-options").body
    assert [each["version"] for each in options["runtimeReleases"]] == ["3.3-1"]
    assert options["executors"] == ["ASTRO", "CELERY"]
    assert options["workerQueues"]["maxWorkers"] == {"floor": 1, "default": 10, "ceiling": 100}
    machines = {each["name"]: each for each in options["workerMachines"]}
    for name, machine in machines.items():
        ceiling = machine["concurrency"]["ceiling"]
        refused = plane.create(name=name, workerQueues=[{**QUEUE, "astroMachine": name, "workerConcurrency": ceiling + 1}])
        assert refused.fields == ["workerQueues[0].workerConcurrency"]
        assert plane.create(name=name, workerQueues=[{**QUEUE, "astroMachine": name, "workerConcurrency": ceiling}]).status == 200
    refused = plane.installation.owner.get(f"{plane.installation.path}/deployment-options", cloudProvider="GCP")
    assert (refused.status, refused.fields) == (400, ["cloudProvider"])
