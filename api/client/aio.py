"""The client for asyncio and trio: `api.client.sync`, awaited."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from functools import wraps
from itertools import count
from typing import Concatenate, ParamSpec, Self, TypeVar

import anyio
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


def _asks(make: Callable[P, Call[T]]) -> Callable[Concatenate[AsyncClient, P], Awaitable[T]]:
    """The method that sends the request which `make` makes, and reads its answer."""

    @wraps(make)
    def method(self: AsyncClient, /, *args: P.args, **kwargs: P.kwargs) -> Awaitable[T]:
        return self.send(make(*args, **kwargs))

    return method


def _streams(
    make: Callable[P, Stream[T]],
) -> Callable[Concatenate[AsyncClient, P], AsyncIterator[T]]:
    """`_asks` for an answer of many lines."""

    @wraps(make)
    def method(self: AsyncClient, /, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[T]:
        return self.lines(make(*args, **kwargs))

    return method


class AsyncClient:
    """Asks a running service. Use it in an `async with`, or `close()` it.

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
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.url = url
        self._retries = retries
        self._http = httpx.AsyncClient(**options(url, key, timeouts), transport=transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

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

    async def documents(self) -> AsyncIterator[DocumentInfo]:
        """Every document by id, without its text; page after page."""
        cursor: str | None = None
        while True:
            page = await self.list_documents(cursor, requests.LONGEST_PAGE)
            for document in page.documents:
                yield document
            if (cursor := page.next_cursor) is None:
                return

    async def import_documents(self, documents: Iterable[Importable]) -> AsyncIterator[Imported]:
        """Stores documents; a line for each, with its number, and a summary at the end.

        Args:
            documents: each has an `id` and a `text`, and what docs/formats.md names. They are sent
                as they come, in parts.
        """
        total = ImportSum()
        for part in import_parts(documents):
            async for line in self.lines(part):
                for kept in total.take(line):
                    yield kept
        yield total.line()

    async def send(self, call: Call[T]) -> T:
        """The answer to a request."""
        async with self._answer(call.request) as answer:
            try:
                return call.read(await answer.aread())
            except BROKEN as error:
                raise unreachable(self.url, error) from error
            except ValidationError as error:
                raise strange(self.url, error) from error

    async def lines(self, stream: Stream[T]) -> AsyncIterator[T]:
        """The lines of an answer, each as soon as it is there."""
        reader = LineReader(stream)
        async with self._answer(stream.request) as answer:
            try:
                async for part in answer.aiter_bytes():
                    for line in reader.feed(part):
                        yield line
            except BROKEN as error:
                raise cut_off(self.url, error) from error
            except ValidationError as error:
                raise strange(self.url, error) from error
        reader.close()

    @asynccontextmanager
    async def _answer(self, request: Request) -> AsyncIterator[httpx.Response]:
        """An answer that is no refusal, whose body is still to be read."""
        for attempt in count(1):
            outcome = await self._try(request)
            pause = self._retries.pause(attempt, outcome, request)
            if pause is None:
                break
            if isinstance(outcome, httpx.Response):
                await outcome.aclose()
            await anyio.sleep(pause)
        if isinstance(outcome, Exception):
            raise unreachable(self.url, outcome) from outcome
        try:
            if not outcome.is_success:
                raise refused(outcome)
            yield outcome
        finally:
            await outcome.aclose()

    async def _try(self, request: Request) -> httpx.Response | Exception:
        """An answer, or why there is none. The body of a refusal is read."""
        try:
            built = self._http.build_request(**sent(request))
            answer = await self._http.send(built, stream=True)
            if not answer.is_success:
                await answer.aread()
        except BROKEN as error:
            return error
        return answer
