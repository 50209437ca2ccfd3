"""Files and lines of JSON -> documents: one module a format."""

from index.read.files import count, read
from index.read.formats import BY_MEDIA_TYPE, endings, read_bytes
from index.read.lines import NAMES, Names, bounded_lines, named, parse_line, too_long

__all__ = [
    "BY_MEDIA_TYPE", "NAMES", "Names", "bounded_lines", "count", "endings", "named", "parse_line",
    "read", "read_bytes", "too_long",
]  # fmt: skip
