"""The name under which a worker's tasks are known: on a machine that many workers share, the machine's own name would tell none from another."""

import os


def name() -> str:
    """Airflow's `hostname_callable`: the worker's id, in a domain that never leaves the machine."""
    return f"{os.environ['ORRERY_PROCESS'].rpartition('/')[2]}.localhost"
