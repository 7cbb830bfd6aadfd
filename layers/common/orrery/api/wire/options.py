"""What a Deployment may ask for, as clients read it before they ask; the figures are the very ones that requests are judged by."""

from collections.abc import Iterable

from orrery.api.wire.base import Response, Timestamp
from orrery.model import offer, runtime
from orrery.model.deployment import Executor, SchedulerSize
from orrery.model.queue import Machine


class Range(Response):
    floor: int
    default: int
    ceiling: int

    @classmethod
    def of(cls, span: offer.Range) -> "Range":
        return cls(floor=span.floor, default=span.default, ceiling=span.ceiling)


class ResourceRange(Response):
    floor: str
    default: str
    ceiling: str


class ResourceOption(Response):
    cpu: ResourceRange
    memory: ResourceRange

    @classmethod
    def of(cls, resource: offer.Resource) -> "ResourceOption":
        floor, default, ceiling = resource.floor, resource.default, resource.ceiling
        memory = [offer.memory_for(cpu) for cpu in (floor, default, ceiling)]
        return cls(
            cpu=ResourceRange(floor=floor, default=default, ceiling=ceiling),
            memory=ResourceRange(floor=memory[0], default=memory[1], ceiling=memory[2]),
        )


class ResourceQuotaOptions(Response):
    default_pod_size: ResourceOption
    resource_quota: ResourceOption


class RuntimeRelease(Response):
    version: str
    airflow_version: str
    channel: str
    release_date: Timestamp
    airflow_database_migration: bool
    stellar_database_migration: bool

    @classmethod
    def of(cls, release: runtime.RuntimeRelease) -> "RuntimeRelease":
        return cls(
            version=release.version,
            airflow_version=release.airflow_version,
            channel=release.channel,
            release_date=release.released_at,
            airflow_database_migration=release.migrates_database,
            stellar_database_migration=False,
        )


class MachineSpec(Response):
    cpu: str
    memory: str
    concurrency: int | None
    ephemeral_storage: str | None


class SchedulerMachine(Response):
    name: SchedulerSize
    spec: MachineSpec

    @classmethod
    def of(cls, size: SchedulerSize, scheduler: offer.Scheduler) -> "SchedulerMachine":
        spec = MachineSpec(cpu=str(scheduler.cpu), memory=f"{scheduler.memory}Gi", concurrency=None, ephemeral_storage=None)
        return cls(name=size, spec=spec)


class WorkerMachine(Response):
    name: Machine
    concurrency: Range
    spec: MachineSpec

    @classmethod
    def of(cls, machine: Machine) -> "WorkerMachine":
        size = machine.size
        return cls(
            name=machine,
            concurrency=Range(floor=1, default=size.concurrency, ceiling=size.concurrency_ceiling),
            spec=MachineSpec(
                cpu=str(size.cpu), memory=f"{size.memory}Gi", concurrency=size.concurrency, ephemeral_storage=offer.EPHEMERAL_STORAGE
            ),
        )


class WorkerQueueOptions(Response):
    min_workers: Range
    max_workers: Range
    worker_concurrency: Range


class WorkloadIdentityOption(Response):
    label: str
    role: str


class DeploymentOptions(Response):
    """Everything a Deployment may choose from."""

    executors: list[str]
    resource_quotas: ResourceQuotaOptions
    runtime_releases: list[RuntimeRelease]
    scheduler_machines: list[SchedulerMachine]
    worker_machines: list[WorkerMachine]
    worker_queues: WorkerQueueOptions
    workload_identity_options: list[WorkloadIdentityOption]

    @classmethod
    def of(
        cls, releases: tuple[runtime.RuntimeRelease, ...], executors: Iterable[Executor], *, development: bool = False
    ) -> "DeploymentOptions":
        sizes = {size: scheduler for size, scheduler in offer.SCHEDULERS.items() if not development or size is SchedulerSize.SMALL}
        largest = max(machine.size.concurrency_ceiling for machine in Machine)
        return cls(
            executors=[executor.value for executor in executors],
            resource_quotas=ResourceQuotaOptions(
                default_pod_size=ResourceOption.of(offer.TASK_POD), resource_quota=ResourceOption.of(offer.QUOTA)
            ),
            runtime_releases=[RuntimeRelease.of(release) for release in releases],
            scheduler_machines=[SchedulerMachine.of(size, scheduler) for size, scheduler in sizes.items()],
            worker_machines=[WorkerMachine.of(machine) for machine in Machine],
            worker_queues=WorkerQueueOptions(
                min_workers=Range.of(offer.MIN_WORKERS),
                max_workers=Range.of(offer.MAX_WORKERS),
                worker_concurrency=Range(floor=1, default=Machine.A5.size.concurrency, ceiling=largest),
            ),
            workload_identity_options=[],
        )
