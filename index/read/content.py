"""File -> its bytes, its text: compressed or not, never more than a limit."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import unicodedata
import zlib
from pathlib import Path, PurePath

from index.errors import UnreadableFile
from index.language import detect_language

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
# Languages that are written in windows-1252, and the characters beyond ASCII that their texts hold
# beside À to ÿ. Most letters of another encoding would be read as others: Ž, †, ƒ.
WESTERN = frozenset({"ca", "da", "de", "en", "es", "fi", "fr", "ga", "gl", "is", "it", "nb", "nl",
                     "nn", "no", "pt", "sv"})  # fmt: skip
_WESTERN_SIGNS = frozenset("€£¥§©®°º«»¿¡–—…‘’‚“”„‹›•·²³±×\u00a0\u00adœŒ")
# In DOS code pages é and ä are at the bytes of the low quotation marks.
_LOW_QUOTE_IN_WORD = re.compile(r"\w[‚„]")
# Categories (Unicode) that no text has in it: control codes, surrogates, private and unassigned.
_NOT_WRITTEN = ("Cc", "Cs", "Co", "Cn")
# Of the letters beyond ASCII in a Western text, at most one to so many that are ASCII.
_ASCII_TO_OTHER_LETTERS = 3
# Code points or bytes by which an encoding is guessed.
_GUESSED_BY = 100_000
# What reading a damaged compressed file raises.
DAMAGED = (gzip.BadGzipFile, EOFError, zlib.error)


def kind(file: PurePath) -> str:
    """The ending that tells how a file is read, in lower case: .txt of a.TXT and of a.txt.gz."""
    return PurePath(file.name.lower().removesuffix(COMPRESSED)).suffix


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
        return limited(stream)


def limited(stream: io.BufferedIOBase) -> bytes:
    """All bytes that are left in a file that is open for reading.

    Raises:
        UnreadableFile: there are more than `MAX_FILE_BYTES`.
    """
    found = stream.read(MAX_FILE_BYTES + 1)
    if len(found) > MAX_FILE_BYTES:
        raise UnreadableFile(f"larger than {MAX_FILE_BYTES // 2**20} MiB")
    return found


def decoded(content: bytes) -> str:
    """The text of a file, with `\\n` line ends.

    It is UTF-8, UTF-16 or UTF-32 with a byte order mark, UTF-16 of a script without one, or a text
    in windows-1252 of a language that is written in it.

    Raises:
        UnreadableFile: it is in another encoding; the error names the one that it seems to be.
    """
    marked = (encoding for mark, encoding in BYTE_ORDER_MARKS if content.startswith(mark))
    encoding = next(marked, None) or unmarked_utf_16(content) or "UTF-8"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "UTF-8":
            raise UnreadableFile(f"not {encoding} (byte {error.start})") from error
        text = _windows_1252(content, error.start)
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def unmarked_utf_16(content: bytes) -> str | None:
    """The kind of UTF-16 of content without a mark: a half of each ASCII character is a NUL."""
    start = content[: _GUESSED_BY // 2 * 2]
    nul_first, nul_second = 0 in start[::2], 0 in start[1::2]
    if len(content) % 2 or nul_first == nul_second:
        return None
    encoding = "UTF-16-BE" if nul_first else "UTF-16-LE"
    text = start.decode(encoding, "ignore")
    written = (char.isspace() or unicodedata.category(char) not in _NOT_WRITTEN for char in text)
    return encoding if all(written) else None


def _windows_1252(content: bytes, at: int) -> str:
    """The text of windows-1252, where nothing speaks for another encoding.

    Args:
        at: the first byte that is not UTF-8.

    Raises:
        UnreadableFile: something does.
    """
    try:
        text = content.decode("windows-1252")
        language = detect_language(text) if is_western(text) else "und"
    except UnicodeDecodeError:
        language = "und"
    if language in WESTERN:
        return text
    guess = "windows-1252" if language is None else guessed_encoding(content)
    said = f"; perhaps it is {guess}: convert it to UTF-8 first" if guess else ""
    raise UnreadableFile(f"not UTF-8 (byte {at}){said}")


def is_western(text: str) -> bool:
    """Whether a text has no character that is rare in `WESTERN`, and mostly letters of ASCII."""
    others = [char for char in text[:_GUESSED_BY] if char > "\x7f"]
    if _LOW_QUOTE_IN_WORD.search(text):
        return False
    letters = sum(char.isalpha() for char in others)
    ascii_letters = sum(char.isalpha() for char in text[:_GUESSED_BY]) - letters
    return letters * _ASCII_TO_OTHER_LETTERS <= ascii_letters and all(
        "À" <= char <= "ÿ" or char in _WESTERN_SIGNS for char in set(text) if char > "\x7f"
    )


def guessed_encoding(content: bytes) -> str | None:
    """The encoding that the start of the content is most likely in, by charset-normalizer."""
    from charset_normalizer import from_bytes

    start = content[:_GUESSED_BY]
    if len(content) > _GUESSED_BY and b"\n" in start:
        start = start[: start.rindex(b"\n")]  # no character is cut in two
    found = from_bytes(start).best()
    return found.encoding if found else None
