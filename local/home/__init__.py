"""The process home: the data plane port on one machine, where every Deployment is real Airflow in processes of its own."""
