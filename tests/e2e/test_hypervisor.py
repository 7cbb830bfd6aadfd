"""The hypervisor at work on a real Airflow: workers come, pack and go. How a Deployment sleeps is in `test_sleep.py`."""

import pytest

from tests.support.platform import Platform

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(2700)]


def decided(platform: Platform, deployment: str) -> list[dict]:
    """What moved workers, oldest first."""
    found = platform.cli("deployment", "scaling-decisions", deployment, "--limit", "1000")["scalingDecisions"]
    return sorted((each for each in found if each["action"] != "HOLD"), key=lambda each: str(each["decidedAt"]))


def test_the_workers_of_a_fan_out_come_pack_and_go(platform_at_work):
    platform = platform_at_work
    platform.wait_until("both runs are over", lambda: platform.said().count("✓ Waiting for the workers to go again") == 2, 600)
    decisions = decided(platform, "hello")
    heavy = [each for each in decisions if each["queue"] == "heavy"]
    assert (heavy[0]["action"], heavy[0]["cause"]) == ("LAUNCH", "DEMAND")
    assert max(each["target"] for each in heavy) > 1
    assert {each["action"] for each in heavy} == {"LAUNCH", "DRAIN"}
    assert heavy[-1]["target"] == 0
    assert {each["cause"] for each in decisions} & {"AHEAD", "PACKED"}, "the second run was foretold"
