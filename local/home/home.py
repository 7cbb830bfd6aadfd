"""What the process home does: the steps of the data plane port, what it sees, and the workers that the agent asks for."""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from orrery import names
from orrery.dataplane.port import DeploymentRef, DeploymentSpec, Observation
from orrery.errors import DataPlaneFailed, NotFound, NotReadyYet, WorkersBusy
from orrery_cli.local.ports import free

from local.home import airflow, broker, logs, metrics, ports, processes, releases, secrets, users
from local.home.cells import Cell, deployment_cell, own_room
from local.home.nodes import Nodes
from local.home.observer import ABSENT, Observer, components
from local.home.places import Places
from local.home.postgres import Postgres
from local.home.records import Record, Records, Worker, new_keys
from local.home.runtimes import Runtimes
from local.home.supervisor import Supervisor
from local.home.template import Template
from local.home.users import Users
from local.home.workers import Workers

_STOP_SECONDS = 25.0
_HANDED_OVER_SECONDS = 60.0
"""How long a waking Deployment keeps a port that is not free; its API server needs seconds before it binds it, and is started again."""
_METRICS_SECONDS = float(os.environ.get("ORRERY_METRICS_SECONDS", "30"))


class Home:
    """Every `ensure_x` and `remove_x` may run twice and at any time; one lock a Deployment keeps two of them apart."""

    def __init__(self, places: Places) -> None:
        places.prepare()
        self.places = places
        self.supervisor = Supervisor(places.state)
        self._records = Records(places.home / "deployments")
        self._users = Users(places, self._records)
        self._postgres = Postgres(places, self.supervisor, uid=self._users.postgres)
        self._runtimes = Runtimes(places)
        self._template = Template(places, self._postgres, version=self._runtimes.airflow_version, uid=self._users.template)
        self._workers = Workers(places, self.supervisor)
        self._observer = Observer(places, self.supervisor, self._postgres)
        self.nodes = Nodes(places.home, self._records)
        self._bucket = releases.Bucket()
        self._locks: dict[str, threading.RLock] = {}
        self._allocating = threading.Lock()
        self._tending = threading.Event()
        self._rested: dict[str, float] = {}
        """When a Deployment was last seen to be meant to sleep: its port is then the agent's, which needs a moment to let it go."""

    def begin(self) -> None:
        """Bring back everything that was there: servers first, then each Deployment as its record says."""
        self.supervisor.begin()
        self._postgres.run()
        self._template.begin()
        for record in self._records.all():
            secrets.prepare(self.places.deployment(record.id), uid=record.uid, isolated=self.places.isolated)
            with self._held(record.id):
                record.workers = {id: worker for id, worker in record.workers.items() if self.supervisor.claim(f"{record.id}/worker/{id}")}
                self._reconcile(record)
        self.supervisor.unwant_unclaimed()
        for name, seconds, work in (("releases", 2.0, self._follow), ("tending", 5.0, self._tend)):
            threading.Thread(target=self._every, args=(seconds, work), name=name, daemon=True).start()

    def end(self, *, drain_seconds: float) -> None:
        """Everything in order: workers finish what they have (for so long), then Airflow, brokers, the database server."""
        self._tending.set()
        keys = self.supervisor.keys()
        workers = [key for key in keys if "/worker/" in key]
        for key in workers:
            self.supervisor.ask_to_end(key)
        self.supervisor.wait_gone(workers, seconds=drain_seconds)
        brokers = [key for key in keys if key.endswith("/broker")]
        servers = [key for key in keys if key.startswith("home/")]
        self._stop([key for key in keys if key not in {*brokers, *servers}])
        self._stop(brokers)
        self._stop(servers)
        processes.end_all(self.places.state, prefix="")
        self.supervisor.close()
        self.places.clear_run()

    def ensure_namespace(self, spec: DeploymentSpec) -> None:
        with self._held(spec.id):
            record = self._records.get(spec.id) or self._found(spec)
            if not record.accept(spec):
                return
            room = self.places.deployment(spec.id)
            own_room(room, "files", "tmp", "broker", uid=record.uid, isolated=self.places.isolated)
            (room / "logs").mkdir(mode=0o700, exist_ok=True)
            releases.prepare(room / "releases")
            secrets.prepare(room, uid=record.uid, isolated=self.places.isolated)
            self._records.save(record)

    def _found(self, spec: DeploymentSpec) -> Record:
        """A new record, on disk before another Deployment can be given the same user or port."""
        self._runtimes.check(spec)
        with self._allocating:
            self._users.check_tenant(spec)
            taken = {other.port for other in self._records.all()}
            record = Record(spec=spec, uid=self._users.next(), port=ports.choose(taken), keys=new_keys())
            self.places.deployment(spec.id).mkdir(mode=0o700, exist_ok=True)
            self._records.save(record)
        return record

    def ensure_database(self, spec: DeploymentSpec) -> None:
        template = self._template.wait()

        def make(record: Record) -> None:
            name = names.database(spec.id)
            self._postgres.ensure(name, template=template, password=record.keys["database"], reader_password=record.keys["reader"])

        self._ensure(spec, "database", make)

    def ensure_broker(self, spec: DeploymentSpec) -> None:
        self._ensure(spec, "broker", lambda record: broker.prepare(self.places, record))

    def ensure_release(self, spec: DeploymentSpec) -> None:
        def make(record: Record) -> None:
            secrets.write(self.places.deployment(spec.id), spec, uid=record.uid, isolated=self.places.isolated)
            releases.follow(self._bucket, spec.releases, self._releases(spec.id))

        self._ensure(spec, "release", make)

    def ensure_airflow(self, spec: DeploymentSpec) -> None:
        self._runtimes.check(spec)
        self._ensure(spec, "airflow", lambda record: setattr(record, "applied", spec.generation))

    def ensure_queues(self, spec: DeploymentSpec) -> None:
        self._ensure(spec, "queues", lambda record: self._refuse_while_busy(record) if spec.hibernating else None)

    def ensure_ingress(self, spec: DeploymentSpec) -> None:
        self._ensure(spec, "ingress", lambda _: None)

    def remove_ingress(self, ref: DeploymentRef) -> None:
        with self._removing(ref, "ingress"):
            pass

    def remove_queues(self, ref: DeploymentRef) -> None:
        with self._removing(ref, "queues") as record:
            if record:
                self._refuse_while_busy(record)

    def remove_airflow(self, ref: DeploymentRef) -> None:
        with self._removing(ref, "airflow") as record:
            if record:
                record.applied = 0
        self._gone([f"{ref.id}/{name}" for name in (metrics.NAME, *airflow.COMPONENTS)])

    def remove_release(self, ref: DeploymentRef) -> None:
        with self._removing(ref, "release") as record:
            if record:
                shutil.rmtree(self._releases(ref.id), ignore_errors=True)
                releases.prepare(self._releases(ref.id))
                shutil.rmtree(self.places.deployment(ref.id) / "files" / "bundles", ignore_errors=True)

    def remove_broker(self, ref: DeploymentRef) -> None:
        with self._removing(ref, "broker"):
            pass
        self._gone([f"{ref.id}/broker"])
        broker.remove(self.places, ref.id)

    def remove_database(self, ref: DeploymentRef) -> None:
        with self._removing(ref, "database"):
            self._postgres.remove(names.database(ref.id))

    def remove_namespace(self, ref: DeploymentRef) -> None:
        """Whatever still runs there is ended: by now nothing that should."""
        with self._removing(ref, ""):
            record = self._records.get(ref.id)
            for key in self.supervisor.keys(f"{ref.id}/"):
                self.supervisor.unwant(key)
            processes.end_all(self.places.state, prefix=f"{ref.id}/")
            if record and self.places.isolated:
                processes.end_user(record.uid)
                users.clear(record.uid)
            shutil.rmtree(self.places.deployment(ref.id), ignore_errors=True)
            if self.places.deployment(ref.id).exists():
                raise NotReadyYet("its files could not all be removed yet")
            self._records.forget(ref.id)

    def publish_release(self, ref: DeploymentRef, *, version: str = "", sha256: str = "", path: str = "") -> None:
        """Put a release live now: from a file on this machine when one is named, from the Deployment's store otherwise."""
        with self._held(ref.id):
            record = self._must(ref.id)
            if path:
                releases.publish(self._releases(ref.id), version, Path(path).read_bytes(), sha256=sha256)
            else:
                releases.follow(self._bucket, record.spec.releases, self._releases(ref.id))

    def observe(self, deployment_id: str) -> Observation:
        self.workers(deployment_id)
        record = self._records.get(deployment_id)
        return self._observer.observe(record) if record else ABSENT

    def inventory(self) -> list[dict[str, Any]]:
        """What the agent must know of each Deployment that can have demand."""
        return [self._observer.entry(record) for record in self._records.all() if "database" in record.things]

    def logs(self, deployment_id: str, after: dict[str, Any], *, most: int) -> dict[str, Any]:
        """What a Deployment's processes wrote after those places; takes no lock, so that it never waits and nobody waits for it."""
        return logs.read(self.places.deployment(deployment_id) / "logs", after, most=most)

    def workers(self, deployment_id: str) -> list[dict[str, Any]]:
        with self._held(deployment_id):
            record = self._records.get(deployment_id)
            if record is None:
                return []
            if record.workers and self._workers.refresh(record, cell=self._cell(record)):
                self._records.save(record)
            return [self._workers.describe(record, worker) for worker in record.workers.values()]

    def launch_worker(self, deployment_id: str, queue: str) -> dict[str, Any]:
        with self._held(deployment_id):
            record = self._must(deployment_id)
            worker = self._workers.launch(record, queue, cell=self._cell(record))
            self._records.save(record)
            return self._workers.describe(record, worker)

    def tell_worker(self, deployment_id: str, worker_id: str, verb: str) -> dict[str, Any]:
        """`verb` is cordon, uncordon or drain."""
        verbs = {"cordon": self._workers.cordon, "uncordon": self._workers.uncordon, "drain": self._workers.drain}
        if verb not in verbs:
            raise NotFound(f"a worker can be cordoned, uncordoned and drained, not `{verb}`")
        with self._held(deployment_id):
            record = self._must(deployment_id)
            worker: Worker = verbs[verb](record, worker_id)
            self._records.save(record)
            return self._workers.describe(record, worker)

    def describe(self) -> dict[str, Any]:
        """The home itself: whether it can keep tenants apart."""
        return {"isolated": self.places.isolated, "airflowVersion": self._runtimes.airflow_version, "deployments": len(self._records.all())}

    def _reconcile(self, record: Record) -> None:
        """Ask the supervisor for exactly the processes that this record stands for; workers are the agent's."""
        cell = self._cell(record)
        wanted = []
        if "broker" in record.things and not (record.spec.hibernating and not record.workers):
            broker.prepare(self.places, record)
            wanted.append(broker.command(self.places, record, cell=cell))
        expected = components(record)
        if record.spec.hibernating:
            self._rested[record.id] = time.monotonic()
        is_handed_over = time.monotonic() - self._rested.get(record.id, float("-inf")) < _HANDED_OVER_SECONDS
        if expected and not is_handed_over and not self.supervisor.pid(f"{record.id}/api-server") and not free(record.port):
            record.port = ports.choose({other.port for other in self._records.all()})
            self._records.save(record)
        name = names.database(record.id)
        url = self._postgres.url(login=name, password=record.keys["database"], database=name)
        wanted += [airflow.component(self.places, record, each, cell=cell, database_url=url) for each in expected]
        if expected and record.spec.metrics_exports:
            wanted.append(metrics.command(self.places, record, cell=cell, seconds=_METRICS_SECONDS))
        for command in wanted:
            self.supervisor.want(command)
        for key in {f"{record.id}/{each}" for each in ("broker", metrics.NAME, *airflow.COMPONENTS)} - {command.key for command in wanted}:
            self.supervisor.unwant(key)

    def _tend(self, record: Record) -> None:
        """A triggerer runs once something waits for one; whatever else is not as the record says is mended."""
        with self._held(record.id):
            if self._records.get(record.id) is None:
                self._observer.forget(record.id)
                return
            if components(record) and not record.triggerer and self._postgres.has_triggers(names.database(record.id)):
                record.triggerer = True
                self._records.save(record)
            self._reconcile(record)
        self._observer.look(record)

    def _follow(self, record: Record) -> None:
        with self._held(record.id):
            if "release" in record.things and self._records.get(record.id):
                releases.follow(self._bucket, record.spec.releases, self._releases(record.id))

    def _every(self, seconds: float, work: Callable[[Record], None]) -> None:
        """One Deployment's trouble is said once and is none of the others'."""
        said: dict[str, str] = {}
        while not self._tending.wait(seconds):
            for record in self._records.all():
                try:
                    work(record)
                    said.pop(record.id, None)
                except Exception as error:
                    words = f"{type(error).__name__}: {error}"
                    if said.get(record.id) != words:
                        print(f"home: deployment {record.id}: {words}", flush=True)
                    said[record.id] = words

    @contextmanager
    def _held(self, deployment_id: str) -> Iterator[None]:
        with self._locks.setdefault(deployment_id, threading.RLock()):
            yield

    def _ensure(self, spec: DeploymentSpec, thing: str, make: Callable[[Record], None]) -> None:
        """`thing` should exist as the spec says; an older generation changes nothing."""
        with self._held(spec.id):
            record = self._must(spec.id)
            if not record.accept(spec):
                return
            record.things.add(thing)
            self._records.save(record)
            make(record)
            self._records.save(record)
            self._reconcile(record)

    def _refuse_while_busy(self, record: Record) -> None:
        self._workers.refresh(record, cell=self._cell(record))
        if record.workers:
            raise WorkersBusy(f"{len(record.workers)} workers are still finishing their tasks")

    @contextmanager
    def _removing(self, ref: DeploymentRef, thing: str) -> Iterator[Record | None]:
        with self._held(ref.id):
            record = self._records.get(ref.id)
            if record:
                record.things.discard(thing)
                self._records.save(record)
                self._reconcile(record)
            yield record
            if record and self._records.get(ref.id):
                self._records.save(record)

    def _must(self, deployment_id: str) -> Record:
        record = self._records.get(deployment_id)
        if record is None:
            raise DataPlaneFailed(f"deployment `{deployment_id}` has no namespace here; ensure it first")
        return record

    def _cell(self, record: Record) -> Cell:
        return deployment_cell(self.places, room=self.places.deployment(record.id), uid=record.uid)

    def _releases(self, deployment_id: str) -> Path:
        return self.places.deployment(deployment_id) / "releases"

    def _gone(self, keys: list[str]) -> None:
        if not self.supervisor.wait_gone(keys, seconds=_STOP_SECONDS):
            raise NotReadyYet("processes are still ending")

    def _stop(self, keys: list[str]) -> None:
        for key in keys:
            self.supervisor.unwant(key)
        self.supervisor.wait_gone(keys, seconds=_STOP_SECONDS)
