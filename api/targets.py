"""Documents -> where they are stored: a folder of this machine, or a service that runs."""

from __future__ import annotations

import itertools
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from api.client import Client, CutOff, ProblemError, Retries, Unreachable
from api.client.lines import import_parts
from api.schemas.documents import DocumentLine, PlaceBody, RefusedLine, StoredLine
from api.settings import Settings
from index.documents import Document, Outcome, Refused
from index.errors import DocumentHeld
from index.places import unpacked

# Times that a part of an import is sent again after it was cut off, and seconds before the first.
TIMES_AGAIN, PAUSE_SECONDS = 5, 1.0
# Most requests to a busy service, which says by Retry-After when to ask again.
BUSY_TRIES = 20
NOT_FOUND = 404
# Status of the refusal to delete a document that is held.
HELD = 409
# Statuses of a failure that may be gone soon.
PASSING = (408, 429, 502, 503, 504)


Ingest = Callable[[Iterable[Document | Refused]], Iterator[Outcome]]


class Target(Protocol):
    """Where documents are stored and removed."""

    max_chars: int
    """Most code points of a document's text."""

    def add(self, items: Iterable[Document | Refused]) -> Iterator[Outcome]:
        """Store documents; the outcome of each item, in order, once it is durable."""
        ...

    def delete(self, document_ids: Sequence[str]) -> list[str]:
        """Remove documents; those that there were.

        Raises:
            DocumentHeld: one of them must stay.
        """
        ...

    def sync(self) -> None:
        """Return once searches find all of it."""
        ...


class Remote:
    """A service that runs. Its own limits and refusals hold.

    A part of an import that is cut off is sent again; what was stored of it is unchanged then.
    """

    def __init__(self, client: Client, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._client, self._pause_seconds = client, pause_seconds
        self.max_chars = client.info().limits.document_chars

    def add(self, items: Iterable[Document | Refused]) -> Iterator[Outcome]:
        """
        Raises:
            ClientError: the service cannot be reached, or refuses all of it.
        """
        waiting: deque[Outcome | str] = deque()  # a refusal, or the id of a document to be sent

        def lines() -> Iterator[DocumentLine]:
            for item in items:
                if isinstance(item, Refused):
                    waiting.append(Outcome(item.source, "refused", reason=item.reason))
                else:
                    waiting.append(item.id)
                    yield line_of(item)

        for part in import_parts(lines()):
            for answered in self._sent(part):
                while isinstance(waiting[0], Outcome):
                    yield waiting.popleft()  # type: ignore[misc]
                yield _outcome(str(waiting.popleft()), answered)
        yield from (one for one in waiting if isinstance(one, Outcome))

    def _sent(self, part: Any) -> Iterator[StoredLine | RefusedLine]:
        """The answer to each line of a part, as it comes; what was answered is not told again."""
        told = 0
        for attempt in range(TIMES_AGAIN + 1):
            try:
                lines = self._client.lines(part)
                answers = (one for one in lines if isinstance(one, StoredLine | RefusedLine))
                for answer in itertools.islice(answers, told, None):
                    told += 1
                    yield answer
                return
            except (CutOff, Unreachable, ProblemError) as error:
                lasting = isinstance(error, ProblemError) and error.status not in PASSING
                if lasting or attempt == TIMES_AGAIN:
                    raise
            time.sleep(self._pause_seconds * 2**attempt)
        raise AssertionError("the last attempt returns or raises")

    def delete(self, document_ids: Sequence[str]) -> list[str]:
        deleted = []
        for id in document_ids:
            try:
                self._client.delete_document(id)
                deleted.append(id)
            except ProblemError as error:
                if error.status == HELD:
                    raise DocumentHeld(str(error)) from error
                if error.status != NOT_FOUND:
                    raise
        return deleted

    def sync(self) -> None:
        """An import's last line says that all of it is found."""


class Local:
    """The folder of this machine, open for writing.

    Args:
        ingest: stores documents there; by default as the service does.
    """

    def __init__(self, service: Any, ingest: Ingest | None = None) -> None:
        self._service, self._ingest = service, ingest or service.ingest
        self.max_chars: int = service.settings.max_document_chars

    def add(self, items: Iterable[Document | Refused]) -> Iterator[Outcome]:
        return self._ingest(items)

    def delete(self, document_ids: Sequence[str]) -> list[str]:
        return [id for id in document_ids if self._service.corpus.delete([id])]

    def sync(self) -> None:
        self._service.corpus.sync()


@contextmanager
def target(chosen: Settings, url: str | None, retries: Retries | None = None) -> Iterator[Target]:
    """The service at a URL, with the key of the settings; without one the folder of the settings.

    Raises:
        ClientError: nobody answers there, or the key is refused.
        CorpusError: the folder cannot be opened for writing.
    """
    if url is None:
        from api.service import Service

        with Service.open(chosen, writable=True, stances=False) as service:
            yield Local(service)
        return
    key = chosen.key.get_secret_value() if chosen.key else None
    with Client(url, key=key, retries=retries or Retries(tries=BUSY_TRIES)) as client:
        yield Remote(client)


def line_of(document: Document) -> DocumentLine:
    """A document as a line of an import."""
    names = DocumentLine.model_fields.keys() - {"places"}
    places = [PlaceBody.of(place) for place in unpacked(document.places)]
    return DocumentLine(**{name: getattr(document, name) for name in names}, places=places)


def _outcome(id: str, line: StoredLine | RefusedLine) -> Outcome:
    if isinstance(line, RefusedLine):
        return Outcome(id, "refused", reason=line.reason)
    return Outcome(line.id, line.status, line.passages)
