"""Every shape of Deployment passes checkov, but for the findings that are explained here."""

import json
import os
import subprocess
from collections import defaultdict

import pytest
import yaml

from local.environments import CHECKOV, python
from local.state import State
from tests.orrery.dataplane.kubernetes.plans import SHAPES, everything

EVERY = {"api-server", "broker", "dag-processor", "metrics", "migrations", "pgbouncer", "scheduler", "snapshot", "triggerer", "worker"}
EXPLAINED = {
    # Liveness and readiness. These three answer no request, and a command that asks Airflow about itself costs seconds of CPU each time.
    # That they work is seen elsewhere: dag-processor and triggerer on the api-server's health page, workers by the agent. The metrics
    # sender listens on UDP, and nobody waits for it. All of them are started again when their process ends.
    "CKV_K8S_8": {"dag-processor", "metrics", "triggerer", "worker"},
    "CKV_K8S_9": {"dag-processor", "metrics", "triggerer", "worker"},
    # `imagePullPolicy: Always`. Tags of our repositories cannot be moved, and with Always a registry that is away would keep a pod from
    # starting again on a node that has its image.
    "CKV_K8S_15": EVERY,
    # Images by digest. A Deployment's own image may be named by its digest; the tag of a runtime release stands for one image for ever.
    "CKV_K8S_43": EVERY,
    # Secrets as files. Airflow is configured by its environment, and the customer's variables are meant to be in it. What must not be
    # seen by tasks is in Secrets that workers are not given. The snapshot is given the database's password, as pg_dump takes it.
    "CKV_K8S_35": {"api-server", "dag-processor", "migrations", "scheduler", "snapshot", "triggerer", "worker"},
    # A token of the cluster. The scheduler that starts a pod for each task needs one; in every other shape it has none.
    "CKV_K8S_38": {"scheduler"},
}


@pytest.fixture
def checkov():
    program = python(State.here(), CHECKOV).with_name("checkov")
    if not program.exists():
        why = "checkov is not installed: run `make check`, which installs it"
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)
    return program


def test_whatever_checkov_finds_is_explained_and_every_explanation_is_needed(checkov, tmp_path):
    for shape, plan in SHAPES.items():
        (tmp_path / f"{shape}.yaml").write_text(yaml.safe_dump_all(everything(plan)))
    found = defaultdict(set)
    for finding in findings(checkov, tmp_path):
        component = finding["resource"].split(".")[-1]
        found[finding["check_id"]].add(next((each for each in EVERY if component.startswith(each)), component))
    assert dict(found) == EXPLAINED


def findings(checkov, folder):
    argv = [checkov, "-d", folder, "--framework", "kubernetes", "--skip-download", "--compact", "--quiet", "-o", "json"]
    told = json.loads(subprocess.run(argv, capture_output=True, text=True, check=False).stdout)
    assert told["summary"]["parsing_errors"] == 0
    assert told["summary"]["passed"] > 1000
    return told["results"]["failed_checks"]
