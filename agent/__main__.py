"""`python -m agent`: serve one cluster until told to stop."""

import asyncio
import sys

from agent import settings
from agent.run import run


def main() -> int:
    try:
        given = settings.read()
    except settings.Unset as missing:
        print(f"agent: {missing}", file=sys.stderr)
        return 2
    asyncio.run(run(given))
    return 0


if __name__ == "__main__":
    sys.exit(main())
