"""The name a worker's tasks are known by: on a machine that many workers share, the machine's own would tell none from another."""

import os


def name() -> str:
    """Airflow's `hostname_callable`: the worker's id, in a domain that never leaves the machine."""
    return f"{os.environ['ORRERY_PROCESS'].rpartition('/')[2]}.localhost"
