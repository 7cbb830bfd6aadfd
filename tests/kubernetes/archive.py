"""Writes an image without any engine: a docker archive of plain files, which `ctr images import` reads."""

import hashlib
import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path


def write(path: Path, tag: str, files: Mapping[str, Path], command: Sequence[str]) -> None:
    """An image of one layer that holds these executables (by their place in it) and runs this command."""
    layer = _tar({place: file.read_bytes() for place, file in files.items()}, mode=0o755)
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Entrypoint": list(command)},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(layer).hexdigest()}"]},
    }
    manifest = [{"Config": "config.json", "RepoTags": [tag], "Layers": ["layer.tar"]}]
    content = {"config.json": json.dumps(config).encode(), "layer.tar": layer, "manifest.json": json.dumps(manifest).encode()}
    path.write_bytes(_tar(content, mode=0o644))


def _tar(files: Mapping[str, bytes], *, mode: int) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), mode
            archive.addfile(entry, io.BytesIO(content))
    return target.getvalue()
