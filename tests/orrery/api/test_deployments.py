"""Deployments over HTTP: made, listed, changed and taken away through the function's own handler, on a real DynamoDB."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from orrery.errors import StaleGeneration
from orrery.model.deployment import Health
from orrery.provisioning.specs import spec_of
from orrery.settings import settings
from orrery.store import deployments
from orrery.store.tables import table

from tests.support.installation import another
from tests.support.plane import Plane

QUEUE = {"name": "default", "isDefault": True, "astroMachine": "A5", "minWorkerCount": 0, "maxWorkerCount": 4, "workerConcurrency": 5}


def queue(**changes: Any) -> dict[str, Any]:
    return {**QUEUE, **changes}


def test_a_new_deployment_takes_the_products_defaults_and_starts_its_saga(plane: Plane) -> None:
    answer = plane.create()
    assert answer.status == 200
    made = answer.body
    assert (made["status"], made["statusReason"]) == ("CREATING", "its Airflow is being made")
    assert (made["type"], made["executor"], made["schedulerSize"], made["schedulerCpu"], made["schedulerMemory"]) == (
        "STANDARD", "ASTRO", "SMALL", "1", "2Gi",
    )  # fmt: skip
    assert made["runtimeVersion"] == made["astroRuntimeVersion"] == made["imageTag"] == "3.3-1"
    assert made["airflowVersion"].startswith("3.3.")
    assert (made["clusterId"], made["region"], made["cloudProvider"]) == (plane.installation.cluster_id, "us-east-1", "AWS")
    assert made["workspaceName"] == "etl"
    assert made["organizationId"] == plane.installation.organization_id
    (default,) = made["workerQueues"]
    assert {name: default[name] for name in default if name != "id"} == {
        "name": "default", "isDefault": True, "astroMachine": "A5", "minWorkerCount": 1, "maxWorkerCount": 10, "workerConcurrency": 5,
        "nodePoolId": None, "podCpu": "1", "podMemory": "2Gi", "podEphemeralStorage": "10Gi",
    }  # fmt: skip
    assert plane.machines.started == ["create_deployment 1"]
    assert plane.get(made["id"]) == made


def test_every_property_that_a_client_looks_into_is_there(plane: Plane) -> None:
    made = plane.made()
    always = """airflowVersion apiUrl astroRuntimeVersion createdAt createdBy id imageRepository imageTag isCicdEnforced isDagDeployEnabled
        name namespace organizationId runtimeVersion schedulerCpu schedulerMemory schedulerReplicas status uiUrl updatedAt updatedBy
        webServerAirflowApiUrl webServerCpu webServerIngressHostname webServerMemory webServerUrl workspaceId""".split()
    looked_into = """type clusterName clusterId workspaceName isHighAvailability isDevelopmentMode workerQueues environmentVariables
        desiredDagTarballVersion dagTarballVersion scalingStatus statusReason""".split()
    assert {name for name in always + looked_into if made.get(name) is None} == set()
    assert {"externalIPs", "drExternalIPs", "effectiveDRWorkloadIdentity", "effectiveWorkloadIdentity"} <= set(made)
    assert made["schedulerAu"] is None


def test_a_deployment_is_created_although_its_saga_could_not_be_started(plane: Plane) -> None:
    plane.machines.broken = True
    made = plane.create()
    assert made.status == 200
    assert [each.id for each in deployments.open_work(datetime.now(UTC))] == [made.body["id"]]


def test_the_web_servers_addresses_come_without_a_scheme_once_its_airflow_has_one(plane: Plane) -> None:
    made = plane.made()
    assert (made["webServerUrl"], made["apiUrl"]) == ("", "")
    plane.observe(made["id"])
    seen = plane.get(made["id"])
    host = f"{made['namespace']}.localhost"
    assert seen["webServerUrl"] == f"{host}:18080"
    assert seen["webServerAirflowApiUrl"] == f"{host}:18080/api/v2"
    assert seen["webServerIngressHostname"] == host
    assert seen["apiUrl"] == f"http://{host}:18080/api/v2"


def test_its_status_is_what_its_agent_tells_as_long_as_the_agent_is_heard(plane: Plane) -> None:
    id = plane.made()["id"]
    assert (plane.get(id)["status"], plane.get(id)["statusReason"]) == ("UNKNOWN", "its cluster's agent has not reported yet")
    plane.observe(id)
    assert plane.get(id)["status"] == "HEALTHY"
    plane.observe(id, Health.UNHEALTHY)
    assert (plane.get(id)["status"], plane.get(id)["statusReason"]) == ("UNHEALTHY", "its scheduler is gone")
    plane.observe(id, heard=datetime.now(UTC) - timedelta(seconds=61))
    assert plane.get(id)["status"] == "UNKNOWN"
    assert plane.get(id)["statusReason"].startswith("its cluster's agent has been silent since")


def test_a_list_is_filtered_sorted_and_cut_into_pages(plane: Plane) -> None:
    owner, other = plane.installation.owner, plane.installation.workspace("other")
    ids = {name: plane.create(name=name).body["id"] for name in ("b", "a", "c")}
    elsewhere = plane.create(name="a", workspaceId=other).body["id"]

    def names(**query: Any) -> list[str]:
        return [each["name"] for each in owner.get(plane.path, **query).body["deployments"]]

    assert names() == ["b", "a", "c", "a"]
    assert names(sorts="name:desc") == ["c", "b", "a", "a"]
    assert names(workspaceIds=plane.workspace_id, sorts="name:asc") == ["a", "b", "c"]
    assert names(names=["c", "b"]) == ["b", "c"]
    assert [each["id"] for each in owner.get(plane.path, deploymentIds=[ids["c"], elsewhere]).body["deployments"]] == [ids["c"], elsewhere]
    page = owner.get(plane.path, limit=1, offset=1, sorts=["name:asc", "createdAt:asc"]).body
    assert ([each["id"] for each in page["deployments"]], page["limit"], page["offset"], page["totalCount"]) == ([elsewhere], 1, 1, 4)
    assert owner.get(plane.path, limit=5000).body["totalCount"] == 4, "of this list alone the wire bounds no page"


def test_an_environment_of_secrets_shows_none_and_keeps_them_when_they_are_left_out(plane: Plane) -> None:
    made = plane.made(
        environmentVariables=[
            {"key": "API_KEY", "value": "s3cret", "isSecret": True}, {"key": "MODE", "value": "fast", "isSecret": False},
        ]
    )  # fmt: skip
    assert [(each["key"], each["value"], each["isSecret"]) for each in made["environmentVariables"]] == [
        ("API_KEY", "", True), ("MODE", "fast", False),
    ]  # fmt: skip
    assert "s3cret" not in str(made)
    changed = plane.update(
        made, environmentVariables=[{"key": "API_KEY", "isSecret": True}, {"key": "MODE", "value": "slow", "isSecret": False}]
    )
    assert changed.status == 200, changed.body
    assert spec_of(plane.load(made["id"])).environment == {"API_KEY": "s3cret", "MODE": "slow"}
    before, after = ({each["key"]: each["updatedAt"] for each in body["environmentVariables"]} for body in (made, changed.body))
    assert (before["API_KEY"] == after["API_KEY"], before["MODE"] < after["MODE"]) == (True, True)
    plane.settle(made["id"])
    assert plane.update(changed.body, environmentVariables=[]).body["environmentVariables"] == []


def test_a_secret_is_not_shown_by_saying_that_it_is_none(plane: Plane) -> None:
    made = plane.made(environmentVariables=[{"key": "API_KEY", "value": "s3cret", "isSecret": True}])
    answer = plane.update(made, environmentVariables=[{"key": "API_KEY", "isSecret": False}])
    assert (answer.status, answer.fields) == (400, ["environmentVariables[0].value"])


def test_an_update_keeps_what_is_left_out_and_the_ids_of_queues_by_their_names(plane: Plane) -> None:
    made = plane.made(
        description="nightly", contactEmails=["ada@example.com"], workerQueues=[queue(), queue(name="heavy", isDefault=False)]
    )
    answer = plane.update(made, name="nightly", workerQueues=[queue(name="heavy", isDefault=False, maxWorkerCount=9), queue()])
    assert answer.status == 200, answer.body
    ids = {each["name"]: each["id"] for each in made["workerQueues"]}
    assert {each["name"]: each["id"] for each in answer.body["workerQueues"]} == ids
    assert {each["name"]: each["maxWorkerCount"] for each in answer.body["workerQueues"]}["heavy"] == 9
    kept = ("description", "contactEmails", "namespace", "createdAt", "createdBy", "defaultTaskPodCpu", "resourceQuotaMemory", "region")
    assert {name: answer.body[name] for name in kept} == {name: made[name] for name in kept}
    assert (answer.body["name"], answer.body["status"]) == ("nightly", "DEPLOYING")
    assert plane.machines.started[-1] == "update_deployment 2"


def test_worker_queues_are_told_in_the_order_of_their_names(plane: Plane) -> None:
    """The astro CLI sorts them by name and sends back ids that it took by place."""
    made = plane.made(workerQueues=[queue(name=name, isDefault=name == "default") for name in ("heavy", "default", "fast")])

    assert [each["name"] for each in made["workerQueues"]] == ["default", "fast", "heavy"]
    assert plane.get(made["id"])["workerQueues"] == made["workerQueues"]


def test_a_renamed_deployment_lets_its_old_name_go(plane: Plane) -> None:
    made = plane.made(name="etl")
    assert plane.update(made, name="nightly").status == 200
    assert plane.create(name="etl").status == 200
    clash = plane.create(name="nightly")
    assert (clash.status, clash.fields, clash.body["fieldErrors"][0]["code"]) == (400, ["name"], "TAKEN")
    plane.settle(made["id"])
    back = plane.update(plane.get(made["id"]), name="etl")
    assert (back.status, back.fields, plane.get(made["id"])["name"]) == (400, ["name"], "nightly")


def test_of_two_who_change_it_at_once_one_wins(plane: Plane) -> None:
    made = plane.made()
    before = plane.load(made["id"])
    first, second = (before.update(by=before.created_by, now=datetime.now(UTC), description=words) for words in ("one", "two"))
    deployments.save(first)
    with pytest.raises(StaleGeneration):
        deployments.save(second)
    assert plane.get(made["id"])["description"] == "one"


def test_many_writers_at_once_lose_no_update(plane: Plane) -> None:
    made = plane.made()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: plane.update(made, description=str(n)), range(8)))
    assert {answer.status for answer in answers} <= {200, 409}
    won = [answer for answer in answers if answer.status == 200]
    assert plane.load(made["id"]).generation == 1 + len(won)
    assert plane.get(made["id"])["description"] in {answer.body["description"] for answer in won}


def test_deleting_starts_a_saga_and_a_second_delete_is_refused(plane: Plane) -> None:
    made, owner = plane.made(), plane.installation.owner
    answer = owner.delete(f"{plane.path}/{made['id']}")
    assert (answer.status, answer.body) == (204, None)
    assert plane.machines.started[-1] == "delete_deployment 2"
    assert (plane.get(made["id"])["status"], plane.get(made["id"])["statusReason"]) == ("DEPLOYING", "it is being deleted")
    again = owner.delete(f"{plane.path}/{made['id']}")
    assert (again.status, again.body["message"]) == (409, "deployment `etl` is already being deleted")


def test_a_deployment_that_is_being_created_cannot_be_changed_or_deleted_yet(plane: Plane) -> None:
    made = plane.create().body
    refused = plane.installation.owner.delete(f"{plane.path}/{made['id']}")
    assert (refused.status, "still being created" in refused.body["message"]) == (409, True)
    changed = plane.update(made, name="other")
    assert (changed.status, "still being created" in changed.body["message"]) == (409, True)


def test_a_forgotten_deployment_leaves_nothing_and_its_names_and_workspace_are_free(plane: Plane) -> None:
    made, owner = plane.made(), plane.installation.owner
    deployments.keep_good(plane.load(made["id"]))
    workspace = f"{plane.installation.path}/workspaces/{plane.workspace_id}"
    assert owner.delete(workspace).status == 409
    owner.delete(f"{plane.path}/{made['id']}")
    deployments.forget(plane.load(made["id"]))
    assert owner.get(f"{plane.path}/{made['id']}").status == 404
    assert deployments.good(made["id"]) is None
    assert not list(table().query(f"DEP#{made['id']}"))
    again = plane.create()
    assert again.status == 200
    plane.settle(again.body["id"])
    owner.delete(f"{plane.path}/{again.body['id']}")
    deployments.forget(plane.load(again.body["id"]))
    assert owner.delete(workspace).status == 204


def test_nobody_sees_another_tenants_deployment(plane: Plane) -> None:
    made = plane.made()
    stranger = another(plane.installation)
    there = f"{stranger.path}/deployments/{made['id']}"
    absent = f"{stranger.path}/deployments/c{'0' * 24}"
    for path in (there, f"{plane.path}/{made['id']}"):
        seen, missing = stranger.owner.get(path), stranger.owner.get(absent)
        assert (seen.status, seen.body["message"]) == (missing.status, missing.body["message"]) == (404, missing.body["message"])
        assert stranger.owner.delete(path).status == 404
    assert stranger.owner.get(f"{stranger.path}/deployments").body["totalCount"] == 0


def test_another_tenants_workspace_and_cluster_are_refused_as_unknown_ones_are(plane: Plane) -> None:
    stranger = another(plane.installation)
    theirs, unknown = plane.create(workspaceId=stranger.workspace()), plane.create(workspaceId=f"c{'0' * 24}")
    assert (theirs.status, theirs.fields) == (unknown.status, unknown.fields) == (400, ["workspaceId"])
    assert theirs.body["message"] == unknown.body["message"]
    nowhere = plane.create(clusterId=f"c{'0' * 24}")
    assert (nowhere.status, nowhere.fields) == (400, ["clusterId"])


def test_a_member_may_look_but_not_change(plane: Plane) -> None:
    made = plane.made()
    member = plane.installation.somebody("WORKSPACE_MEMBER", plane.workspace_id)
    item = f"{plane.path}/{made['id']}"
    assert member.get(item).status == 200
    assert member.delete(item).status == 403
    assert member.post(plane.path, plane.request(name="mine")).status == 403
    accessor = plane.installation.somebody("WORKSPACE_ACCESSOR", plane.workspace_id)
    assert accessor.get(item).status == 404
    assert accessor.get(plane.path).body["deployments"] == []


SCALING = "scalingSpec.hibernationSpec"
SCHEDULE = {"hibernateAtCron": "0 17 * * *", "wakeAtCron": "0 9 * * *", "isEnabled": False}


BAD_REQUESTS: list[tuple[dict[str, Any], list[str]]] = [
    ({"colour": "red"}, ["colour"]),
    ({"name": 7}, ["name"]),
    ({"name": ""}, ["name"]),
    ({"name": "n" * 501}, ["name"]),
    ({"description": "d" * 1001}, ["description"]),
    ({"type": "SERVERLESS"}, ["type"]),
    ({"type": "HYBRID"}, ["type"]),
    ({"type": "DEDICATED"}, ["clusterId"]),
    ({"isDevelopmentMode": "yes"}, ["isDevelopmentMode"]),
    ({"executor": "LOCAL"}, ["executor"]),
    ({"executor": "KUBERNETES"}, ["executor"]),
    ({"schedulerSize": "TINY"}, ["schedulerSize"]),
    ({"schedulerSize": "LARGE", "isDevelopmentMode": True}, ["schedulerSize"]),
    ({"isHighAvailability": True, "isDevelopmentMode": True}, ["isHighAvailability"]),
    ({"isHighAvailability": True}, ["isHighAvailability"]),
    ({"astroRuntimeVersion": "9.9-9"}, ["astroRuntimeVersion"]),
    ({"cloudProvider": "AZURE"}, ["cloudProvider"]),
    ({"cloudProvider": "GCP"}, ["cloudProvider"]),
    ({"region": "eu-central-1"}, ["region"]),
    ({"contactEmails": ["ada"]}, ["contactEmails[0]"]),
    ({"defaultTaskPodCpu": "0.5", "defaultTaskPodMemory": "2Gi"}, ["defaultTaskPodMemory"]),
    ({"defaultTaskPodCpu": "much"}, ["defaultTaskPodCpu"]),
    ({"resourceQuotaCpu": "10000"}, ["resourceQuotaCpu"]),
    ({"resourceQuotaCpu": "1", "defaultTaskPodCpu": "2"}, ["resourceQuotaCpu"]),
    ({"remoteExecution": {"enabled": True}}, ["remoteExecution"]),
    ({"workloadIdentity": "arn:aws:iam::1:role/x"}, ["workloadIdentity"]),
    ({"drWorkloadIdentity": "arn:aws:iam::1:role/x"}, ["drWorkloadIdentity"]),
    ({"workerQueues": [queue(name="heavy", isDefault=False)]}, ["workerQueues"]),
    ({"workerQueues": [queue(), queue()]}, ["workerQueues[1].name"]),
    ({"workerQueues": [queue(), *(queue(name=f"q{n}", isDefault=False) for n in range(30))]}, ["workerQueues"]),
    ({"workerQueues": [queue(minWorkerCount=5)]}, ["workerQueues[0].maxWorkerCount"]),
    ({"workerQueues": [queue(maxWorkerCount=101)]}, ["workerQueues[0].maxWorkerCount"]),
    ({"workerQueues": [queue(minWorkerCount=-1)]}, ["workerQueues[0].minWorkerCount"]),
    ({"workerQueues": [queue(maxWorkerCount="4")]}, ["workerQueues[0].maxWorkerCount"]),
    ({"workerQueues": [queue(workerConcurrency=16)]}, ["workerQueues[0].workerConcurrency"]),
    ({"workerQueues": [queue(astroMachine="A1000")]}, ["workerQueues[0].astroMachine"]),
    ({"workerQueues": [queue(isDefault=False)]}, ["workerQueues[0].isDefault"]),
    ({"workerQueues": [queue(), queue(name="Heavy", isDefault=False)]}, ["workerQueues[1].name"]),
    ({"workerQueues": [queue(), queue(name="9heavy", isDefault=False)]}, ["workerQueues[1].name"]),
    ({"workerQueues": [queue(), queue(name="a" * 64, isDefault=False)]}, ["workerQueues[1].name"]),
    ({"workerQueues": [queue(podEphemeralStorage="20Gi")]}, ["workerQueues[0].podEphemeralStorage"]),
    ({"environmentVariables": [{"key": "1A", "value": "x", "isSecret": False}]}, ["environmentVariables[0].key"]),
    (
        {"environmentVariables": [{"key": "AIRFLOW__CORE__FERNET_KEY", "value": "x", "isSecret": True}]},
        ["environmentVariables[0].key"],
    ),
    ({"environmentVariables": [{"key": "A", "value": "x", "isSecret": False}] * 2}, ["environmentVariables[1].key"]),
    ({"environmentVariables": [{"key": "A", "isSecret": True}]}, ["environmentVariables[0].value"]),
    ({"environmentVariables": [{"key": "A", "value": "x" * 70_000, "isSecret": False}]}, ["environmentVariables[0].value"]),
    ({"environmentVariables": [{"key": f"A{n}", "value": "x" * 60_000, "isSecret": False} for n in range(4)]}, ["environmentVariables"]),
    ({"environmentVariables": [{"key": f"A{n}", "value": "x", "isSecret": False} for n in range(501)]}, ["environmentVariables"]),
    (
        {"scalingSpec": {"hibernationSpec": {"schedules": [{**SCHEDULE, "wakeAtCron": "0 25 * * *"}]}}},
        [f"{SCALING}.schedules[0].wakeAtCron"],
    ),
    (
        {"scalingSpec": {"hibernationSpec": {"schedules": [{**SCHEDULE, "hibernateAtCron": "often"}]}}},
        [f"{SCALING}.schedules[0].hibernateAtCron"],
    ),
    ({"name": 7, "workerQueues": [queue(minWorkerCount="x")]}, ["name", "workerQueues[0].minWorkerCount"]),
]


def test_a_bad_request_is_refused_naming_each_field_and_makes_nothing(plane: Plane) -> None:
    for changes, fields in BAD_REQUESTS:
        answer = plane.create(**changes)
        assert (answer.status, answer.fields) == (400, fields), (changes, answer.body)
    assert plane.installation.owner.get(plane.path).body["totalCount"] == 0
    assert plane.machines.started == []


def test_a_dedicated_deployment_without_a_cluster_is_refused_by_the_fields_name_in_the_message(plane: Plane) -> None:
    refused = plane.create(type="DEDICATED", clusterId=None)
    assert refused.body["message"] == "`clusterId` is required for a DEDICATED Deployment"


def test_another_cloud_is_refused_naming_the_regions_there_are(plane: Plane) -> None:
    for asked in ({"cloudProvider": "AZURE"}, {"region": "mars-1"}):
        assert "`us-east-1`" in plane.create(**asked).body["message"]


BAD_UPDATES: list[tuple[dict[str, Any], list[str]]] = [
    ({"type": "DEDICATED"}, ["type"]),
    ({"workspaceId": f"c{'0' * 24}"}, ["workspaceId"]),
    ({"isDevelopmentMode": True}, ["isDevelopmentMode"]),
    ({"workerQueues": []}, ["workerQueues"]),
    ({"workerQueues": [queue(id=f"c{'0' * 24}")]}, ["workerQueues[0].id"]),
    ({"workerQueues": [queue(), {**queue(name="new", isDefault=False), "astroMachine": None}]}, ["workerQueues[1].astroMachine"]),
    ({"name": None}, ["name"]),
    ({"astroRuntimeVersion": "3.3-1"}, ["astroRuntimeVersion"]),
]


def test_a_bad_update_is_refused_naming_each_field_and_changes_nothing(plane: Plane) -> None:
    made = plane.made()
    for changes, fields in BAD_UPDATES:
        answer = plane.update(made, **changes)
        assert (answer.status, answer.fields) == (400, fields), (changes, answer.body)
    assert plane.get(made["id"]) == made


def test_a_name_is_taken_only_within_its_workspace(plane: Plane) -> None:
    plane.made()
    clash = plane.create()
    assert (clash.status, clash.fields) == (400, ["name"])
    assert plane.create(workspaceId=plane.installation.workspace("other")).status == 200


def test_without_a_data_plane_nothing_is_promised(plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATA_PLANE")
    settings.cache_clear()
    refused = plane.create()
    assert (refused.status, refused.fields) == (400, ["clusterId"])
    assert refused.body["message"].startswith("no data plane is attached to this installation yet")


def test_an_organization_may_insist_on_dedicated_clusters(plane: Plane) -> None:
    organization = plane.installation.owner.get(plane.installation.path).body
    settings = {"name": organization["name"], "billingEmail": "", "isScimEnabled": False, "shouldEnforceDedicatedClusters": True}
    assert plane.installation.owner.post(plane.installation.path, settings).status == 200
    answer = plane.create()
    assert (answer.status, answer.fields) == (400, ["type"])


def test_a_workspaces_cicd_default_is_taken_over(plane: Plane) -> None:
    item = f"{plane.installation.path}/workspaces/{plane.workspace_id}"
    plane.installation.owner.post(item, {"name": "etl", "description": "", "cicdEnforcedDefault": True})
    assert plane.create(name="a").body["isCicdEnforced"] is True
    assert plane.create(name="b", isCicdEnforced=False).body["isCicdEnforced"] is False
