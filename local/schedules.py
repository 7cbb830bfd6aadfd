"""Fires the template's schedules: on time, without drift, and never faster than their targets can bear."""

import sys
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from local import cron
from local.template import Schedule

AT_ONCE = 2
"""Runs of one schedule that may overlap. AWS sets no bound; one machine must, and two let a slow minute meet the next."""

Fire = Callable[[Schedule], None]
"""Carries out one firing and returns when its target is done."""


class Ticker:
    def __init__(self, schedules: Iterable[Schedule], fire: Fire, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now, self._fire = now, fire
        began = now()
        self._next = {schedule: cron.parse(schedule.expression, since=began) for schedule in schedules}
        # a rate without a start date begins at once, as EventBridge Scheduler has it
        self._due = {
            schedule: began if schedule.expression.startswith("rate") else following(began) for schedule, following in self._next.items()
        }
        self._running: dict[Schedule, list[threading.Thread]] = {schedule: [] for schedule in self._due}
        self._stop = threading.Event()

    def tick(self) -> list[Schedule]:
        """Fires what is due now, each in a thread of its own; what was missed (a laptop that slept) is fired once, not often."""
        now = self._now()
        due = [schedule for schedule, moment in self._due.items() if moment is not None and moment <= now]
        for schedule in due:
            self._due[schedule] = self._next[schedule](now)
        return [schedule for schedule in due if self._begin(schedule)]

    def pause(self) -> float | None:
        """Seconds until something is due; None when nothing ever is again."""
        moments = [moment for moment in self._due.values() if moment is not None]
        return max(0.0, (min(moments) - self._now()).total_seconds()) if moments else None

    def run(self) -> None:
        """Ticks until `stop`; the clock is looked at again at least every minute, because clocks are set and machines sleep."""
        while not self._stop.is_set():
            self.tick()
            pause = self.pause()
            self._stop.wait(60.0 if pause is None else min(60.0, pause))

    def stop(self) -> None:
        self._stop.set()

    def _begin(self, schedule: Schedule) -> bool:
        alive = [thread for thread in self._running[schedule] if thread.is_alive()]
        if len(alive) >= AT_ONCE:
            print(f"[schedules] {schedule.name} skipped: its last {AT_ONCE} runs are still under way", file=sys.stderr, flush=True)
            return False
        thread = threading.Thread(target=self._carry_out, args=(schedule,), name=f"schedule-{schedule.name}", daemon=True)
        self._running[schedule] = [*alive, thread]
        thread.start()
        return True

    def _carry_out(self, schedule: Schedule) -> None:
        try:
            self._fire(schedule)
        except Exception as error:  # one firing that fails must not end the schedule
            print(f"[schedules] {schedule.name}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
