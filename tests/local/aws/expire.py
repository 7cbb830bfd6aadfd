"""Run in the tools' environment: restores a journal and lets MiniStack's time-to-live thread do one round over it."""

import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

from ministack.services import dynamodb  # type: ignore[import-not-found]

from local.aws.journal import Journal
from local.aws.tables import Tables


def one_round(_seconds: float) -> None:
    """Stands for `time.sleep` between two rounds: lets the first begin and ends the thread before the second."""
    if rounds.pop():
        sys.exit()


tables = Tables(dynamodb, Journal(Path(sys.argv[1])), on_failure=lambda error: sys.exit(str(error)))
tables.restore()
rounds = [True, False]
dynamodb.time = SimpleNamespace(sleep=one_round, time=time.time)
thread = threading.Thread(target=dynamodb._ttl_reaper)
thread.start()
thread.join()
