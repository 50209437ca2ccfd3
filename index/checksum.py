"""A file -> a checksum that tells accidental damage."""

from __future__ import annotations

import zlib
from pathlib import Path

READ_BYTES = 2**20


def checksum(file: Path) -> str:
    """CRC-32 and length of the file's content, 8 and more hexadecimal digits.

    Raises:
        OSError: it cannot be read.
    """
    crc = length = 0
    with file.open("rb") as content:
        while block := content.read(READ_BYTES):
            crc, length = zlib.crc32(block, crc), length + len(block)
    return f"{crc:08x}{length:x}"
