"""Bytes as they arrive -> lines of an answer; documents -> the parts of an import, and its sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, TypeAdapter

from api.client.errors import CutOff, ProblemError
from api.client.requests import Request, Stream, json_of
from api.schemas.desk import CheckSummaryLine
from api.schemas.documents import Counts, DocumentLine, ImportLine, RefusedLine, StoredLine, SumLine
from api.schemas.fields import FailedLine

T = TypeVar("T")
NDJSON = "application/x-ndjson"
# One request of an import. A part that is cut off is all that has to be sent again.
PART_DOCUMENTS = 1_000
PART_BYTES = 8_000_000
Imported = StoredLine | RefusedLine | SumLine
Importable = DocumentLine | Mapping[str, Any]
_import_line: TypeAdapter[Any] = TypeAdapter(ImportLine)


class LineReader(Generic[T]):
    """Reads one answer.

    It splits at line feeds alone: the text of a document may hold U+2028 and others that Python,
    and httpx with it, takes for ends of lines.
    """

    def __init__(self, stream: Stream[T]) -> None:
        self._stream = stream
        self._begun, self._count, self._whole = b"", 0, stream.length == 0

    def feed(self, received: bytes) -> Iterator[T]:
        """The lines that are complete with these bytes.

        Raises:
            ProblemError: one of them says that the rest will not come.
            ValidationError: one of them is none of claimdesk's.
        """
        *lines, last = received.split(b"\n")
        if lines:
            lines[0] = self._begun + lines[0]
            self._begun = b""
        self._begun += last
        for line in lines:
            if line.strip():
                yield self._read(line)

    def close(self) -> None:
        """
        Raises:
            CutOff: the answer is not whole.
        """
        if not self._whole or self._begun.strip():
            raise CutOff(f"the answer broke off after {self._count:,} lines")

    def _read(self, line: bytes) -> T:
        read = self._stream.read(line)
        if isinstance(read, FailedLine):
            raise ProblemError.of(read.error)
        self._count += 1
        summed = isinstance(read, SumLine | CheckSummaryLine)
        self._whole = summed if self._stream.length is None else self._count == self._stream.length
        return read


def import_parts(documents: Iterable[Importable]) -> Iterator[Stream[Imported]]:
    """The requests that an import takes, each of as many documents as fit into a part."""
    lines: list[bytes] = []
    size = 0
    for document in documents:
        fields = document.model_dump(mode="json") if isinstance(document, BaseModel) else document
        line = json_of(dict(fields))
        if lines and (len(lines) == PART_DOCUMENTS or size + len(line) > PART_BYTES):
            yield _part(lines)
            lines, size = [], 0
        lines.append(line)
        size += len(line)
    if lines:
        yield _part(lines)


def _part(lines: list[bytes]) -> Stream[Imported]:
    request = Request("POST", "/v1/documents:import", b"\n".join(lines), NDJSON)
    return Stream(request, _import_line.validate_json)


class ImportSum:
    """Makes one answer of those to the parts: numbers count through, and one sum is the last."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter(added=0, updated=0, unchanged=0, refused=0)
        self._unknown: Counter[str] = Counter()
        self._before, self._request_id = 0, ""

    def take(self, line: Imported) -> Iterator[StoredLine | RefusedLine]:
        """The line, with its number among all documents; a part's sum goes into the total."""
        if isinstance(line, SumLine):
            counts = line.summary.model_dump()
            self._counts.update(counts)
            self._unknown.update(line.unknown_fields)
            self._before += sum(counts.values())
            self._request_id = line.request_id
        else:
            yield line.model_copy(update={"line": self._before + line.line})

    def line(self) -> SumLine:
        return SumLine(
            summary=Counts(**self._counts),
            unknown_fields=dict(self._unknown),
            request_id=self._request_id,
        )
