"""A home of Deployments as the agent uses it: what is there, and the few verbs on workers. There is none that kills."""

from typing import Any, Literal, Protocol

Verb = Literal["cordon", "uncordon", "drain"]


class HomeTrouble(Exception):
    """The home is away, or said no; either way the next look at the world tells what is true."""


class Home(Protocol):
    """Every call ends in seconds, or raises `HomeTrouble`; calls for different Deployments may come at the same time."""

    def deployments(self) -> list[dict[str, Any]]:
        """Every Deployment with its queues' bounds, its health and the way to its demand."""

    def workers(self, deployment_id: str) -> list[dict[str, Any]]:
        """Its workers: id, queue, hostname, state (STARTING, RUNNING, CORDONED, DRAINING) and generation; none where it is unknown."""

    def launch(self, deployment_id: str, queue: str, *, decision: dict[str, Any]) -> dict[str, Any]:
        """Start one worker; `decision` says who wanted it and why."""

    def tell(self, deployment_id: str, worker_id: str, verb: Verb) -> dict[str, Any]:
        """`cordon`: take nothing new; `uncordon`: take tasks again; `drain`: end by yourself after your last task."""


class Logs(Protocol):
    """A home that can be asked for what its Deployments' processes wrote."""

    def deployments(self) -> list[dict[str, Any]]:
        """As a home tells them."""

    def logs(self, deployment_id: str, after: dict[str, Any], *, most: int) -> dict[str, Any]:
        """What its processes wrote after those places, from at most so many bytes: `{"entries", "after", "more"}`."""
