"""A simulator that scores our hypervisor beside its peers and beside the cheapest fleet that hindsight could have run.

`python -m benchmarks.hypervisor --help` says how a figure comes about; the planner it runs is production's own.
"""
