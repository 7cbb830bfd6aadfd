"""The Kubernetes home behind the agent's port: one cluster, seen through watches, changed by a handful of small writes.

`watched` keeps what the API server tells; `seen` says what the agent reads out of it; `inventory` and `workers` are pure; `ending` and
`counts` are the writes.
"""
