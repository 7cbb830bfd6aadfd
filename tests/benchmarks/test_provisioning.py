"""What `benchmarks/provisioning.py` counts, held to its bounds; what it times depends on the machine."""

import subprocess
import sys

from benchmarks.provisioning import PROVISION, TRANSITIONS, WRITES, cluster, provision, transitions, writes_of_an_unchanged_one
from tests.dataplane_contract import a_spec, ref_of, remove_all
from tests.kubernetes.control_plane import ControlPlane
from tests.kubernetes.pretend_node import PretendNode


def test_a_create_in_which_nothing_is_tried_again_has_few_transitions() -> None:
    steps_and_both_ends = 9 + 2
    assert steps_and_both_ends <= transitions() <= TRANSITIONS


def test_what_is_as_it_should_be_is_not_written_again(kubernetes: ControlPlane, node: PretendNode) -> None:
    made, spec = cluster(kubernetes), a_spec(development=True)
    before = made.api.writes
    provision(made.home, spec)
    assert made.api.writes - before > 40, "every object of it"
    assert writes_of_an_unchanged_one(made, spec) == WRITES
    remove_all(made.home, ref_of(spec))


def test_the_function_loads_no_client_of_a_cluster_before_it_speaks_to_one() -> None:
    asked = f"{PROVISION}, sys; print(*(name for name in sys.modules if name.partition('.')[0] in ('kubernetes', 'psycopg')))"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.split() == []
