"""Signing in to Airflow: a token's role inside one Deployment, and links that let in once, within a minute."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from orrery.errors import NotFound
from orrery.model.handover import Handover
from orrery.store import handovers
from orrery.store.tables import table

from tests.support.http import Answer, Caller
from tests.support.installation import another
from tests.support.people import member
from tests.support.plane import Plane


def access(id: str) -> str:
    return f"/airflow/v1/deployments/{id}/access"


def redeem(code: str, id: str) -> Answer:
    return Caller().post("/airflow/v1/handovers/redeem", {"code": code, "deploymentId": id})


def code_of(answer: Answer) -> str:
    assert answer.status == 200, answer.body
    return str(answer.body["url"].partition("#code=")[2])


@pytest.mark.parametrize(
    ("role", "inside"),
    [
        ("WORKSPACE_OWNER", "ADMIN"),
        ("WORKSPACE_OPERATOR", "OPERATOR"),
        ("WORKSPACE_AUTHOR", "AUTHOR"),
        ("WORKSPACE_MEMBER", "VIEWER"),
    ],
)
def test_a_token_has_the_role_in_airflow_that_it_has_here(plane: Plane, role: str, inside: str) -> None:
    made = plane.made()
    answer = plane.installation.somebody(role, plane.workspace_id).get(access(made["id"]))
    assert (answer.status, answer.body["role"], answer.body["name"]) == (200, inside, role.lower())


def test_roles_on_dags_let_in_to_these_dags_alone(plane: Plane) -> None:
    made, other = plane.made(), plane.made(name="other")
    id, eve = member(plane.installation)
    roles = [
        {"deploymentId": made["id"], "role": "DAG_VIEWER", "dagId": "etl"},
        {"deploymentId": made["id"], "role": "DAG_AUTHOR", "dagTag": "finance"},
    ]
    assert plane.installation.owner.post(f"{plane.installation.path}/users/{id}/roles", {"dagRoles": roles}).status == 200

    let_in = eve.get(access(made["id"]))

    assert (let_in.status, let_in.body["role"]) == (200, None)
    author, viewer = let_in.body["dags"]
    assert (author["dagIds"], author["dagTags"]) == ([], ["finance"])
    assert (viewer["dagIds"], viewer["dagTags"]) == (["etl"], [])
    assert "dag.airflow.dagRun.create" in set(author["permissions"]) - set(viewer["permissions"])
    assert eve.get(access(other["id"])).status == 404
    plane.observe(made["id"])
    redeemed = redeem(code_of(eve.post(f"{plane.path}/{made['id']}/handover")), made["id"])
    assert (redeemed.status, redeemed.body) == (200, let_in.body)
    plane.installation.owner.post(f"{plane.installation.path}/users/{id}/roles", {"dagRoles": []})
    assert eve.get(access(made["id"])).status == 404


def test_a_role_on_a_dag_comes_beside_the_role_on_all(plane: Plane) -> None:
    made = plane.made()
    id, eve = member(plane.installation)
    roles = {
        "workspaceRoles": [{"workspaceId": plane.workspace_id, "role": "WORKSPACE_MEMBER"}],
        "dagRoles": [{"deploymentId": made["id"], "role": "DAG_AUTHOR", "dagId": "etl"}],
    }
    assert plane.installation.owner.post(f"{plane.installation.path}/users/{id}/roles", roles).status == 200

    body = eve.get(access(made["id"])).body

    assert (body["role"], [each["dagIds"] for each in body["dags"]]) == ("VIEWER", [["etl"]])


def test_who_has_no_business_there_is_told_that_it_is_not_there(plane: Plane) -> None:
    made = plane.made()
    assert plane.installation.somebody("WORKSPACE_ACCESSOR", plane.workspace_id).get(access(made["id"])).status == 404
    assert another(plane.installation).owner.get(access(made["id"])).status == 404
    assert plane.installation.owner.get(access(f"c{'0' * 24}")).status == 404
    assert Caller("unknown").get(access(made["id"])).status == 401
    assert Caller().get(access(made["id"])).status == 401


def test_a_link_lets_in_whoever_it_was_given_to_and_only_once(plane: Plane) -> None:
    made = plane.made()
    plane.observe(made["id"])
    answer = plane.installation.owner.post(f"{plane.path}/{made['id']}/handover")
    assert answer.body["url"].startswith(f"http://{made['namespace']}.localhost:18080/auth/handover#code=")
    code = code_of(answer)
    let_in = redeem(code, made["id"])
    assert (let_in.status, let_in.body["role"], let_in.body["name"]) == (200, "ADMIN", "first owner")
    assert redeem(code, made["id"]).status == 404


def test_of_many_who_bring_the_same_code_one_gets_in(plane: Plane) -> None:
    made = plane.made()
    plane.observe(made["id"])
    code = code_of(plane.installation.owner.post(f"{plane.path}/{made['id']}/handover"))
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: redeem(code, made["id"]).status, range(6)))
    assert sorted(answers) == [200, 404, 404, 404, 404, 404]


def test_a_code_brought_to_another_airflow_is_worth_nothing_there_and_stays_good(plane: Plane) -> None:
    made, other = plane.made(), plane.made(name="other")
    plane.observe(made["id"])
    code = code_of(plane.installation.owner.post(f"{plane.path}/{made['id']}/handover"))
    assert redeem(code, other["id"]).status == 404
    assert redeem(code, made["id"]).status == 200


def test_a_link_is_good_for_a_minute_and_its_code_is_kept_by_nobody(plane: Plane) -> None:
    made, now = plane.made(), datetime.now(UTC)
    handovers.create("the-code", Handover(made["id"], "c1", "Ada", "ADMIN", now + timedelta(seconds=60)))
    with pytest.raises(NotFound):
        handovers.redeem("the-code", made["id"], now + timedelta(seconds=60))
    assert "the-code" not in "".join(f"{row.pk} {row.body}" for row in table().scan())
    assert handovers.redeem("the-code", made["id"], now + timedelta(seconds=59)).name == "Ada"


def test_there_is_no_link_into_an_airflow_that_is_not_there_or_asleep(plane: Plane) -> None:
    made = plane.made(isDevelopmentMode=True)
    early = plane.installation.owner.post(f"{plane.path}/{made['id']}/handover")
    assert (early.status, "does not answer yet" in early.body["message"]) == (409, True)
    plane.observe(made["id"])
    plane.installation.owner.post(f"{plane.path}/{made['id']}/hibernation-override", {"isHibernating": True})
    asleep = plane.installation.owner.post(f"{plane.path}/{made['id']}/handover")
    assert (asleep.status, asleep.body["message"]) == (409, "deployment `etl` is asleep: it wakes up; try again when its status is HEALTHY")
    assert plane.machines.started[-1] == "update_deployment 3"


def test_who_only_reads_wakes_nobody(plane: Plane) -> None:
    made, reading = plane.made(isDevelopmentMode=True), {"shouldWake": False}
    plane.observe(made["id"])
    link = plane.installation.owner.post(f"{plane.path}/{made['id']}/handover", reading)
    assert redeem(code_of(link), made["id"]).body["role"] == "ADMIN"

    plane.installation.owner.post(f"{plane.path}/{made['id']}/hibernation-override", {"isHibernating": True})
    before, started = plane.get(made["id"]), list(plane.machines.started)
    asleep = plane.installation.owner.post(f"{plane.path}/{made['id']}/handover", reading)

    assert (asleep.status, asleep.body["message"]) == (409, "deployment `etl` is asleep: wake it to see its DAGs")
    assert (plane.get(made["id"]), plane.machines.started) == (before, started)


def test_a_handover_takes_no_words_that_it_does_not_know(plane: Plane) -> None:
    made = plane.made()
    for body in ({"shouldWake": "no"}, {"shouldwake": False}):
        answer = plane.installation.owner.post(f"{plane.path}/{made['id']}/handover", body)
        assert (answer.status, answer.fields) == (400, [*body])


def test_a_bad_redemption_is_refused(plane: Plane) -> None:
    answer = Caller().post("/airflow/v1/handovers/redeem", {"code": ""})
    assert (answer.status, answer.fields) == (400, ["code", "deploymentId"])
