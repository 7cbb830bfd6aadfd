"""The agent's own log of what it did and at whose word: JSON lines in two files, the older of which is let go when the newer is full."""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

_FULL = 2_000_000


class Journal:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = folder / "decisions.jsonl"

    def write(self, at: datetime, **what: Any) -> None:
        """One line; a full disk must not stop the scaling, so what cannot be written is not."""
        try:
            if self.path.exists() and self.path.stat().st_size > _FULL:
                self.path.replace(self.path.with_suffix(".1.jsonl"))
            with open(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as file:
                file.write(json.dumps({"at": at.isoformat(), **what}) + "\n")
        except OSError as problem:
            print(f"agent: the decision log cannot be written: {problem.strerror}", flush=True)
