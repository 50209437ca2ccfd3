"""The client that waits for each answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from itertools import count
from typing import Concatenate, ParamSpec, Self, TypeVar

import httpx
from pydantic import ValidationError

from api.client import requests
from api.client.errors import cut_off, refused, strange, unreachable
from api.client.lines import Importable, Imported, ImportSum, LineReader, import_parts
from api.client.requests import Call, Request, Stream
from api.client.sending import BROKEN, DEFAULT_URL, options, sent
from api.client.waiting import Retries, Timeouts
from api.schemas.documents import DocumentInfo

P = ParamSpec("P")
T = TypeVar("T")


def _asks(make: Callable[P, Call[T]]) -> Callable[Concatenate[Client, P], T]:
    """The method that sends the request which `make` makes, and reads its answer."""

    @wraps(make)
    def method(self: Client, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self.send(make(*args, **kwargs))

    return method


def _streams(make: Callable[P, Stream[T]]) -> Callable[Concatenate[Client, P], Iterator[T]]:
    """`_asks` for an answer of many lines."""

    @wraps(make)
    def method(self: Client, /, *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
        return self.lines(make(*args, **kwargs))

    return method


class Client:
    """Asks a running service. Use it in a `with`, or `close()` it.

    Args:
        url: such as http://127.0.0.1:8000 or https://desk.example/claimdesk.
        key: sent as `Authorization: Bearer`.
        transport: what httpx sends by; tests give their own.

    Every method raises ClientError (`api.client.errors`); so does a key that no header can hold.
    """

    def __init__(
        self,
        url: str = DEFAULT_URL,
        *,
        key: str | None = None,
        timeouts: Timeouts = Timeouts(),  # noqa: B008 - frozen
        retries: Retries = Retries(),  # noqa: B008 - frozen
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.url = url
        self._retries = retries
        self._http = httpx.Client(**options(url, key, timeouts), transport=transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    verify = _asks(requests.verify)
    search = _asks(requests.search)
    verify_batch = _streams(requests.verify_batch)
    check = _streams(requests.check)
    quotes = _asks(requests.quotes)
    get_document = _asks(requests.get_document)
    versions = _asks(requests.versions)
    put_document = _asks(requests.put_document)
    delete_document = _asks(requests.delete_document)
    list_documents = _asks(requests.list_documents)
    publishers = _asks(requests.publishers)
    info = _asks(requests.info)
    ready = _asks(requests.ready)

    def documents(self) -> Iterator[DocumentInfo]:
        """Every document by id, without its text; page after page."""
        cursor: str | None = None
        while True:
            page = self.list_documents(cursor, requests.LONGEST_PAGE)
            yield from page.documents
            if (cursor := page.next_cursor) is None:
                return

    def import_documents(self, documents: Iterable[Importable]) -> Iterator[Imported]:
        """Stores documents; a line for each, with its number, and a summary at the end.

        Args:
            documents: each has an `id` and a `text`, and what docs/formats.md names. They are sent
                as they come, in parts.
        """
        total = ImportSum()
        for part in import_parts(documents):
            for line in self.lines(part):
                yield from total.take(line)
        yield total.line()

    def send(self, call: Call[T]) -> T:
        """The answer to a request."""
        with self._answer(call.request) as answer:
            try:
                return call.read(answer.read())
            except BROKEN as error:
                raise unreachable(self.url, error) from error
            except ValidationError as error:
                raise strange(self.url, error) from error

    def lines(self, stream: Stream[T]) -> Iterator[T]:
        """The lines of an answer, each as soon as it is there."""
        reader = LineReader(stream)
        with self._answer(stream.request) as answer:
            try:
                for part in answer.iter_bytes():
                    yield from reader.feed(part)
            except BROKEN as error:
                raise cut_off(self.url, error) from error
            except ValidationError as error:
                raise strange(self.url, error) from error
        reader.close()

    @contextmanager
    def _answer(self, request: Request) -> Iterator[httpx.Response]:
        """An answer that is no refusal, whose body is still to be read."""
        for attempt in count(1):
            outcome = self._try(request)
            pause = self._retries.pause(attempt, outcome, request)
            if pause is None:
                break
            if isinstance(outcome, httpx.Response):
                outcome.close()
            time.sleep(pause)
        if isinstance(outcome, Exception):
            raise unreachable(self.url, outcome) from outcome
        try:
            if not outcome.is_success:
                raise refused(outcome)
            yield outcome
        finally:
            outcome.close()

    def _try(self, request: Request) -> httpx.Response | Exception:
        """An answer, or why there is none. The body of a refusal is read."""
        try:
            built = self._http.build_request(**sent(request))
            answer = self._http.send(built, stream=True)
            if not answer.is_success:
                answer.read()
        except BROKEN as error:
            return error
        return answer
