"""What the home remembers survives it, and a newer generation is never undone by an older one."""

from dataclasses import replace
from pathlib import Path

from local.home.observer import components
from local.home.records import Record, Records, Worker, new_keys
from tests.dataplane_contract import a_spec


def a_record(folder: Path | None = None) -> Record:
    record = Record(spec=a_spec(environment={"NAME": "value"}), uid=40002, port=20001, keys=new_keys())
    if folder:
        (folder / record.id).mkdir()
    return record


def test_a_record_comes_back_as_it_was(tmp_path: Path) -> None:
    record = a_record(tmp_path)
    record.things |= {"database", "airflow"}
    record.workers["w1"] = Worker(id="w1", queue="default", concurrency=2, generation=1, configuration="c", state="CORDONED")
    Records(tmp_path).save(record)
    again = Records(tmp_path).get(record.id)
    assert again == record
    assert again is not record


def test_its_file_is_the_homes_alone_and_its_secrets_are_not_shown(tmp_path: Path) -> None:
    record = a_record(tmp_path)
    Records(tmp_path).save(record)
    assert (tmp_path / record.id / "record.json").stat().st_mode & 0o777 == 0o600
    assert record.keys["fernet"] not in repr(record)
    assert "value" not in repr(record)


def test_no_two_deployments_share_a_key() -> None:
    keys = [*new_keys().values(), *new_keys().values()]
    assert len(set(keys)) == len(keys)


def test_an_older_generation_is_ignored_and_the_same_one_is_taken_again() -> None:
    record = a_record()
    newer = replace(record.spec, generation=3, hibernating=True)
    assert record.accept(newer)
    assert not record.accept(replace(record.spec, generation=2, hibernating=False))
    assert record.spec == newer
    assert record.accept(newer)


def test_a_triggerer_runs_only_once_something_waits_for_one() -> None:
    record = a_record()
    assert components(record) == []
    record.things.add("airflow")
    assert components(record) == ["api-server", "scheduler", "dag-processor"]
    record.triggerer = True
    assert components(record) == ["api-server", "scheduler", "dag-processor", "triggerer"]
    record.spec = replace(record.spec, hibernating=True)
    assert components(record) == []
