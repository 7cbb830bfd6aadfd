"""What is collected here: the flows of the `astro` CLI only where ORRERY_ASTRO_CLI names its binary."""

import os

collect_ignore = [] if os.environ.get("ORRERY_ASTRO_CLI") else ["test_astro_cli.py"]
