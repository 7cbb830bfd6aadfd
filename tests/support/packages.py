"""Debian's packages that some tests need beside what the lock files bring."""

import os
import shutil
import subprocess

from local.progress import Screen


class Missing(Exception):
    """What tests need is not there and cannot be got; the message says why, for whoever typed the command."""


def install(screen: Screen, *packages: str) -> None:
    """By apt, as root; Missing elsewhere, or when it fails."""
    words = ", ".join(packages)
    if shutil.which("apt-get") is None:
        raise Missing(f"these packages are missing, and there is no apt-get to install them: {words}")
    if os.geteuid() != 0:
        raise Missing(f"these packages are missing, and only root can install them: {words}")
    with screen.step(f"Installing {words}"):
        _apt("update")
        done = _apt("install", "-y", "--no-install-recommends", *packages)
    if done.returncode:
        raise Missing(f"{words} cannot be installed: {done.stderr.strip().rpartition(chr(10))[2]}")


def _apt(command: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    # another run may be installing right now: apt waits for it so many seconds
    argv = ["apt-get", command, "-qq", "-o", "DPkg::Lock::Timeout=300", *arguments]
    return subprocess.run(argv, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, check=False, capture_output=True, text=True)
