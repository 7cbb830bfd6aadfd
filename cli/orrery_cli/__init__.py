"""The orrery command: a client of the public HTTP API and nothing else."""
