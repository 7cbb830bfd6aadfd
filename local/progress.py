"""Shows what is going on: a line that turns on a terminal, plain lines elsewhere, for whatever takes more than a second."""

import itertools
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

TURNS = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
REMIND_SECONDS, SELDOM_SECONDS = 15.0, 120.0
"""How often a line says that it is still at it: the longer it takes the less often."""


class Step:
    """One thing under way; `say` changes the words behind it."""

    def __init__(self, screen: "Screen", text: str) -> None:
        self._screen, self.text, self.detail = screen, text, ""
        self.began = time.monotonic()
        self._shown = self._reminded = 0.0

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    def say(self, detail: str) -> None:
        if detail != self.detail:
            self.detail = detail
            self._screen.changed(self)

    def line(self) -> str:
        return f"{self.text}: {self.detail}" if self.detail else self.text


class Screen:
    """Where steps are shown. Lines that others print through `line` never tear a turning one."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self.terminal = self._stream.isatty()
        self._lock = threading.RLock()
        self._turning = ""

    def line(self, text: str = "") -> None:
        with self._lock:
            self._clear()
            self._stream.write(text + "\n")
            self._stream.flush()

    @contextmanager
    def step(self, text: str) -> Iterator[Step]:
        """Shows the step while its block runs, and how long it took; a failure is left to whoever catches it."""
        step, done = Step(self, text), threading.Event()
        watcher = threading.Thread(target=self._turn if self.terminal else self._remind, args=(step, done), daemon=True)
        watcher.start()
        try:
            yield step
        except BaseException:
            done.set()
            watcher.join()
            self.line(f"✗ {step.line()} ({step.seconds:.1f} s)")
            raise
        done.set()
        watcher.join()
        self.line(f"✓ {step.line()}" + (f" ({step.seconds:.1f} s)" if step.seconds >= 1 else ""))

    def changed(self, step: Step) -> None:
        """On a terminal the turning line shows it by itself; elsewhere a change of words is worth a line."""
        if not self.terminal and step.seconds > 1:
            self.line(f"  {step.line()} ({step.seconds:.0f} s)")

    def _turn(self, step: Step, done: threading.Event) -> None:
        for sign in itertools.cycle(TURNS):
            if done.wait(0.1):
                break
            with self._lock:
                self._clear()
                self._turning = f"{sign} {step.line()} ({step.seconds:.0f} s)"[:160]
                self._stream.write(self._turning)
                self._stream.flush()
        with self._lock:
            self._clear()

    def _remind(self, step: Step, done: threading.Event) -> None:
        if done.wait(1.0):
            return
        self.line(f"… {step.line()}")
        pause = REMIND_SECONDS
        while not done.wait(pause):
            pause = min(2 * pause, SELDOM_SECONDS)
            self.line(f"  {step.line()}, still at it ({step.seconds:.0f} s)")

    def _clear(self) -> None:
        if self._turning:
            self._stream.write("\r\033[K")
            self._turning = ""
