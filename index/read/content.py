"""File -> its bytes, its text: compressed or not, never more than a limit."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from pathlib import Path

from index.errors import UnreadableFile

# Most bytes of a file that is one document, after decompression.
MAX_FILE_BYTES = 64 * 2**20
COMPRESSED = ".gz"
# The marks of UTF-32 come first: one of them begins as one of UTF-16 does.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
# What reading a damaged compressed file raises.
DAMAGED = (gzip.BadGzipFile, EOFError, zlib.error)


def kind(file: Path) -> str:
    """The ending that tells how a file is read, in lower case: .txt of a.TXT and of a.txt.gz."""
    name = file.name.lower()
    return (
        Path(name.removesuffix(COMPRESSED)).suffix
        if name.endswith(COMPRESSED)
        else file.suffix.lower()
    )


def opened(file: Path) -> io.BufferedIOBase:
    """The file open for reading, decompressed where its name ends in .gz."""
    if file.name.lower().endswith(COMPRESSED):
        return gzip.open(file)
    return file.open("rb")


def contents(file: Path) -> bytes:
    """All bytes of a file.

    Raises:
        UnreadableFile: there are more than `MAX_FILE_BYTES`.
    """
    with opened(file) as stream:
        found = stream.read(MAX_FILE_BYTES + 1)
    if len(found) > MAX_FILE_BYTES:
        raise UnreadableFile(f"larger than {MAX_FILE_BYTES // 2**20} MiB")
    return found


def decoded(content: bytes) -> str:
    """The text of UTF-8, or of UTF-16 or UTF-32 with a byte order mark, with `\\n` line ends.

    Raises:
        UnreadableFile: it is in another encoding.
    """
    marked = (encoding for mark, encoding in BYTE_ORDER_MARKS if content.startswith(mark))
    encoding = next(marked, "UTF-8")
    try:
        return content.decode(encoding).removeprefix("\ufeff").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"not {encoding} (byte {error.start})") from error
