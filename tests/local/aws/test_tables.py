"""What the plane relies on in DynamoDB, asked of the engine; a local engine that differs here would hide a bug until AWS."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws.engine import Engine
from tests.support.aws import client, create_table

Item = dict[str, dict[str, Any]]


def key(sk: str, pk: str = "p") -> Item:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def number(value: int) -> dict[str, str]:
    return {"N": str(value)}


class Table:
    """One table and the calls these tests make of it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.dynamodb = client(engine)
        self.name = create_table(self.dynamodb)

    def put(self, sk: str, **attributes: Any) -> None:
        self.dynamodb.put_item(TableName=self.name, Item=key(sk) | attributes)

    def get(self, sk: str) -> Item | None:
        found: Item | None = self.dynamodb.get_item(TableName=self.name, Key=key(sk), ConsistentRead=True).get("Item")
        return found

    def action(self, kind: str, sk: str, **more: Any) -> dict[str, Any]:
        target = {"Item": key(sk) | more.pop("item", {})} if kind == "Put" else {"Key": key(sk)}
        return {kind: {"TableName": self.name, **target, **more}}

    def transact(self, *actions: dict[str, Any], token: str | None = None) -> None:
        self.dynamodb.transact_write_items(TransactItems=list(actions), **({"ClientRequestToken": token} if token else {}))

    def add(self, sk: str) -> dict[str, Any]:
        return self.action("Update", sk, UpdateExpression="ADD n :one", ExpressionAttributeValues={":one": number(1)})

    def set_if(self, sk: str, *, old: int, new: int, using: Any = None) -> None:
        (using or self.dynamodb).update_item(
            TableName=self.name,
            Key=key(sk),
            UpdateExpression="SET n = :new",
            ConditionExpression="n = :old",
            ExpressionAttributeValues={":old": number(old), ":new": number(new)},
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )


@pytest.fixture
def table(aws_engine: Engine) -> Table:
    return Table(aws_engine)


def refusal(call: Callable[[], Any]) -> dict[str, Any]:
    with pytest.raises(ClientError) as caught:
        call()
    return dict(caught.value.response)


def test_a_failed_condition_gives_the_item_as_it_is(table: Table) -> None:
    table.put("a", n=number(3))
    answer = refusal(lambda: table.set_if("a", old=2, new=9))
    assert answer["Error"]["Code"] == "ConditionalCheckFailedException"
    assert answer["Item"] == key("a") | {"n": number(3)}


def test_a_transaction_whose_check_fails_names_the_culprit_and_writes_nothing(table: Table) -> None:
    table.put("a", n=number(1))
    check = table.action("ConditionCheck", "a", ConditionExpression="n = :x", ExpressionAttributeValues={":x": number(9)})
    answer = refusal(lambda: table.transact(check, table.action("Put", "b")))
    assert [reason["Code"] for reason in answer["CancellationReasons"]] == ["ConditionalCheckFailed", "None"]
    assert table.get("b") is None


def test_a_transaction_writes_all_its_parts(table: Table) -> None:
    table.put("gone")
    table.transact(table.add("counter"), table.action("Put", "new"), table.action("Delete", "gone"))
    assert table.get("counter") == key("counter") | {"n": number(1)}
    assert table.get("new") == key("new")
    assert table.get("gone") is None


def test_a_repeated_token_does_nothing_twice_and_another_request_may_not_use_it(table: Table) -> None:
    table.transact(table.add("a"), token="once")
    table.transact(table.add("a"), token="once")
    assert table.get("a") == key("a") | {"n": number(1)}
    answer = refusal(lambda: table.transact(table.add("b"), token="once"))
    assert answer["Error"]["Code"] == "IdempotentParameterMismatchException"


@pytest.mark.parametrize(("count", "same"), [(2, True), (101, False)])
def test_a_transaction_with_a_key_twice_or_too_many_parts_is_refused(table: Table, count: int, same: bool) -> None:
    parts = [table.action("Put", "same" if same else str(n)) for n in range(count)]
    assert refusal(lambda: table.transact(*parts))["Error"]["Code"] == "ValidationException"


def test_of_many_writers_with_one_generation_exactly_one_wins_each_round(table: Table) -> None:
    table.put("a", n=number(0))

    def attempt(round_: int) -> bool:
        try:
            table.set_if("a", old=round_, new=round_ + 1, using=client(table.engine))
        except table.dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    with ThreadPoolExecutor(8) as writers:
        for round_ in range(4):
            assert sum(writers.map(attempt, [round_] * 8)) == 1


def test_concurrent_transactions_lose_no_update(table: Table) -> None:
    def write(n: int) -> None:
        table.transact(table.add("total"), table.action("Put", f"part-{n}"))

    with ThreadPoolExecutor(8) as writers:
        list(writers.map(write, range(40)))
    assert table.get("total") == key("total") | {"n": number(40)}


def test_an_index_pages_in_descending_order_to_the_end(table: Table) -> None:
    for n in range(5):
        table.put(f"s{n}", gpk={"S": "g"}, gsk={"S": str(n)})
    pages = table.dynamodb.get_paginator("query").paginate(
        TableName=table.name,
        IndexName="byGroup",
        KeyConditionExpression="gpk = :g",
        ExpressionAttributeValues={":g": {"S": "g"}},
        ScanIndexForward=False,
        PaginationConfig={"PageSize": 2},
    )
    assert [[item["gsk"]["S"] for item in page["Items"]] for page in pages] == [["4", "3"], ["2", "1"], ["0"]]


def test_a_query_stops_at_a_megabyte_and_says_where_to_go_on(table: Table) -> None:
    for n in range(10):
        table.put(f"{n:02}", blob={"S": "x" * 120_000})
    page = table.dynamodb.query(TableName=table.name, KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": {"S": "p"}})
    assert 0 < page["Count"] < 10
    assert page["LastEvaluatedKey"] == key(page["Items"][-1]["sk"]["S"])


@pytest.mark.parametrize(
    "values",
    [
        {"UpdateExpression": "SET status = :v", "ExpressionAttributeValues": {":v": number(1)}},
        {"UpdateExpression": "SET n = :v", "ExpressionAttributeValues": {":v": number(1), ":unused": number(2)}},
        {"UpdateExpression": "SET n = :v", "ExpressionAttributeValues": {":v": {"S": "x" * 420_000}}},
    ],
    ids=["reserved word", "unused value", "over 400 KB"],
)
def test_what_dynamodb_would_refuse_is_refused(table: Table, values: dict[str, Any]) -> None:
    call = lambda: table.dynamodb.update_item(TableName=table.name, Key=key("a"), **values)  # noqa: E731
    assert refusal(call)["Error"]["Code"] == "ValidationException"
    assert table.get("a") is None


def test_an_index_gives_no_consistent_read(table: Table) -> None:
    values = {":g": {"S": "g"}}
    arguments = {"KeyConditionExpression": "gpk = :g", "ExpressionAttributeValues": values, "ConsistentRead": True}
    answer = refusal(lambda: table.dynamodb.query(TableName=table.name, IndexName="byGroup", **arguments))
    assert answer["Error"]["Code"] == "ValidationException"


def test_a_batch_takes_twenty_five_and_no_more(table: Table) -> None:
    def batch(count: int) -> dict[str, Any]:
        return {table.name: [{"PutRequest": {"Item": key(f"{count}-{n}")}} for n in range(count)]}

    table.dynamodb.batch_write_item(RequestItems=batch(25))
    assert refusal(lambda: table.dynamodb.batch_write_item(RequestItems=batch(26)))["Error"]["Code"] == "ValidationException"
    assert table.dynamodb.scan(TableName=table.name)["Count"] == 25


def test_lists_maps_and_removals_update_in_place(table: Table) -> None:
    table.put("a", gone={"S": "x"}, m={"M": {"k": number(1)}})
    answer = table.dynamodb.update_item(
        TableName=table.name,
        Key=key("a"),
        UpdateExpression="SET l = list_append(if_not_exists(l, :none), :more), m.k = m.k + :four REMOVE gone",
        ExpressionAttributeValues={":none": {"L": []}, ":more": {"L": [{"S": "1"}]}, ":four": number(4)},
        ReturnValues="ALL_NEW",
    )
    assert answer["Attributes"] == key("a") | {"l": {"L": [{"S": "1"}]}, "m": {"M": {"k": number(5)}}}


def test_a_filter_counts_what_it_looked_at(table: Table) -> None:
    for n in range(4):
        table.put(f"s{n}", n=number(n))
    page = table.dynamodb.query(
        TableName=table.name,
        KeyConditionExpression="pk = :p AND begins_with(sk, :s)",
        FilterExpression="n BETWEEN :a AND :b",
        ProjectionExpression="sk",
        ExpressionAttributeValues={":p": {"S": "p"}, ":s": {"S": "s"}, ":a": number(1), ":b": number(2)},
    )
    assert (page["Items"], page["ScannedCount"]) == ([{"sk": {"S": "s1"}}, {"sk": {"S": "s2"}}], 4)


def test_point_in_time_recovery_and_time_to_live_are_remembered(table: Table) -> None:
    table.dynamodb.update_continuous_backups(TableName=table.name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
    table.dynamodb.update_time_to_live(TableName=table.name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"})
    backups = table.dynamodb.describe_continuous_backups(TableName=table.name)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    described = table.dynamodb.describe_time_to_live(TableName=table.name)["TimeToLiveDescription"]
    assert described == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}


def test_an_operation_whose_effect_would_not_be_kept_is_refused_by_name(table: Table) -> None:
    answer = refusal(lambda: table.dynamodb.create_backup(TableName=table.name, BackupName="nightly"))
    assert "`CreateBackup`" in answer["Error"]["Message"]
