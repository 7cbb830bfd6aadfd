"""Runs `template.yaml` on one machine: gateway, schedules, state machines, and the process data plane."""
