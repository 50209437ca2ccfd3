"""A file of XML -> documents, by the name of its first element."""

from __future__ import annotations

import io
import re

from index.errors import UnreadableFile
from index.read.content import limited
from index.read.feed import read_feed
from index.read.newsml import NITF, ROOTS, read_newsml, read_nitf
from index.read.origin import Items, Origin
from index.read.xml import local, parsed

# What a feed begins with; one that is not well-formed is read all the same.
_FEED = re.compile(rb"<(?:rss|\w+:RDF|feed|\w+:feed)[\s>]")
_SCANNED_BYTES = 4_096


def read_xml(stream: io.BufferedIOBase, origin: Origin) -> Items:
    """The documents of a file of RSS, Atom, NewsML-G2 or NITF.

    Raises:
        UnreadableFile: it is another kind of XML, or none.
    """
    content = limited(stream)
    if _FEED.search(content[:_SCANNED_BYTES]):
        yield from read_feed(io.BytesIO(content), origin)
        return
    root = parsed(content)
    if local(root) in ROOTS:
        yield from read_newsml(root, origin)
    elif local(root) == NITF:
        yield from read_nitf(root, origin)
    else:
        raise UnreadableFile(f"XML of another kind: <{local(root)}>")
