"""The production home of Deployments: a namespace each on a Kubernetes cluster.

`home` keeps the port, `apply` is the only writer, `api` the only importer of the kubernetes client; most other files render manifests from
a plan and touch nothing.
"""
