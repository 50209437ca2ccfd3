"""The audit log -> one sealed file that is checked without the service; JSON-LD, an entry a line.

The last line is the seal: SHA-256 of every byte before it. So a changed byte is found, whether it
changes what the file says or not. The seal is no signature: who keeps it elsewhere, or has it time
stamped, can show that the file is the one of that day.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.audit.chain import FORMAT, Entry, Piece, canonical, problems
from api.audit.log import AuditLog
from api.errors import AuditDamaged

CONTEXT = {
    "@vocab": "urn:claimdesk:audit#",
    "schema": "https://schema.org/",
    "prov": "http://www.w3.org/ns/prov#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "id": "@id",
    "entries": {"@id": "prov:hadMember", "@container": "@list"},
    "at": {"@id": "prov:generatedAtTime", "@type": "xsd:dateTime"},
    "key": "prov:wasAttributedTo",
    "claim": "schema:claimReviewed",
    "evidence": "prov:wasDerivedFrom",
    "document": "schema:citation",
}
_END = re.compile(rb'\n\],"seal":"([0-9a-f]{64})"\}\n', re.ASCII)
_END_BYTES = len(b'\n],"seal":""}\n') + 64
MOST_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a file holds. last: the hash of the last entry, which the next one is linked to."""

    entries: int
    last: str
    seal: str


def export(log: AuditLog, target: Path, tell: Callable[[int], None] = lambda _: None) -> Sealed:
    """Write the whole log into one file, which takes its place when it is whole.

    Raises:
        OSError: it cannot be written.
    """
    digest, number, last = hashlib.sha256(), 0, ""
    descriptor, draft = tempfile.mkstemp(dir=target.absolute().parent, prefix=".audit-")
    try:
        with os.fdopen(descriptor, "wb") as file:

            def write(text: str) -> None:
                content = text.encode()
                digest.update(content)
                file.write(content)

            made_at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
            head = {"@context": CONTEXT, "format": FORMAT, "made_at": made_at}
            write(f'{canonical(head)[:-1]},"entries":[')
            for entry in log.entries():
                write(("," if number else "") + "\n" + canonical(_written(entry)))
                number, last = number + 1, entry.hash
                tell(number)
            seal = digest.hexdigest()
            file.write(f'\n],"seal":"{seal}"}}\n'.encode())
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(target)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return Sealed(number, last, seal)


def _written(entry: Entry) -> dict[str, Any]:
    pieces = [
        {"document": piece.document, "content": piece.content, "salt": piece.salt}
        for piece in entry.pieces
    ]
    return {
        "id": f"urn:uuid:{entry.id}", "head": entry.head, "pieces": pieces, "hash": entry.hash,
    }  # fmt: skip


def check(file: Path, tell: Callable[[int], None] = lambda _: None) -> Sealed:
    """What a file holds, if every byte of it is as it was written, and the chain holds.

    Raises:
        AuditDamaged: the first things that are wrong.
        OSError: it cannot be read.
    """
    seal = _check_seal(file)
    found, number, last = list[str](), 0, ""

    def entries() -> Iterator[Entry]:
        nonlocal last
        for entry in _entries(file):
            last = entry.hash
            yield entry

    try:
        for number, wrong in problems(entries()):
            tell(number)
            found += wrong
            if len(found) >= MOST_PROBLEMS:
                break
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        # A seal is made by anybody: it does not show that claimdesk wrote what is sealed.
        raise AuditDamaged(f"{file} is sealed, and not written as an audit file is") from error
    if found:
        raise AuditDamaged(f"{file}: {'; '.join(found[:MOST_PROBLEMS])}")
    return Sealed(number, last, seal)


def _check_seal(file: Path) -> str:
    size = file.stat().st_size
    digest, left = hashlib.sha256(), size - _END_BYTES
    with file.open("rb") as opened:
        while left > 0 and (block := opened.read(min(left, 2**20))):
            digest.update(block)
            left -= len(block)
        match = _END.fullmatch(opened.read())
    if match is None:
        raise AuditDamaged(f"{file} does not end as a sealed audit file does")
    if match[1].decode() != digest.hexdigest():
        raise AuditDamaged(f"{file} is not what was sealed")
    return digest.hexdigest()


def _entries(file: Path) -> Iterator[Entry]:
    with file.open(encoding="utf-8", newline="\n") as lines:
        head = json.loads(lines.readline().rstrip("\n") + "]}")
        if head["format"] != FORMAT:
            raise AuditDamaged(f"{file} is of the format {head['format']!r}, not {FORMAT!r}")
        for line in lines:
            if line.startswith("]"):
                return
            given = json.loads(line.rstrip("\n").removesuffix(","))
            pieces = tuple(
                Piece(one["document"], one["content"], one["salt"]) for one in given["pieces"]
            )
            id = given["id"].removeprefix("urn:uuid:")
            yield Entry(given["head"]["number"], id, given["head"], pieces, given["hash"])
