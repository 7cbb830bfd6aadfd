"""`python -m orrery_cli` is the same command as `orrery`."""

from orrery_cli.main import main

if __name__ == "__main__":
    main()
