"""Workers, for the agent alone: launched, cordoned, drained by warm shutdown. There is no way to kill one."""

import contextlib
import secrets
import socket
from typing import Any

from orrery.errors import Conflict, NotFound, Unavailable

from agent.consumers import Deaf, broadcast
from local.home import airflow, broker
from local.home.cells import Cell
from local.home.places import Places
from local.home.records import Record, Worker
from local.home.supervisor import Supervisor

_KEEP_LOGS = 10


class Workers:
    def __init__(self, places: Places, supervisor: Supervisor) -> None:
        self._places = places
        self._supervisor = supervisor

    def launch(self, record: Record, queue: str, *, cell: Cell) -> Worker:
        """Start one worker of `queue` as the newest spec describes it; NotFound when the spec has no such queue or rests."""
        known = {spec.name: spec for spec in record.spec.queues}
        if queue not in known or "queues" not in record.things or record.spec.hibernating:
            raise NotFound(f"deployment `{record.id}` has no worker queue `{queue}` to run now")
        worker = Worker(
            id=f"w{secrets.token_hex(4)}",
            queue=queue,
            concurrency=known[queue].concurrency,
            generation=record.spec.generation,
            configuration=self._configuration(record, queue, cell=cell),
        )
        command = airflow.worker(self._places, record, queue=queue, concurrency=worker.concurrency, worker_id=worker.id, cell=cell)
        record.workers[worker.id] = worker
        self._supervisor.want(command, again=False)
        return worker

    def refresh(self, record: Record, *, cell: Cell) -> bool:
        """Forget those that ended, hear those that began; whether anything changed."""
        before = {id: (worker.state, worker.generation) for id, worker in record.workers.items()}
        for id in [id for id in record.workers if not self._exists(record, id)]:
            del record.workers[id]
            self._keep_few_logs(record)
        for worker in record.workers.values():
            if worker.configuration == self._configuration(record, worker.queue, cell=cell):
                worker.generation = record.spec.generation
        self._hear(record)
        return before != {id: (worker.state, worker.generation) for id, worker in record.workers.items()}

    def cordon(self, record: Record, worker_id: str) -> Worker:
        """It finishes what it has and takes nothing new."""
        worker = _known(record, worker_id)
        if worker.state in ("STARTING", "DRAINING"):
            raise Conflict(f"worker `{worker_id}` is {worker.state.lower()}")
        self._control(record, "cancel_consumer", worker, queue=worker.queue)
        worker.state = "CORDONED"
        return worker

    def uncordon(self, record: Record, worker_id: str) -> Worker:
        worker = _known(record, worker_id)
        if worker.state in ("STARTING", "DRAINING"):
            raise Conflict(f"worker `{worker_id}` is {worker.state.lower()}")
        self._control(record, "add_consumer", worker, queue=worker.queue)
        worker.state = "RUNNING"
        return worker

    def drain(self, record: Record, worker_id: str) -> Worker:
        """Warm shutdown: it ends by itself when its last task has, however long that takes."""
        worker = _known(record, worker_id)
        self._supervisor.ask_to_end(_key(record, worker_id))
        worker.state = "DRAINING"
        return worker

    def describe(self, record: Record, worker: Worker) -> dict[str, Any]:
        return {
            "id": worker.id,
            "queue": worker.queue,
            "hostname": f"{worker.id}.localhost",  # what its tasks report, by orrery_airflow.worker
            "pid": self._supervisor.pid(_key(record, worker.id)) or 0,
            "state": worker.state,
            "startedAt": self._supervisor.started_at(_key(record, worker.id)),
            "generation": worker.generation,
            "concurrency": worker.concurrency,
        }

    def _keep_few_logs(self, record: Record) -> None:
        """The words of the last workers that ended stay; those of a whole life of workers do not."""
        folder = airflow.log(self._places, record.id, "worker").parent
        logs = sorted(folder.glob("worker-*.log"), key=lambda path: path.stat().st_mtime, reverse=True)
        ended = [log for log in logs if log.stem.removeprefix("worker-").removesuffix(".1") not in record.workers]
        for log in ended[_KEEP_LOGS:]:
            log.unlink(missing_ok=True)

    def _configuration(self, record: Record, queue: str, *, cell: Cell) -> str:
        concurrency = next((spec.concurrency for spec in record.spec.queues if spec.name == queue), 0)
        return f"{airflow.worker_configuration(self._places, record, cell=cell)}-{concurrency}"

    def _exists(self, record: Record, worker_id: str) -> bool:
        return _key(record, worker_id) in self._supervisor.keys(f"{record.id}/worker/")

    def _hear(self, record: Record) -> None:
        """A worker runs once its consumer answers a ping."""
        starting = [worker for worker in record.workers.values() if worker.state == "STARTING"]
        if not starting:
            return
        answers: dict[str, Any] = {}
        with contextlib.suppress(Unavailable):
            answers = self._broadcast(record, "ping", [_hostname(worker.id) for worker in starting])
        for worker in starting:
            if _hostname(worker.id) in answers:
                worker.state = "RUNNING"

    def _control(self, record: Record, verb: str, worker: Worker, **arguments: str) -> None:
        if not self._broadcast(record, verb, [_hostname(worker.id)], **arguments):
            raise Unavailable(f"worker `{worker.id}` does not answer")

    def _broadcast(self, record: Record, verb: str, names: list[str], **arguments: str) -> dict[str, Any]:
        try:
            return broadcast(broker.url(self._places, record), verb, names, **arguments)
        except Deaf as deaf:
            raise Unavailable(str(deaf)) from deaf


def _known(record: Record, worker_id: str) -> Worker:
    if worker_id not in record.workers:
        raise NotFound(f"deployment `{record.id}` has no worker `{worker_id}`")
    return record.workers[worker_id]


def _key(record: Record, worker_id: str) -> str:
    return f"{record.id}/worker/{worker_id}"


def _hostname(worker_id: str) -> str:
    """The node name that `-H <id>@%h` gives a worker on this machine."""
    return f"{worker_id}@{socket.gethostname()}"
