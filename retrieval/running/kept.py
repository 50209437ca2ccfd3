"""The cache folder of a compiled model -> whether its files are what was written."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from index.checksum import checksum

# Folder in which OpenVINO keeps what it compiled for this processor, so that the next start need
# not compile it.
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
    _remove_damaged_blobs(folder / BLOBS)
    for name, expected in json.loads((folder / CHECKSUMS).read_text()).items():
        if checksum(folder / name) != expected:
            raise ValueError(f"{name} is not what was written")


def note_blobs(folder: Path) -> None:
    """Leave the checksum of each blob that has none yet, where the folder can be written."""
    with suppress(OSError):
        for blob in (folder / BLOBS).glob("*.blob"):
            if not (noted := _noted(blob)).exists():
                noted.write_text(checksum(blob))


def _remove_damaged_blobs(folder: Path) -> None:
    """Remove the blobs that are not what was written; they are made again from the weights."""
    for blob in folder.glob("*.blob"):
        # Another process may have removed it by now.
        with suppress(FileNotFoundError):
            noted = _noted(blob)
            if not noted.is_file() or noted.read_text() != checksum(blob):
                blob.unlink()
                noted.unlink()


def _noted(blob: Path) -> Path:
    return blob.with_suffix(".checksum")
