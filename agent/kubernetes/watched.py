"""All objects of one kind as the API server last told of them: one list, and from then on only what changes.

At rest a kind costs one request in five minutes, however many objects there are.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Generic, TypeVar

from agent.home import HomeTrouble
from agent.kubernetes.api import Api, Manifest, Refused

_SILENT = 10.0
"""Seconds without a connection after which what is kept is no longer how it is."""
_BETWEEN, _LONGEST_PAUSE = 0.2, 15.0
"""Seconds after a watch that ended as it should, and after several that did not."""
_GONE = 410
"""What was asked about is so long ago that the server knows it no more."""

Value = TypeVar("Value")
Key = tuple[str, str]
"""Namespace and name."""


class Watched(Generic[Value]):
    def __init__(self, api: Api, path: str, read: Callable[[Manifest], Value], **query: str) -> None:
        """`query` is what the API server is to choose by; `read` makes of an object what is kept of it."""
        self._api, self._path, self._read, self._query = api, path, read, query
        self._lock = threading.Lock()
        self._kept: dict[str, dict[str, tuple[int, Value]]] = defaultdict(dict)
        self._after = ""
        self._heard = float("-inf")
        self._is_connected = False

    def begin(self, stop: threading.Event) -> None:
        """Follow until `stop`; a daemon, because a watch hears of it only with the next word of the server."""
        threading.Thread(target=self._run, args=(stop,), name=f"watch {self._path}", daemon=True).start()

    def within(self, namespace: str) -> dict[str, Value]:
        """The objects of a namespace by name."""
        with self._lock:
            return {name: value for name, (_, value) in self._kept.get(namespace, {}).items()}

    def get(self, namespace: str, name: str) -> Value | None:
        with self._lock:
            found = self._kept.get(namespace, {}).get(name)
        return found[1] if found else None

    def all(self) -> dict[Key, Value]:
        with self._lock:
            return {(namespace, name): value for namespace, kept in self._kept.items() for name, (_, value) in kept.items()}

    def refuse_unless_current(self) -> None:
        """Raises `HomeTrouble` when what is kept may be long out of date."""
        if not self._is_connected and time.monotonic() - self._heard > _SILENT:
            raise HomeTrouble(f"the cluster does not tell of `{self._path.rpartition('/')[2]}`")

    def keep(self, namespace: str, name: str, version: int, change: Callable[[Value], Value]) -> None:
        """What our own write made of an object, before the server tells of it; what it has told since is newer."""
        with self._lock:
            if name in (kept := self._kept[namespace]) and kept[name][0] < version:
                kept[name] = (version, change(kept[name][1]))

    def _run(self, stop: threading.Event) -> None:
        pause = 0.0
        while not stop.wait(pause):
            try:
                self._follow(stop)
                pause = _BETWEEN
            except Exception as problem:  # a fault of ours at one word must not end the watching
                self._is_connected = False
                self._after = "" if not isinstance(problem, HomeTrouble) or getattr(problem, "status", 0) == _GONE else self._after
                pause = min(_LONGEST_PAUSE, max(1.0, pause * 2))
                if not isinstance(problem, HomeTrouble) or isinstance(problem, Refused):
                    print(f"agent: watching {self._path}: {problem}", flush=True)

    def _follow(self, stop: threading.Event) -> None:
        """Everything once, if it is not known yet; then what happens, until the server ends its answer."""
        if not self._after:
            self._list()
        for event in self._api.watch(self._path, self._query, self._after):
            self._heard, self._is_connected = time.monotonic(), True
            self._take(event)
            if stop.is_set():
                return

    def _list(self) -> None:
        found: dict[str, dict[str, tuple[int, Value]]] = defaultdict(dict)
        for page in self._api.pages(self._path, self._query):
            after = str(page["metadata"]["resourceVersion"])
            for each in page["items"]:
                self._put(found, each)
        with self._lock:
            self._kept = found
        self._after, self._heard, self._is_connected = after, time.monotonic(), True

    def _take(self, event: Manifest) -> None:
        told = event["object"]
        if event["type"] == "ERROR":
            raise Refused(f"the cluster ended a watch: {told.get('message', '')}", int(told.get("code", 0)))
        if event["type"] != "BOOKMARK":
            with self._lock:
                if event["type"] == "DELETED":
                    self._kept[told["metadata"].get("namespace", "")].pop(told["metadata"]["name"], None)
                else:
                    self._put(self._kept, told)
        self._after = str(told["metadata"]["resourceVersion"])

    def _put(self, kept: dict[str, dict[str, tuple[int, Value]]], told: Manifest) -> None:
        metadata = told["metadata"]
        of, name, version = kept[metadata.get("namespace", "")], metadata["name"], int(metadata["resourceVersion"])
        try:
            value = self._read(told)
        except (KeyError, ValueError, TypeError, AttributeError) as problem:
            print(f"agent: {self._path} `{name}` makes no sense: {type(problem).__name__}", flush=True)
            of.pop(name, None)
            return
        if name not in of or of[name][0] <= version:
            of[name] = (version, value)
