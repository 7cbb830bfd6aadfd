"""Programs that run while the command waits: what they write goes to stderr, so that stdout stays one document."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence

from orrery_cli.failures import Failure
from orrery_cli.local.preparation import Prepared


def run(argv: Sequence[str], ready: Prepared, variables: Mapping[str, str], *, own_stdout: bool = False) -> int:
    """Its exit code; one that a signal ended counts as in a shell."""
    sys.stdout.flush()
    try:
        process = subprocess.Popen(argv, cwd=ready.project.root, env=dict(variables), stdout=None if own_stdout else 2)  # noqa: S603
    except OSError as error:
        raise Failure(f"cannot run `{argv[0]}`: {error.strerror}", kind="usage") from error
    with process:
        try:
            code = process.wait()
        except KeyboardInterrupt:
            # the terminal told the program too; it may want to say something yet
            process.send_signal(signal.SIGINT)
            process.wait()
            raise
    return code if code >= 0 else 128 - code


def shell() -> list[str]:
    """The person's own shell."""
    return [os.environ.get("SHELL") or "/bin/sh"]
