"""The orrery command: a client of the public HTTP API and nothing else."""

__version__ = "0.1.0"
