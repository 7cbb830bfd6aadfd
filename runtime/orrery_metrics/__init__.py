"""What one Airflow counts and times, heard as StatsD and written to Prometheus remote-write endpoints; needs nothing of Airflow itself."""
