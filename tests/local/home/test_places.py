"""Addresses are short enough for sockets, users are nobody else's, ports are free, and health is said in words."""

import contextlib
import os
import socket
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from orrery import names
from orrery.errors import DataPlaneFailed
from orrery_cli.local.ports import free

from local.home import health, ports
from local.home import users as user_numbers
from local.home.places import Places, places
from local.home.records import Record, Records, new_keys
from local.home.users import Users
from tests.dataplane_contract import a_spec


def test_a_sockets_path_fits_however_deep_the_clone_lies(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a-rather-long-directory-name"] * 8, ".orrery")
    found = places(deep)
    for path in (found.broker_socket(names.new_id()), found.postgres_socket / ".s.PGSQL.5432"):
        assert len(str(path)) < 107


def test_two_homes_share_neither_directory_nor_users(tmp_path: Path) -> None:
    one, two = places(tmp_path / "a"), places(tmp_path / "b")
    assert one.run != two.run


def users(tmp_path: Path, *, isolated: bool) -> tuple[Users, Records]:
    records = Records(tmp_path)
    return Users(Places(state=tmp_path, run=tmp_path, isolated=isolated), records), records


def keep(records: Records, uid: int, tmp_path: Path) -> Record:
    record = Record(spec=a_spec(), uid=uid, port=20001, keys=new_keys())
    (tmp_path / record.id).mkdir()
    records.save(record)
    return record


def test_as_root_each_deployment_and_server_has_a_user_of_its_own(tmp_path: Path) -> None:
    given, records = users(tmp_path, isolated=True)
    first = given.next()
    keep(records, first, tmp_path)
    second = given.next()
    assert len({first, second, given.postgres, given.template}) == 4
    assert min(first, second, given.postgres, given.template) >= 30000


def test_a_full_home_says_so(tmp_path: Path) -> None:
    given, records = users(tmp_path, isolated=True)
    for _ in range(98):
        keep(records, given.next(), tmp_path)
    with pytest.raises(DataPlaneFailed, match="full"):
        given.next()


def test_without_root_only_one_organization_is_served(tmp_path: Path) -> None:
    given, records = users(tmp_path, isolated=False)
    record = keep(records, given.next(), tmp_path)
    given.check_tenant(replace(a_spec(), organization_id=record.spec.organization_id))
    with pytest.raises(DataPlaneFailed, match="one Organization"):
        given.check_tenant(a_spec())


def test_as_root_many_organizations_are(tmp_path: Path) -> None:
    given, records = users(tmp_path, isolated=True)
    keep(records, given.next(), tmp_path)
    given.check_tenant(a_spec())


def test_a_port_is_free_and_nobody_elses() -> None:
    port = ports.choose(())
    assert free(port)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        assert not free(port)


def test_health_is_airflows_own_word() -> None:
    well = {part: {"status": "healthy"} for part in ("metadatabase", "scheduler", "dag_processor")}
    assert health.judge(well) == health.Health(True)
    assert health.judge(well | {"triggerer": {"status": None}}).healthy, "no triggerer is no illness"
    sick = health.judge(well | {"scheduler": {"status": "unhealthy"}})
    assert not sick.healthy
    assert "scheduler" in sick.reason
    assert not health.judge({}).healthy


def test_an_airflow_that_is_not_there_is_not_healthy() -> None:
    assert health.probe(ports.choose(())) == health.Health(False, "Airflow's API does not answer yet")


def test_whoever_answers_with_one_byte_at_a_time_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            with server.accept()[0] as connection, contextlib.suppress(OSError):
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                for _ in range(200):
                    connection.sendall(b" ")
                    time.sleep(0.05)

        threading.Thread(target=drip, daemon=True).start()
        begun = time.monotonic()
        assert not health.probe(server.getsockname()[1]).healthy
        assert time.monotonic() - begun < 3


def test_a_link_left_in_the_run_directory_does_not_stop_the_home_from_clearing_it(tmp_path: Path) -> None:
    here = Places(state=tmp_path / "state", run=tmp_path / "run", isolated=False)
    here.prepare()
    (tmp_path / "kept").mkdir()
    here.broker_socket("d1").parent.mkdir()
    (here.broker_socket("d1").parent / "link").symlink_to(tmp_path / "kept")
    here.clear_run()
    assert not here.run.exists()
    assert (tmp_path / "kept").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give away files")
def test_what_a_user_left_behind_is_not_there_for_the_next_one_of_its_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(user_numbers, "_SHARED", (str(tmp_path / "absent"), str(tmp_path)))
    kept = tmp_path / "another's"
    kept.touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "loot").touch()
    (tmp_path / "link").symlink_to(kept)
    for name in ("folder", "link"):
        os.chown(tmp_path / name, 59991, 59991, follow_symlinks=False)
    user_numbers.clear(59991)
    assert list(tmp_path.iterdir()) == [kept]
