"""What an Orrery Deployment adds to Airflow: code from the release store, and sign-in through the control plane."""
