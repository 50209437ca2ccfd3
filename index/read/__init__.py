"""Files and lines of JSON -> documents: one module a format."""

from index.read.files import count, read
from index.read.lines import NAMES, Names, bounded_lines, named, parse_line, too_long

__all__ = ["NAMES", "Names", "bounded_lines", "count", "named", "parse_line", "read", "too_long"]
