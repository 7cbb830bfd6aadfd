"""What the fake plane says about scaling."""

from typing import Any

TIME = "2026-01-01T00:00:00.000Z"
DECISION: dict[str, Any] = {
    "id": "d1", "decidedAt": TIME, "queue": "heavy", "action": "LAUNCH", "cause": "DEMAND",
    "current": 0, "target": 3, "queued": 6, "running": 0,
}  # fmt: skip
_OUTCOME: dict[str, Any] = {
    "workerHours": 5.0, "launches": 7, "peakWorkers": 2, "tasks": 40, "taskHours": 4.0,
    "waitedSeconds": 12.0, "waitP50Seconds": 0.0, "waitP99Seconds": 9.0,
}  # fmt: skip
_LINE: dict[str, Any] = {"queue": "", "recorded": _OUTCOME, "baseline": _OUTCOME, "replayed": _OUTCOME | {"workerHours": 3.5}}
REPLAY: dict[str, Any] = {"baselineStyle": "BALANCED", "total": _LINE, "queues": [_LINE | {"queue": "default"}]}
ADVICE: dict[str, Any] = {
    "startDate": TIME, "endDate": TIME, "recordedSeconds": 604800.0,
    "advice": [
        {"queue": "default", "kind": "FLOOR", "current": "2", "proposed": "0", "savedWorkerHoursPerWeek": 300.0, "reason": "unused"}
    ],
}  # fmt: skip
