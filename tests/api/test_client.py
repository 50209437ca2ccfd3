"""The Python client: what it sends, reads, repeats and raises; and that it fits the service."""

from __future__ import annotations

import datetime as dt
import inspect
import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import unquote

import anyio
import httpx
import pytest
from pydantic import BaseModel

from api import client
from api.app import create_app
from api.client import (
    AsyncClient,
    Client,
    ClientError,
    CutOff,
    ProblemError,
    Retries,
    Timeouts,
    Unreachable,
    requests,
)
from api.client.lines import PART_DOCUMENTS, import_parts
from api.client.requests import Asked, Details, Request
from api.schemas.claims import BatchRequest, FilterFields, SearchRequest, VerifyRequest
from api.schemas.desk import CheckRequest
from api.schemas.documents import DocumentDetails
from api.schemas.quotes import QuoteRequest
from api.service import Service
from api.settings import Settings
from index.exact import ExactCorpus
from index.ingest import ingest
from tests.conftest import CENTRE, ROOT, articles
from tests.fakes import FakeEmbedder, FakeStance
from tests.served import served

CLAIM = "The bridge cost 48 million euros"
ARTICLE = f"{CLAIM}. It opened in May. Is that not beautiful?"
AT_ONCE = Retries(tries=4, longest_pause=0.0)
PROBLEM = {"type": "about:blank", "title": "T", "status": 503, "detail": "busy", "request_id": "r"}
UNASKED = re.compile(r"/healthz|/metrics|/v1/(holds|verdicts)|\}:\w+$")


def asked(kind: str, name: str, *args: Any, **given: Any) -> Any:
    """What a method of a client answers, lines as a list. `given` holds options of the client, and
    of the method."""
    names = inspect.signature(Client).parameters
    options = {name: given.pop(name) for name in [*given] if name in names}
    if kind == "sync":
        with Client(**options) as desk:
            answer = getattr(desk, name)(*args, **given)
            return list(answer) if isinstance(answer, Iterator) else answer

    async def ask() -> Any:
        async with AsyncClient(**options) as desk:
            answer = getattr(desk, name)(*args, **given)
            if isinstance(answer, AsyncIterator):
                return [line async for line in answer]
            return await answer

    return anyio.run(ask)


@pytest.fixture(params=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    settings = Settings(max_batch_claims=3)
    service = Service(settings, ExactCorpus(), FakeEmbedder(), FakeStance())
    list(ingest(articles(), service.corpus, service.embedder))
    with served(create_app(settings, service)) as address:
        yield address


def comparable(answer: Any) -> Any:
    """Without what differs from call to call."""
    if isinstance(answer, list):
        lines = [comparable(line) for line in answer]
        return sorted(lines, key=lambda line: (line.get("index", 99), str(line)))
    body = answer.model_dump(exclude={"took_ms", "request_id"})
    for inner in ("provenance", "error"):
        body.get(inner, {}).pop("request_id", None)
    return body


@pytest.mark.parametrize(
    ("name", "args", "options"),
    [
        ("verify", (CLAIM,), {"top_k": 1, "publisher": ["tribune"]}),
        ("search", ("servicemen",), {"mode": "lexical", "as_of": dt.date(2021, 2, 1)}),
        ("verify_batch", ([CLAIM, "", CENTRE[:40]],), {"language": ["en"]}),
        ("check", (ARTICLE,), {}),
        ("check", (), {"html": f"<html><body><p>{ARTICLE}</p></body></html>"}),
        ("quotes", ("It opened in May",), {"speaker": "Ann", "language": ["en"]}),
        ("get_document", ("a",), {}),
        ("versions", ("a",), {}),
        ("list_documents", (), {"limit": 2}),
        ("documents", (), {}),
        ("publishers", (), {}),
        ("info", (), {}),
        ("ready", (), {}),
    ],
)
def test_both_clients_read_what_the_service_answers(
    url: str, name: str, args: tuple[Any, ...], options: dict[str, Any]
) -> None:
    waiting, awaited = (asked(kind, name, *args, url=url, **options) for kind in ("sync", "async"))
    assert comparable(waiting) == comparable(awaited)
    one = waiting[0] if isinstance(waiting, list) else waiting
    assert isinstance(one, BaseModel)


def test_answers_are_of_the_contract(url: str) -> None:
    with Client(url) as desk:
        answer = desk.verify(CLAIM, publisher=["Tribune"])
        assert (answer.verdict, answer.evidence[0].document.id) == ("SUPPORTED", "b")
        assert answer.searched.documents == 1
        lines = {line.index: line for line in desk.verify_batch([CLAIM, ""])}
        assert lines[0].verdict == "SUPPORTED"
        assert lines[1].error.status == 422
        quoted = desk.quotes("The bridge cost 49 million euros")
        assert (quoted.result, quoted.matches[0].document.id) == ("altered", "b")
        *statements, summed = desk.check(ARTICLE)
        assert ARTICLE[statements[0].start : statements[0].end] == statements[0].statement
        assert summed.summary.statements == len(statements)


@pytest.mark.parametrize("id", ["a/b c?ü#%", "..", ".", "e&d=1", "line/.."])
def test_any_id_comes_back(url: str, kind: str, id: str) -> None:
    assert asked(kind, "put_document", id, "The river rose.", title="R", url=url).status == "added"
    assert asked(kind, "get_document", id, url=url).text == "The river rose."
    assert asked(kind, "delete_document", id, url=url) is None
    with pytest.raises(ProblemError) as gone:
        asked(kind, "get_document", id, url=url)
    assert gone.value.status == 404
    assert gone.value.request_id


def test_an_import_counts_through_its_parts(url: str, kind: str) -> None:
    many = [{"id": f"{kind}{n}", "text": f"Row {n}.", "desk": "x"} for n in range(PART_DOCUMENTS)]
    many += [{"id": "bad", "text": ""}, {"id": f"{kind}last", "text": "a\u2028b"}]
    *lines, summed = asked(kind, "import_documents", many, url=url)
    assert [line.line for line in lines] == list(range(1, len(many) + 1))
    assert [line.line for line in lines if line.status == "refused"] == [PART_DOCUMENTS + 1]
    assert summed.summary.model_dump() == {
        "added": PART_DOCUMENTS + 1, "updated": 0, "unchanged": 0, "refused": 1,
    }  # fmt: skip
    assert summed.unknown_fields == {"desk": PART_DOCUMENTS}
    with Client(url) as desk:
        desk.delete_document(f"{kind}last")


def test_an_import_is_sent_as_its_documents_come() -> None:
    taken: list[int] = []

    def documents() -> Iterator[dict[str, str]]:
        for number in range(2 * PART_DOCUMENTS):
            taken.append(number)
            yield {"id": str(number), "text": "x"}

    next(import_parts(documents()))
    assert len(taken) == PART_DOCUMENTS + 1
    long = [{"id": str(n), "text": "x" * 5_000_000} for n in range(3)]
    assert len(list(import_parts(long))) == 3


def of(*answers: httpx.Response | Exception) -> tuple[httpx.MockTransport, list[httpx.Request]]:
    """A transport that gives these answers in turn, the last for ever; and what was sent."""
    left, sent = list(answers), []

    def handle(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return httpx.MockTransport(handle), sent


def busy(status: int = 503, **headers: str) -> httpx.Response:
    problem = {**PROBLEM, "status": status}
    headers = {"Content-Type": "application/problem+json", **headers}
    return httpx.Response(status, json=problem, headers=headers)


OK = {"publishers": [{"name": "Tribune", "documents": 1}]}


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_service_is_asked_again(kind: str, status: int) -> None:
    transport, sent = of(busy(status), busy(status), httpx.Response(200, json=OK))
    answer = asked(kind, "publishers", transport=transport, retries=AT_ONCE)
    assert answer.publishers[0].name == "Tribune"
    assert len(sent) == 3


def test_a_service_that_stays_busy_says_so(kind: str) -> None:
    transport, sent = of(busy())
    with pytest.raises(ProblemError, match="503 T: busy") as error:
        asked(kind, "verify", CLAIM, transport=transport, retries=AT_ONCE)
    assert (error.value.status, error.value.detail, error.value.request_id) == (503, "busy", "r")
    assert len(sent) == AT_ONCE.tries


def test_who_asks_whether_it_is_ready_does_not_wait(kind: str) -> None:
    transport, sent = of(busy())
    with pytest.raises(ProblemError):
        asked(kind, "ready", transport=transport)
    assert len(sent) == 1


def test_what_the_service_refuses_is_not_sent_again(kind: str) -> None:
    transport, sent = of(busy(422))
    with pytest.raises(ProblemError):
        asked(kind, "verify", CLAIM, transport=transport, retries=AT_ONCE)
    assert len(sent) == 1


def test_pauses() -> None:
    request, retries = Request("GET", "/"), Retries(tries=4, longest_pause=60)
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=30)

    def pause(attempt: int, outcome: httpx.Response | Exception) -> float | None:
        return retries.pause(attempt, outcome, request)

    assert pause(1, busy(**{"Retry-After": "7"})) == 7
    assert pause(1, busy(**{"Retry-After": "0"})) == 0
    assert pause(1, busy(**{"Retry-After": "60"})) == 60
    assert pause(1, busy(**{"Retry-After": "86400"})) is None
    date = f"{soon:%a, %d %b %Y %H:%M:%S} GMT"
    assert pause(1, busy(**{"Retry-After": date})) == pytest.approx(30, abs=2)
    assert pause(1, busy(**{"Retry-After": "Sat, 01 Jan 2000 00:00:00 GMT"})) == 0
    assert [pause(n, busy(**{"Retry-After": "soon"})) for n in (1, 2, 3, 4)] == [0.5, 1, 2, None]
    assert [pause(n, httpx.ConnectError("no")) for n in (1, 2, 3)] == [0.5, 1, None]
    # It may still be worked on: another request would come on top.
    assert pause(1, httpx.ReadTimeout("late")) is None


def concrete(kind: type[Exception]) -> list[type[Exception]]:
    return [kind, *(found for below in kind.__subclasses__() for found in concrete(below))]


# raise_for_status, which is never called, raises HTTPStatusError.
ERRORS = {*concrete(httpx.HTTPError), httpx.InvalidURL} - {httpx.HTTPStatusError}


@pytest.mark.parametrize("error", sorted(ERRORS, key=str))
def test_every_error_of_httpx_has_a_counterpart(kind: str, error: type[Exception]) -> None:
    transport, _ = of(error("of httpx"))
    with pytest.raises(Unreachable, match=r"http://127\.0\.0\.1:8000"):
        asked(kind, "info", transport=transport, retries=AT_ONCE)


def test_a_port_where_nobody_listens(kind: str) -> None:
    with pytest.raises(Unreachable, match="cannot be reached"):
        asked(kind, "info", url="http://127.0.0.1:1", retries=AT_ONCE)


def test_a_proxy_s_answer_is_a_problem_without_detail(kind: str) -> None:
    transport, _ = of(httpx.Response(502, html="<h1>Bad gateway</h1>"))
    with pytest.raises(ProblemError, match=r"^502 Bad Gateway$"):
        asked(kind, "info", transport=transport)


def test_another_program_s_answer_is_not_believed(kind: str) -> None:
    transport, _ = of(httpx.Response(200, html="<h1>It works!</h1>\n"))
    for name, args in [("info", ()), ("verify_batch", ([CLAIM],))]:
        with pytest.raises(client.ClientError, match="does not answer as claimdesk does"):
            asked(kind, name, *args, transport=transport)


class Parts(httpx.SyncByteStream, httpx.AsyncByteStream):
    """An answer that comes in parts; an exception among them breaks it."""

    def __init__(self, *parts: bytes | Exception) -> None:
        self.parts, self.sent = parts, 0

    def __iter__(self) -> Iterator[bytes]:
        for part in self.parts:
            if isinstance(part, Exception):
                raise part
            self.sent += 1
            yield part

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self:
            yield part


FAILED = b'{"index": 0, "error": {"type": "t", "title": "T", "status": 422, "detail": "d"'
LINE = FAILED + b', "request_id": "r"}}\n'


def streamed(*parts: bytes | Exception) -> tuple[httpx.MockTransport, Parts]:
    stream = Parts(*parts)
    return httpx.MockTransport(lambda _: httpx.Response(200, stream=stream)), stream


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [LINE],
        [LINE, FAILED],
        [LINE, httpx.ReadError("reset")],
        [LINE, httpx.ReadTimeout("late")],
        [LINE, httpx.RemoteProtocolError("incomplete chunked read")],
    ],
)
@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("verify_batch", [CLAIM, CLAIM]),
        ("check", CLAIM),
        ("import_documents", [{"id": "a", "text": "b"}]),
    ],
)
def test_an_answer_that_is_cut_off_is_never_taken_for_a_whole_one(
    kind: str, name: str, argument: Any, parts: list[Any]
) -> None:
    if name == "import_documents":
        stored = b'{"line": 1, "id": "a", "status": "added", "passages": 1}\n'
        parts = [stored if part == LINE else part for part in parts]
    if name == "check":
        place = b'"statement": "x", "start": 0, "end": 1, "check_worthiness": 1'
        added = place + b', "refers_back": false, "context": null, "error"'
        parts = [p if isinstance(p, Exception) else p.replace(b'"error"', added) for p in parts]
    transport, _ = streamed(*parts)
    with pytest.raises(CutOff):
        asked(kind, name, argument, transport=transport)


def test_the_service_s_own_last_word_is_raised(kind: str) -> None:
    last = b'{"error": {"type": "t", "title": "T", "status": 503, "detail": "stopping", '
    transport, _ = streamed(LINE, last + b'"request_id": "r"}}\n')
    with pytest.raises(ProblemError, match="stopping"):
        asked(kind, "verify_batch", [CLAIM, CLAIM], transport=transport)


def test_a_line_is_there_before_the_next_is_sent() -> None:
    transport, stream = streamed(LINE[:10], LINE[10:], LINE.replace(b": 0", b": 1"))
    with Client(transport=transport) as desk:
        lines = desk.verify_batch([CLAIM, CLAIM])
        assert next(lines).index == 0
        assert stream.sent == 2
        assert [line.index for line in lines] == [1]


def test_lines_end_at_line_feeds_alone(kind: str) -> None:
    odd = "a\u2028b\x85c\u2029d"
    line = LINE.replace(b'"d"', f'"{odd}"'.encode()).rstrip(b"\n")
    transport, _ = streamed(*(bytes([byte]) for byte in line + b"\n"))
    (read,) = asked(kind, "verify_batch", [CLAIM], transport=transport)
    assert read.error.detail == odd


def test_what_is_sent(kind: str) -> None:
    transport, sent = of(httpx.Response(200, json=OK))
    asked(kind, "publishers", transport=transport, key="cd_secret", url="https://desk.example/c/")
    (request,) = sent
    assert str(request.url) == "https://desk.example/c/v1/publishers"
    assert request.headers["authorization"] == "Bearer cd_secret"
    assert request.headers["user-agent"].startswith("claimdesk/")
    with Client(key="cd_secret") as desk:
        assert "secret" not in f"{desk!r}{vars(desk)}"


@pytest.mark.parametrize("key", ["cd_…", "cd_a b", "cd_a\r\nHost: b"])
def test_a_key_that_no_header_holds_is_refused(kind: str, key: str) -> None:
    transport, sent = of(httpx.Response(200, json=OK))
    with pytest.raises(ClientError, match="a character that no key has"):
        asked(kind, "publishers", transport=transport, key=key)
    assert not sent


def test_an_option_that_there_is_not_is_noticed_before_anything_is_sent() -> None:
    transport, sent = of(busy())
    with Client(transport=transport) as desk:
        with pytest.raises(TypeError, match="publishers"):
            desk.verify(CLAIM, publishers=["Tribune"])
        with pytest.raises(TypeError, match="are lists"):
            desk.search(CLAIM, publisher="Tribune")
    assert not sent


def test_timeouts_are_those_that_are_given() -> None:
    seen: list[dict[str, float]] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"])
        return httpx.Response(200, json=OK)

    with Client(transport=httpx.MockTransport(handle), timeouts=Timeouts(1, 2, 3)) as desk:
        desk.publishers()
    assert seen == [{"connect": 1, "read": 2, "write": 3, "pool": 2}]


def test_options_are_those_of_the_contract() -> None:
    """What a request takes, a method takes."""
    assert Details.__annotations__.keys() == DocumentDetails.model_fields.keys()
    asked = {*FilterFields.model_fields, *BatchRequest.model_fields} - {"claims", "filters"}
    assert Asked.__annotations__.keys() == asked
    pairs = [
        (requests.verify, VerifyRequest),
        (requests.search, SearchRequest),
        (requests.check, CheckRequest),
        (requests.quotes, QuoteRequest),
    ]
    for make, model in pairs:
        own = model.model_fields.keys() - BatchRequest.model_fields.keys()
        assert own == inspect.signature(make).parameters.keys() - {"asked"}


def test_every_endpoint_has_a_method() -> None:
    contract = json.loads((ROOT / "tests" / "api" / "openapi.json").read_text())
    made = [requests.verify("c"), requests.verify_batch([]), requests.search("q"),
            requests.check("t"), requests.quotes("q"), requests.info(), requests.ready(),
            requests.publishers(), requests.list_documents(), requests.versions("{id}"),
            requests.get_document("{id}"), requests.put_document("{id}", "t"),
            requests.delete_document("{id}"), *import_parts([{}])]  # fmt: skip
    asked = {(call.request.method, unquote(call.request.path)) for call in made}
    offered = {
        (method.upper(), path) for path, methods in contract["paths"].items() for method in methods
    }
    assert asked <= offered
    # What is for those who keep the archive: by `claimdesk` on the machine itself, or by curl.
    left = {path for _, path in offered - asked}
    assert not {path for path in left if not UNASKED.search(path)}


def test_both_clients_have_the_same_methods() -> None:
    def public(of: type) -> dict[str, list[str]]:
        return {
            name: list(inspect.signature(method).parameters)
            for name, method in vars(of).items()
            if callable(method) and not name.startswith("_")
        }

    assert public(Client) == public(AsyncClient)
