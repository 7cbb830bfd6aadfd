"""`make e2e-kubernetes`: a Deployment's Airflow pods on a real node, from images built here, finish a DAG."""

import sys
import tempfile
from pathlib import Path

from local.progress import Screen
from tests.kubernetes import cluster, furnishing, image, life
from tests.support.packages import Missing


def main() -> int:
    screen = Screen()
    try:
        programs = cluster.prepare(screen)
        image.ensure(screen)
        with cluster.run(screen, programs) as running, tempfile.TemporaryDirectory(prefix="orrery-") as folder:
            furnishing.furnish(screen, running)
            life.live(screen, running, Path(folder))
    except Missing as missing:
        screen.line(f"make e2e-kubernetes: {missing}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
