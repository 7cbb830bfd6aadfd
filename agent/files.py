"""What the agent writes down: replaced by something that is whole and on disk, and for its own eyes."""

import json
import os
from pathlib import Path
from typing import Any


def replace(file: Path, document: Any) -> None:
    """Puts a JSON document in a file's place, or leaves it as it was; one writer at a time in a folder."""
    draft = file.parent / ".new"
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump(document, out, separators=(",", ":"))
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)
