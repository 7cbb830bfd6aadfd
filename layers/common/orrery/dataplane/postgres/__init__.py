"""The database server of a cluster: a database of its own for every Deployment, made in SQL, over whichever way leads there."""
