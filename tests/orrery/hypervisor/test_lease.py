"""What a plan becomes on its way to an agent."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from orrery.hypervisor import fleet as fleets
from orrery.hypervisor.fleet import Queue
from orrery.hypervisor.lease import LIFE, RENEWED, RENEWED_AT_REST, WORDS, Lease, merge, news, renew
from orrery.hypervisor.plan import Cause, Plan, plan

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def planned(*, queued: int = 0, silence: float = 0.0) -> Plan:
    return plan(fleets.of("c1", [Queue("d1", "o1", 3, "default", queued, 0, (), 0, 4, 5)], silence=silence))


def first(plan: Plan) -> Lease:
    lease = renew(None, plan, NOW)
    assert lease
    return lease


def test_the_first_lease_carries_every_target_and_ends_after_ninety_seconds() -> None:
    lease = first(planned(queued=7))
    assert (lease.generation, lease.expires_at - lease.issued_at) == (1, timedelta(seconds=90))
    assert [(target.deployment_id, target.queue, target.workers, target.deployment_generation) for target in lease.targets] == [
        ("d1", "default", 2, 3)
    ]


def test_a_lease_that_would_say_the_same_is_kept_until_half_of_it_is_over() -> None:
    lease = first(planned(queued=7))
    assert renew(lease, planned(queued=8), NOW + LIFE - RENEWED - SECOND) is None
    renewed = renew(lease, planned(queued=8), NOW + LIFE - RENEWED)
    assert renewed
    assert (renewed.generation, renewed.issued_at) == (2, NOW + LIFE - RENEWED)


def test_a_new_target_is_a_new_lease_at_once() -> None:
    changed = renew(first(planned(queued=7)), planned(queued=12), NOW + SECOND)
    assert changed
    assert [target.workers for target in changed.targets] == [3]


def test_a_target_of_a_newer_generation_is_a_new_lease_even_if_the_number_is_the_same() -> None:
    newer = tuple(replace(decision, generation=4) for decision in planned(queued=7))
    assert renew(first(planned(queued=7)), newer, NOW + SECOND)


def test_a_silent_cluster_gets_no_more_time() -> None:
    lease = renew(first(planned(queued=7)), planned(queued=7, silence=61), NOW + SECOND)
    assert lease
    assert lease.expires_at == lease.issued_at
    assert renew(lease, planned(queued=7, silence=300), NOW + timedelta(hours=1)) is None


def test_an_empty_cluster_costs_one_lease_and_no_more() -> None:
    assert renew(first(()), (), NOW + timedelta(days=1)) is None


def test_a_queue_at_rest_needs_no_target_and_its_lease_is_renewed_all_the_same() -> None:
    lease = first(planned())
    assert (lease.targets, lease.queues) == ((), 1)
    assert renew(lease, planned(), NOW + LIFE - RENEWED_AT_REST - SECOND, renewed=RENEWED_AT_REST) is None
    assert renew(lease, planned(), NOW + LIFE - RENEWED_AT_REST, renewed=RENEWED_AT_REST)


def test_what_comes_to_rest_is_news_once() -> None:
    busy = first(planned(queued=7))
    calm = renew(busy, planned(), NOW + SECOND)
    assert calm
    assert (len(news(busy, planned())), news(calm, planned())) == (1, ())


def test_the_leases_of_all_shards_are_one_that_ends_with_the_first_of_them() -> None:
    old, young = first(planned(queued=7)), renew(None, planned(queued=12), NOW + SECOND)
    assert young
    merged = merge([young, old, first(())])
    assert merged
    assert (merged.issued_at, merged.expires_at, merged.generation) == (old.issued_at, old.expires_at, 3)
    assert [target.workers for target in merged.targets] == [3], "of two that speak of one queue the newer one counts"
    assert merge([]) is None


def test_actions_are_always_news_and_a_hold_only_when_its_cause_is_another() -> None:
    launch, rest = planned(queued=7), planned()
    assert news(None, rest) == rest
    assert news(first(launch), launch) == launch
    assert news(first(rest), rest) == ()
    assert news(first(launch), rest) == rest


def test_every_cause_has_words_of_its_own() -> None:
    assert len({WORDS[cause] for cause in Cause}) == len(Cause)
