"""Reads bytes as a file of a name; checks what holds for the documents of every format."""

from __future__ import annotations

from typing import Any

from index.documents import Document, Refused, clean
from index.places import Place, place_of, unpacked
from index.read import read_bytes


def read_all(content: bytes, name: str, **wishes: Any) -> list[Document | Refused]:
    found = list(read_bytes(content, None, name, **wishes))
    for item in found:
        if isinstance(item, Document):
            check(item)
    return found


def documents(content: bytes, name: str, **wishes: Any) -> list[Document]:
    """Every document of a file in which nothing is refused."""
    found = read_all(content, name, **wishes)
    refused = [item for item in found if isinstance(item, Refused)]
    assert refused == []
    return [item for item in found if isinstance(item, Document)]


def one(content: bytes, name: str, **wishes: Any) -> Document:
    (found,) = documents(content, name, **wishes)
    return found


def reason(content: bytes, name: str, **wishes: Any) -> str:
    """Why nothing of a file is read."""
    (found,) = read_all(content, name, **wishes)
    assert isinstance(found, Refused), found
    assert "\n" not in found.reason
    return found.reason


def blocks(document: Document) -> list[str]:
    return document.text.split("\n\n")


def place(document: Document, quote: str) -> Place | None:
    """Where a quote was written."""
    start = document.text.index(quote)
    return place_of(unpacked(document.places), start, start + len(quote))


def check(document: Document) -> None:
    """The text is as it is stored, and its places follow each other inside of it."""
    assert document.text == clean(document.text)
    last = 0
    for one in unpacked(document.places):
        assert last <= one.start < one.end <= len(document.text)
        assert document.text[one.start : one.end].strip()
        last = one.end
