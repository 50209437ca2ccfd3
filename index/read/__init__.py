"""Files and lines of JSON -> documents: one module a format."""

from index.read.files import count, read, read_file
from index.read.formats import BY_MEDIA_TYPE, endings, read_bytes
from index.read.lines import NAMES, Names, bounded_lines, named, parse_line, too_long
from index.read.paths import Found, find

__all__ = [
    "BY_MEDIA_TYPE", "NAMES", "Found", "Names", "bounded_lines", "count", "endings", "find",
    "named", "parse_line", "read", "read_bytes", "read_file", "too_long",
]  # fmt: skip
