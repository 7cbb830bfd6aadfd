"""Programs that run under the Python of a project's Airflow; they import nothing of this command."""
