"""The cache folder of a compiled model -> whether its files are what was written."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from index.checksum import checksum

# The file that OpenVINO writes beside that of the graph.
WEIGHTS = "model.bin"
# Folder in which OpenVINO keeps what it compiled for this processor, so that the next start need
# not compile it; a file there for each number of threads.
BLOBS = "blob"
CHECKSUMS = "checksums.json"


def note_files(folder: Path) -> None:
    """Leave the checksum of every file that is there."""
    sums = {file.name: checksum(file) for file in folder.iterdir() if file.is_file()}
    (folder / CHECKSUMS).write_text(json.dumps(sums))


def check_files(folder: Path) -> None:
    """See that OpenVINO reads what was written: weights with zeros in their middle give other
    verdicts, and no error.

    Raises:
        ValueError, OSError: a file is another, or is missing.
    """
    blobs = _whole_blobs(folder / BLOBS)
    for name, expected in json.loads((folder / CHECKSUMS).read_text()).items():
        is_read = name != WEIGHTS or not blobs  # a blob holds the weights
        if is_read and checksum(folder / name) != expected:
            raise ValueError(f"{name} is not what was written")


def note_blobs(folder: Path) -> None:
    """Leave the checksum of each blob that has none yet, where the folder can be written."""
    with suppress(OSError):
        for blob in (folder / BLOBS).glob("*.blob"):
            if not (noted := _noted(blob)).exists():
                noted.write_text(checksum(blob))


def _whole_blobs(folder: Path) -> list[Path]:
    """The blobs that are what was written; others are removed, and made again from the weights."""
    whole = []
    for blob in folder.glob("*.blob"):
        noted = _noted(blob)
        if noted.is_file() and noted.read_text() == checksum(blob):
            whole.append(blob)
        else:
            blob.unlink()
            noted.unlink(missing_ok=True)
    return whole


def _noted(blob: Path) -> Path:
    return blob.with_suffix(".checksum")
