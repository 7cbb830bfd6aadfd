"""What is wrong, in words for the customer: from pods as kubelets report them, and through the home before a real API server."""

from datetime import UTC, datetime, timedelta

import pytest
from orrery.dataplane import trouble
from orrery.dataplane.kubernetes import troubles
from orrery.dataplane.kubernetes.objects import path
from orrery.dataplane.trouble import Kind
from orrery.errors import NotReadyYet

from tests.dataplane_contract import a_spec, ensure_all, observed, ref_of, remove_all
from tests.kubernetes.pretend_node import waiting
from tests.orrery.dataplane.kubernetes import agents

LABELS = {"orrery/component": "scheduler"}


def pod(status=None, **metadata):
    return {"metadata": {"name": "scheduler-1", "labels": LABELS, **metadata}, "status": status or {}}


def container(**status):
    return {"containerStatuses": [{"name": "scheduler", "ready": False, "restartCount": 0, **status}]}


KILLED = {"terminated": {"reason": "OOMKilled", "exitCode": 137, "finishedAt": "2026-03-01T12:00:00Z"}}
FAILED = {"terminated": {"reason": "Error", "exitCode": 1, "finishedAt": "2026-03-01T12:00:00Z"}}
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CRASHED = {"waiting": {"reason": "CrashLoopBackOff"}}
UNSCHEDULABLE = {"conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes",
                                 "lastTransitionTime": "2026-03-01T12:00:00Z"}]}  # fmt: skip
SIGHTS = [
    (container(state=CRASHED, lastState={"terminated": {"reason": "Error"}}, restartCount=4), Kind.CRASH_LOOP),
    (container(state=CRASHED, lastState=KILLED, restartCount=2), Kind.OUT_OF_MEMORY),
    (container(state=KILLED), Kind.OUT_OF_MEMORY),
    (container(state={"waiting": {"reason": "ErrImagePull"}}), Kind.IMAGE_PULL),
    (container(state={"waiting": {"reason": "ImagePullBackOff"}}), Kind.IMAGE_PULL),
    (container(state={"waiting": {"reason": "CreateContainerConfigError"}}), Kind.MISCONFIGURED),
    (container(state={"running": {}}), Kind.NOT_READY),
    (container(state={"running": {}}, restartCount=2), Kind.NOT_READY),
    (container(state={"running": {}}, restartCount=3), Kind.CRASH_LOOP),
    (container(state=FAILED, restartCount=3), Kind.CRASH_LOOP),
    (UNSCHEDULABLE, Kind.NO_ROOM),
    ({"phase": "Failed", "reason": "Evicted", "message": "Pod ephemeral local storage usage exceeds 5Gi"}, Kind.OUT_OF_STORAGE),
]


@pytest.mark.parametrize(("status", "kind"), SIGHTS, ids=lambda value: value if isinstance(value, Kind) else "")
def test_each_sight_has_its_name_and_its_words(status, kind):
    (trouble,) = troubles.of([pod(status)])
    assert (trouble.kind, trouble.component) == (kind, "scheduler")
    assert trouble.words.startswith("its scheduler is not well: ")


@pytest.mark.parametrize(
    "status",
    [
        {},
        {"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "True"}]},
        container(state={"waiting": {"reason": "ContainerCreating"}}),
        container(state={"running": {}}, ready=True),
        container(state={"running": {}}, ready=True, lastState=FAILED, restartCount=1),
        container(state={"terminated": {"reason": "Completed", "exitCode": 0}}, restartCount=5),
    ],
)
def test_a_pod_that_starts_or_is_well_again_is_no_trouble(status):
    assert troubles.of([pod(status)]) == []


def test_a_pod_that_is_told_to_end_is_no_trouble():
    assert troubles.of([pod(container(state=KILLED), deletionTimestamp="2026-01-01T00:00:00Z")]) == []


def test_the_most_telling_comes_first():
    seen = [pod(status) for status, _ in SIGHTS]
    found = [trouble.kind for trouble in troubles.of(seen)]
    assert found == sorted(found, key=list(Kind).index)


def test_how_often_it_ended_is_said():
    (trouble,) = troubles.of([pod(container(state=CRASHED, restartCount=4))])
    assert trouble.words == "its scheduler is not well: it ends again and again soon after it starts (4 times so far)"


def ill(component, status, *, name="pod", queue=""):
    told = {"annotations": {"orrery/queue": queue}} if queue else {}
    return pod(status, name=name, labels={"orrery/component": component}, **told)


def test_many_that_are_ill_alike_are_one_incident_that_names_them():
    crashed = container(state=CRASHED, restartCount=4)
    seen = [ill("worker", crashed, name=f"worker-{n}", queue=queue) for n in range(50) for queue in ("default", "heavy")]
    (incident,) = trouble.incidents(troubles.of(seen), NOON)
    assert (incident.code, incident.severity, incident.subject, incident.description) == (
        "CRASH_LOOP", "warning", "worker of queue default, worker of queue heavy",
        "it ends again and again soon after it starts (4 times so far)",
    )  # fmt: skip


def test_what_concerns_the_whole_deployment_stands_apart_from_what_concerns_some_tasks():
    killed = container(state=KILLED)
    seen = [ill("worker", killed), ill("scheduler", killed), ill("triggerer", killed), ill("triggerer", UNSCHEDULABLE)]
    found = [(each.code, each.severity, each.subject) for each in trouble.incidents(troubles.of(seen), NOON + 2 * trouble.PATIENCE)]
    assert found == [
        ("OUT_OF_MEMORY", "critical", "scheduler, triggerer"),
        ("OUT_OF_MEMORY", "warning", "worker"),
        ("NO_ROOM", "critical", "triggerer"),
    ]


def test_a_component_that_is_being_started_is_no_incident():
    assert trouble.incidents(troubles.of([pod(container(state={"running": {}}))]), NOON) == ()


@pytest.mark.parametrize(("last", "restarts", "code"), [(KILLED, 1, "OUT_OF_MEMORY"), (FAILED, 3, "CRASH_LOOP")])
def test_what_crashed_and_runs_again_is_no_reason_and_an_incident_for_a_while(last, restarts, code):
    found = troubles.of([pod(container(state={"running": {}}, ready=True, lastState=last, restartCount=restarts))])
    assert trouble.why(found, ["scheduler"]) == ""
    assert [each.code for each in trouble.incidents(found, NOON + trouble.RECENT)] == [code]
    assert trouble.incidents(found, NOON + trouble.RECENT + timedelta(seconds=1)) == ()


def test_a_pod_without_room_is_a_reason_at_once_and_an_incident_when_no_node_has_come_for_it():
    found = troubles.of([pod(UNSCHEDULABLE)])
    assert trouble.why(found, ["scheduler"]) == "its scheduler is not well: no node has room for it"
    assert trouble.incidents(found, NOON + trouble.PATIENCE - timedelta(seconds=1)) == ()
    assert [each.code for each in trouble.incidents(found, NOON + trouble.PATIENCE)] == ["NO_ROOM"]


def test_what_is_told_of_a_hundred_queues_stays_within_what_the_plane_takes():
    seen = [ill("worker", UNSCHEDULABLE, name=f"worker-{n}", queue=f"queue-with-quite-a-name-{n}") for n in range(100)]
    (incident,) = trouble.incidents(troubles.of(seen), NOON + trouble.PATIENCE)
    assert len(incident.subject) <= 100
    assert incident.subject.startswith("worker of queue queue-with-quite-a-name-0, ")


@pytest.fixture
def spec(home, node):
    spec = a_spec()
    yield spec
    node.fate = lambda pod: None
    remove_all(home, ref_of(spec))


FATES = {
    "ImagePullBackOff": ({}, "its scheduler is not well: its image cannot be pulled"),
    "CrashLoopBackOff": (
        {"restartCount": 3, "lastState": {"terminated": {"reason": "Error", "exitCode": 1}}},
        "its scheduler is not well: it ends again and again soon after it starts (3 times so far)",
    ),
}


@pytest.mark.parametrize("reason", FATES)
def test_a_scheduler_that_is_not_well_is_the_deployments_reason(home, node, spec, reason):
    more, words = FATES[reason]
    ill = {"orrery/component": "scheduler", "orrery/deployment": spec.id}
    node.fate = lambda pod: waiting(pod, reason, **more) if ill.items() <= pod["metadata"]["labels"].items() else None
    ensure_all(home, spec)
    seen = observed(home, ref_of(spec), lambda seen: seen.reason == words, seconds=60)
    assert (seen.healthy, seen.reason) == (False, words)
    node.fate = lambda pod: None
    assert observed(home, ref_of(spec), lambda seen: seen.healthy, seconds=60).healthy


def change(kubernetes, kind, spec, name, content):
    answer = kubernetes.api.send("PATCH", path(kind, spec.namespace, name), content, kind="application/merge-patch+json")
    assert answer.status == 200, answer


def test_a_pod_without_room_is_the_deployments_reason(kubernetes, home, spec):
    ensure_all(home, spec)
    change(kubernetes, "Deployment", spec, "triggerer", {"spec": {"template": {"spec": {"nodeSelector": {"there": "is-none"}}}}})
    words = "its triggerer is not well: no node has room for it"
    assert observed(home, ref_of(spec), lambda seen: seen.reason == words, seconds=60).reason == words


def test_a_component_that_the_quota_keeps_out_is_the_deployments_reason(kubernetes, home, spec):
    ensure_all(home, spec)
    observed(home, ref_of(spec), lambda seen: seen.healthy, seconds=60)
    change(kubernetes, "ResourceQuota", spec, "deployment", {"spec": {"hard": {"pods": "1"}}})
    change(kubernetes, "Deployment", spec, "triggerer", {"spec": {"template": {"metadata": {"annotations": {"new": "one"}}}}})
    words = "its triggerer is not well: it is over the quota of its namespace"
    assert observed(home, ref_of(spec), lambda seen: seen.reason == words, seconds=60).reason == words


def test_a_worker_that_is_not_well_is_an_incident_and_the_deployment_stays_healthy(api, home, node, spec):
    ensure_all(home, spec)
    node.fate = lambda pod: (
        waiting(pod, "CrashLoopBackOff", restartCount=2) if pod["metadata"]["labels"]["orrery/component"] == "worker" else None
    )
    agents.scale(api, spec.id, 1)
    seen = observed(home, ref_of(spec), lambda seen: seen.healthy and bool(seen.incidents), seconds=60)
    assert (seen.healthy, [(each.code, each.severity) for each in seen.incidents]) == (True, [("CRASH_LOOP", "warning")])
    agents.scale(api, spec.id, 0)


def test_airflow_waits_for_its_database_and_is_not_started_when_that_fails(home, node, spec):
    migrating = {"orrery/component": "migrations", "orrery/deployment": spec.id}
    held = {"phase": "Running", "conditions": [], "containerStatuses": []}
    node.fate = lambda pod: held if migrating.items() <= pod["metadata"]["labels"].items() else None
    for part in ("namespace", "database", "broker", "release"):
        getattr(home, f"ensure_{part}")(spec)
    with pytest.raises(NotReadyYet, match="its database is being migrated"):
        home.ensure_airflow(spec)
    assert home.observe(ref_of(spec)).reason == "its Airflow is not started"


def test_what_somebody_else_runs_beside_it_is_no_part_of_it(kubernetes, home, spec):
    ensure_all(home, spec)
    observed(home, ref_of(spec), lambda seen: seen.healthy, seconds=60)
    pod = {"metadata": {"labels": {"app": "theirs"}}, "spec": {"containers": [{"name": "theirs", "image": "theirs"}]}}
    theirs = {"metadata": {"name": "theirs"}, "spec": {"replicas": 0, "selector": {"matchLabels": {"app": "theirs"}}, "template": pod}}
    assert kubernetes.api.create(path("Deployment", spec.namespace), theirs).status == 201
    assert observed(home, ref_of(spec), lambda seen: seen.healthy, seconds=60).healthy
