"""Airflow on this machine without Docker: an environment that uv builds, a database of its own, processes that outlive the command."""
