"""Every acknowledged write is there after `kill -9`, and nothing that was not acknowledged is half there."""

import json
import resource
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from local.aws.engine import ROOT, Engine, EngineError
from local.resources import ensure_key
from tests.support.aws import client, create_table, tools_python

WRITERS, ROUNDS, ACKNOWLEDGED_PER_ROUND = 6, 3, 150
ADD_ONE = {"UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}


def key(sk: str) -> dict[str, Any]:
    return {"pk": {"S": "p"}, "sk": {"S": sk}}


def everything(engine: Engine, table: str) -> dict[str, dict[str, Any]]:
    """All items by sort key."""
    pages = client(engine).get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    return {item["sk"]["S"]: item for page in pages for item in page["Items"]}


@dataclass
class Storm:
    """Writers that go on until the engine is gone, and what each of them was told."""

    engine: Engine
    table: str
    enough: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    present: set[str] = field(default_factory=set)
    absent: set[str] = field(default_factory=set)
    pairs_attempted: set[str] = field(default_factory=set)
    adds_attempted: dict[int, int] = field(default_factory=dict)
    adds_acknowledged: dict[int, int] = field(default_factory=dict)

    def rage(self, round_: int) -> None:
        """Write from several threads, and kill the engine once enough was acknowledged."""
        writers = [threading.Thread(target=self._write, args=(round_, n)) for n in range(WRITERS)]
        for writer in writers:
            writer.start()
        for _ in range(ACKNOWLEDGED_PER_ROUND):
            assert self.enough.acquire(timeout=60)
        self.engine.kill()
        for writer in writers:
            writer.join()

    def _write(self, round_: int, writer: int) -> None:
        dynamodb = client(self.engine)
        turn = 0
        try:
            while True:
                turn += 1
                for write in (self._put, self._add, self._transact, self._batch, self._delete):
                    write(dynamodb, writer, f"{round_}-{writer}-{turn}")
                    self.enough.release()
        except (BotoCoreError, ClientError):
            return  # the engine is gone

    def _put(self, dynamodb: Any, writer: int, name: str) -> None:
        dynamodb.put_item(TableName=self.table, Item=key(f"put-{name}") | {"text": {"S": name * 20}})
        self.present.add(f"put-{name}")

    def _add(self, dynamodb: Any, writer: int, name: str) -> None:
        self.adds_attempted[writer] = self.adds_attempted.get(writer, 0) + 1
        dynamodb.update_item(TableName=self.table, Key=key(f"count-{writer}"), **ADD_ONE)
        self.adds_acknowledged[writer] = self.adds_acknowledged.get(writer, 0) + 1

    def _transact(self, dynamodb: Any, writer: int, name: str) -> None:
        self.pairs_attempted.add(name)
        total = {"Update": {"TableName": self.table, "Key": key("pairs"), **ADD_ONE}}
        halves = [{"Put": {"TableName": self.table, "Item": key(f"{half}-{name}")}} for half in ("left", "right")]
        dynamodb.transact_write_items(TransactItems=[halves[0], total, halves[1]])
        self.present |= {f"left-{name}", f"right-{name}"}

    def _batch(self, dynamodb: Any, writer: int, name: str) -> None:
        names = [f"batch-{name}-{n}" for n in range(5)]
        dynamodb.batch_write_item(RequestItems={self.table: [{"PutRequest": {"Item": key(each)}} for each in names]})
        self.present.update(names)

    def _delete(self, dynamodb: Any, writer: int, name: str) -> None:
        self.present.discard(f"put-{name}")  # from here on either is right until it is acknowledged
        dynamodb.delete_item(TableName=self.table, Key=key(f"put-{name}"))
        self.absent.add(f"put-{name}")


def test_a_storm_of_writers_loses_nothing_acknowledged_to_repeated_kills(own_engine: Engine) -> None:
    storm = Storm(own_engine, create_table(client(own_engine)))
    for round_ in range(ROUNDS):
        storm.rage(round_)
        own_engine.start()
        found = everything(own_engine, storm.table)
        assert storm.present <= found.keys()
        assert not storm.absent & found.keys()
        assert all(item["text"]["S"] == name.removeprefix("put-") * 20 for name, item in found.items() if name.startswith("put-"))
        for writer, acknowledged in storm.adds_acknowledged.items():
            assert acknowledged <= int(found[f"count-{writer}"]["n"]["N"]) <= storm.adds_attempted[writer]
        whole = {name for name in storm.pairs_attempted if f"left-{name}" in found}
        assert whole == {name for name in storm.pairs_attempted if f"right-{name}" in found}
        assert int(found["pairs"]["n"]["N"]) == len(whole)


def test_tables_their_settings_and_indexes_come_back(own_engine: Engine) -> None:
    dynamodb = client(own_engine)
    kept, dropped = create_table(dynamodb), create_table(dynamodb)
    dynamodb.put_item(TableName=kept, Item=key("a") | {"gpk": {"S": "g"}, "gsk": {"S": "1"}, "blob": {"B": b"\x00\xff"}})
    dynamodb.update_time_to_live(TableName=kept, TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"})
    dynamodb.update_continuous_backups(TableName=kept, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
    dynamodb.delete_table(TableName=dropped)
    before = [dynamodb.describe_table(TableName=kept)["Table"], dynamodb.describe_continuous_backups(TableName=kept)]
    own_engine.kill()
    own_engine.start()
    after = [dynamodb.describe_table(TableName=kept)["Table"], dynamodb.describe_continuous_backups(TableName=kept)]
    assert dynamodb.list_tables()["TableNames"] == [kept]
    assert after[0] == before[0]
    assert _status(after[1]) == _status(before[1]) == "ENABLED"
    assert dynamodb.describe_time_to_live(TableName=kept)["TimeToLiveDescription"]["AttributeName"] == "ttl"
    values = {":g": {"S": "g"}}
    page = dynamodb.query(TableName=kept, IndexName="byGroup", KeyConditionExpression="gpk = :g", ExpressionAttributeValues=values)
    assert page["Items"][0]["blob"]["B"] == b"\x00\xff"


def _status(described: dict[str, Any]) -> str:
    status: str = described["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
    return status


def test_a_table_made_again_under_its_old_name_starts_empty(own_engine: Engine) -> None:
    dynamodb = client(own_engine)
    name = create_table(dynamodb)
    dynamodb.put_item(TableName=name, Item=key("old"))
    dynamodb.delete_table(TableName=name)
    create_table(dynamodb, name)
    dynamodb.put_item(TableName=name, Item=key("new"))
    own_engine.kill()
    own_engine.start()
    assert everything(own_engine, name).keys() == {"new"}


def test_a_transactions_token_is_remembered_across_a_kill(own_engine: Engine) -> None:
    dynamodb = client(own_engine)
    name = create_table(dynamodb)

    def add(sk: str) -> None:
        action = {"Update": {"TableName": name, "Key": key(sk), **ADD_ONE}}
        dynamodb.transact_write_items(ClientRequestToken="once", TransactItems=[action])

    for _ in range(2):
        add("a")
        own_engine.kill()
        own_engine.start()
    add("a")
    assert everything(own_engine, name)["a"]["n"]["N"] == "1"
    with pytest.raises(dynamodb.exceptions.IdempotentParameterMismatchException):
        add("b")


def test_statements_that_write_are_kept_too(own_engine: Engine) -> None:
    dynamodb = client(own_engine)
    name = create_table(dynamodb)
    for sk in "abc":
        dynamodb.execute_statement(Statement=f"INSERT INTO \"{name}\" VALUE {{'pk': 'p', 'sk': '{sk}', 'v': 1}}")
    change = {"Statement": f"UPDATE \"{name}\" SET v = 2 WHERE pk = 'p' AND sk = 'a'"}
    clash = {"Statement": f"INSERT INTO \"{name}\" VALUE {{'pk': 'p', 'sk': 'b'}}"}
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException):
        dynamodb.execute_transaction(TransactStatements=[change, clash])
    dynamodb.batch_execute_statement(Statements=[{"Statement": f"DELETE FROM \"{name}\" WHERE pk = 'p' AND sk = 'c'"}])
    own_engine.kill()
    own_engine.start()
    assert everything(own_engine, name) == {sk: key(sk) | {"v": {"N": "1"}} for sk in "ab"}


def test_a_torn_last_line_costs_nothing_that_was_acknowledged(own_engine: Engine) -> None:
    dynamodb = client(own_engine)
    name = create_table(dynamodb)
    dynamodb.put_item(TableName=name, Item=key("a"))
    own_engine.kill()
    journal = own_engine.state / "tables.jsonl"
    with journal.open("ab") as file:
        file.write(journal.read_bytes().splitlines()[-1].replace(b'"a"', b'"b"')[:-9])
    own_engine.start()
    dynamodb.put_item(TableName=name, Item=key("c"))
    own_engine.kill()
    own_engine.start()
    assert everything(own_engine, name).keys() == {"a", "c"}


def test_a_start_compacts_and_another_start_changes_nothing(own_engine: Engine) -> None:
    dynamodb = client(own_engine)
    name = create_table(dynamodb)
    for n in range(200):
        dynamodb.put_item(TableName=name, Item=key("same") | {"n": {"N": str(n)}})
    journal = own_engine.state / "tables.jsonl"
    sizes, contents = [], []
    for _ in range(3):
        sizes.append(journal.stat().st_size)
        contents.append([json.loads(line) for line in journal.read_bytes().splitlines()])
        own_engine.kill()
        own_engine.start()
    assert sizes[1] < sizes[0] / 5
    assert contents[1] == contents[2]
    assert everything(own_engine, name) == {"same": key("same") | {"n": {"N": "199"}}}


def test_what_time_to_live_removed_does_not_come_back(own_engine: Engine) -> None:
    """The engine's own thread removes expired items each minute; here it is made to do so once, on the engine's files."""
    dynamodb = client(own_engine)
    name = create_table(dynamodb)
    dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"})
    dynamodb.put_item(TableName=name, Item=key("expired") | {"ttl": {"N": "1000000000"}})
    dynamodb.put_item(TableName=name, Item=key("kept") | {"ttl": {"N": "9000000000"}})
    own_engine.kill()
    script = ROOT / "tests" / "local" / "aws" / "expire.py"
    subprocess.run([tools_python(), script, own_engine.state / "tables.jsonl"], check=True, env={"PYTHONPATH": str(ROOT)})
    own_engine.start()
    dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification={"Enabled": False, "AttributeName": "ttl"})
    assert everything(own_engine, name).keys() == {"kept"}


def fill_disk(engine: Engine, *, beyond: int) -> None:
    """No file of the engine's may grow beyond this many bytes from now on."""
    resource.prlimit(engine.pid, resource.RLIMIT_FSIZE, (beyond, resource.RLIM_INFINITY))


def test_a_write_that_does_not_fit_on_the_disk_is_refused_and_the_engine_ends_with_one_line(own_engine: Engine) -> None:
    dynamodb = client(own_engine)
    name = create_table(dynamodb)
    dynamodb.put_item(TableName=name, Item=key("a"))
    fill_disk(own_engine, beyond=(own_engine.state / "tables.jsonl").stat().st_size + 100)
    with pytest.raises(ClientError, match="cannot write"):
        dynamodb.put_item(TableName=name, Item=key("b") | {"text": {"S": "x" * 500}})
    assert own_engine.wait() == 1
    log = (own_engine.state / "engine.log").read_text()
    assert log.count("\n") == 1
    assert "the local AWS engine stops: cannot write" in log
    own_engine.start()
    assert everything(own_engine, name).keys() == {"a"}


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda state: (state / "tables.jsonl").write_bytes(b"{broken\n{}\n"), "line 1 of .*tables.jsonl. is damaged"),
        (lambda state: (state / "tables.jsonl").mkdir(), "cannot start: cannot write .*tables.jsonl.: is a directory"),
    ],
    ids=["damaged journal", "no journal"],
)
def test_a_start_that_cannot_succeed_says_why_in_one_line(tmp_path: Any, damage: Callable[[Any], Any], told: str) -> None:
    state = tmp_path / "aws"
    state.mkdir()
    damage(state)
    with pytest.raises(EngineError, match=f"(?i){told}"):
        Engine(state, python=tools_python()).start()


def test_a_key_survives_a_kill_with_everything_that_it_sealed(own_engine: Engine) -> None:
    ensure_key(client(own_engine, "kms"), "alias/one")
    made = client(own_engine, "kms").generate_data_key(KeyId="alias/one", KeySpec="AES_256", EncryptionContext={"of": "us"})
    own_engine.kill()
    own_engine.start()
    ensure_key(client(own_engine, "kms"), "alias/one")
    kms = client(own_engine, "kms")
    opened = kms.decrypt(CiphertextBlob=made["CiphertextBlob"], EncryptionContext={"of": "us"})
    assert opened["Plaintext"] == made["Plaintext"]
    with pytest.raises(ClientError, match="InvalidCiphertext"):
        kms.decrypt(CiphertextBlob=made["CiphertextBlob"], EncryptionContext={"of": "them"})
