"""Everything that can go wrong, drawn as a tree.

    Error                     500  something broke that the caller cannot mend
    ├── Invalid               400  the request says something it may not; `field_errors` name the fields
    ├── Unauthenticated       401  nobody we know is asking
    ├── Forbidden             403  you may see it, but not do this
    ├── NotFound              404  there is no such thing, or it is not yours (the two look the same)
    ├── NotAllowed            405  things of this kind do not do that
    ├── Conflict              409
    │   ├── StaleGeneration        somebody else wrote first: read again and decide again
    │   └── StillChanging          a saga is under way that this change would cross
    ├── NotServed             412  this installation does not do that, and never half does it
    ├── TooLarge              413  more bytes than this door takes
    ├── TooMany               429  more of this than one may ask for in a minute
    ├── Unavailable           503  *retryable*: an outside system is away, slow or throttling
    │   ├── NotReadyYet            what was asked for is on its way
    │   └── WorkersBusy            tasks are running; we wait, we never kill
    ├── Superseded            500  a newer generation took over; this execution has nothing left to do
    ├── RemovalHeld           500  more would go at once than may without a person's word; what is held stands whole
    ├── PlanRefused           500  the hypervisor planned what no plan may; the fleet stays as it is
    └── DataPlaneFailed       500  the data plane refused for good

The class name is the error name in the state machines; `Retry` there names only classes with `retryable`.
The message is for the customer, the cause (`raise ... from`) for the log.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class FieldError:
    """One field of a request that cannot be taken: its wire name, a stable code, and what to write instead."""

    field: str
    code: str
    message: str


class Error(Exception):
    """The root: `status` is the HTTP status, `code` the stable machine-readable name, `retryable` whether trying again can help."""

    status = 500
    code = "INTERNAL"
    retryable = False

    def __init__(self, message: str, *, field_errors: tuple[FieldError, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.field_errors = field_errors


class Invalid(Error):
    status, code = 400, "INVALID"

    @classmethod
    def field(cls, field: str, message: str, *, code: str = "INVALID") -> "Invalid":
        """One bad field: the message stands both for the whole and for the field."""
        return cls(message, field_errors=(FieldError(field, code, message),))

    @classmethod
    def clause(cls, field: str, message: str, *, code: str = "INVALID") -> "Invalid":
        """One bad field, whose message goes on after its name: clients that print the whole alone must see the name too."""
        return cls(f"`{field}` {message}", field_errors=(FieldError(field, code, message),))


class Unauthenticated(Error):
    status, code = 401, "UNAUTHENTICATED"


class Forbidden(Error):
    status, code = 403, "FORBIDDEN"


class NotFound(Error):
    status, code = 404, "NOT_FOUND"


class NotAllowed(Error):
    status, code = 405, "NOT_ALLOWED"


class Conflict(Error):
    status, code = 409, "CONFLICT"


class StaleGeneration(Conflict):
    code = "STALE_GENERATION"


class StillChanging(Conflict):
    code = "STILL_CHANGING"


class NotServed(Error):
    status, code = 412, "NOT_SERVED"


class TooLarge(Error):
    status, code = 413, "TOO_LARGE"


class TooMany(Error):
    status, code = 429, "TOO_MANY"


class Unavailable(Error):
    status, code, retryable = 503, "UNAVAILABLE", True


class NotReadyYet(Unavailable):
    code = "NOT_READY_YET"


class WorkersBusy(Unavailable):
    code = "WORKERS_BUSY"


class Superseded(Error):
    code = "SUPERSEDED"


class DataPlaneFailed(Error):
    code = "DATA_PLANE_FAILED"


class RemovalHeld(Error):
    code = "REMOVAL_HELD"


class PlanRefused(Error):
    code = "PLAN_REFUSED"
