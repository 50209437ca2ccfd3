"""Bytes of XML -> a tree of elements; nothing is fetched, no entity of its own is expanded."""

from __future__ import annotations

from typing import Any

from index.errors import UnreadableFile

# Tags from which XML is refused: their tree takes hundreds of bytes each.
MAX_TAGS = 2_000_000


def parsed(content: bytes) -> Any:
    """The root element (of lxml).

    Raises:
        UnreadableFile: it is not XML, has more than `MAX_TAGS` tags, or defines entities, which
            may expand to any size.
    """
    from lxml import etree

    if content.count(b"<") > MAX_TAGS:
        raise UnreadableFile(f"has more than {MAX_TAGS:,} tags")

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(content, parser)
    except (etree.LxmlError, ValueError) as error:
        raise UnreadableFile(f"not XML: {_first_line(error)}") from error
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and any(dtd.iterentities()):
        raise UnreadableFile("XML that defines entities is not read")
    return root


def local(element: Any) -> str:
    """The name of an element without its namespace; empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def without_namespaces(root: Any) -> Any:
    """The tree with each element named as HTML names it."""
    from lxml import etree

    for element in root.iter(etree.Element):
        element.tag = local(element).lower()
    return root


def children(element: Any, *names: str) -> list[Any]:
    """The elements right below of these names, whatever their namespaces; none of None."""
    return [] if element is None else [child for child in element if local(child) in names]


def child(element: Any, *path: str) -> Any:
    """The first element down a path of names, or None."""
    for name in path:
        element = next(iter(children(element, name)), None)
        if element is None:
            return None
    return element


def said(element: Any) -> str:
    """All text of an element in one line; empty for None."""
    return "" if element is None else " ".join("".join(element.itertext()).split())


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
