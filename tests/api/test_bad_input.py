"""Whatever is sent: a clear problem document or a valid answer, never a 500, never a hang."""

import json
import unicodedata

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.exceptions import HTTPException

from api.json_body import object_of
from tests.api.answers import assert_problem

FINE = [
    "x", "😀", "👩‍👩‍👧‍👦 " * 20, "שלום עולם", "مرحبا بالعالم", "\u202eabc", "e\u0301", "x" * 10_000,
    "a b " * 2_500, "' OR 1=1 --", "text:* AND NOT", "\x00", "{}", "\ufeff", "𝕏" * 100,
    "\\ud800",
]  # fmt: skip


@pytest.mark.parametrize("claim", FINE, ids=lambda claim: repr(claim)[:12])
@pytest.mark.parametrize(("path", "field"), [("/v1/verify", "claim"), ("/v1/search", "query")])
def test_unusual_claims_are_answered(client: TestClient, path: str, field: str, claim: str) -> None:
    response = client.post(path, json={field: claim})
    assert response.status_code == 200, response.text
    assert response.json()[field] == " ".join(unicodedata.normalize("NFC", claim).split())


BAD_BODIES = [
    b"", b"{", b"null", b"[]", b'"x"', b"{}", b'{"claim": ""}', b'{"claim": " \\n"}',
    b'{"claim": null}', b'{"claim": 5}', b'{"claim": ["x"]}', b'{"claim": "\\ud800"}',
    b'{"claim": "x", "extra": 1}', b'{"claim": "x", "top_k": 0}', b'{"claim": "x", "top_k": 101}',
    b'{"claim": "x", "top_k": 1e400}', b'{"claim": "x", "top_k": -1e400}',
    b'{"claim": "x", "top_k": NaN}', b'{"claim": "x", "top_k": 2.5}',
    b'{"claim": "x", "top_k": "5"}', b'{"claim": "x", "top_k": true}',
    b'{"claim": "x", "top_k": ' + b"9" * 5_000 + b"}",
    b'{"claim": "x", "top_k": ' + b"9" * 40 + b"}",
    b'{"claim": "x", "as_of": "yesterday"}', b'{"claim": "x", "as_of": "2020-13-01"}',
    b'{"claim": "x", "as_of": 0}', b'{"claim": "x", "as_of": "86400"}',
    ('{"claim": "a' + "\u0301\u0323" * 4_000 + '"}').encode(),
    b'{"claim": "x", "filters": {"publisher": "Wire"}}', b'{"claim": "x", "filters": {"x": []}}',
    b'{"claim": "x", "filters": {"publisher": [5]}}', b'{"claim": "x", "filters": null}',
    b'{"claim": "' + b"x" * 10_001 + b'"}', b"\xff\xfe", b"[" * 100_000,
    b'{"claim": "x"} trailing', b'{"claim": "\xff"}', '{"claim": "x"}'.encode("utf-16"),
]  # fmt: skip


@pytest.mark.parametrize("body", BAD_BODIES, ids=lambda body: repr(body[:40]))
def test_malformed_bodies(client: TestClient, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    problem = assert_problem(client.post("/v1/verify", content=body, headers=headers), 422)
    assert problem["detail"]
    assert len(problem["detail"]) < 1_000


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404), ("GET", "/v1/verify", 405), ("GET", "/v1/documents/", 422),
        ("PUT", "/v1/documents/" + "x" * 600, 422), ("GET", "/v1/documents/%00", 422),
        ("GET", "/v1/documents/../../etc/passwd", 404), ("GET", "/v1/documents?limit=0", 422),
        ("GET", "/v1/documents?limit=" + "9" * 5_000, 422), ("GET", "/v1/documents?limit=x", 422),
        ("GET", "/v1/documents/%ff", 404), ("DELETE", "/v1/documents/a%0A", 422),
        ("DELETE", "/v1/documents/none", 404),
    ],
)  # fmt: skip
def test_paths(client: TestClient, method: str, path: str, status: int) -> None:
    assert_problem(client.request(method, path), status)


@pytest.mark.parametrize(
    "change",
    [
        {"text": ""}, {"text": " "}, {"text": None}, {"text": "a\x00b"}, {"title": 5},
        {"published_at": "2020-02-30"}, {"published_at": "9" * 50}, {"published_at": 0},
        {"author": "x"},
        {"url": "x" * 3_000}, {"language": ["en"]},
    ],
    ids=repr,
)  # fmt: skip
def test_bad_documents_lose_nothing(client: TestClient, change: dict) -> None:
    before = client.get("/v1/documents/a").json()
    assert_problem(client.put("/v1/documents/a", json={"text": "New.", **change}), 422)
    assert client.get("/v1/documents/a").json() == before


@pytest.mark.parametrize(
    "claims", [[], "x", None, 5, ["x"] * 101, {"a": 1}], ids=lambda c: repr(c)[:9]
)
def test_bad_batches(client: TestClient, claims: object) -> None:
    assert_problem(client.post("/v1/verify/batch", json={"claims": claims}), 422)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", None])
def test_wrong_content_type(client: TestClient, kind: str | None) -> None:
    headers = {"Content-Type": kind} if kind else {}
    answer = client.post("/v1/verify", content=json.dumps({"claim": "x"}), headers=headers)
    assert_problem(answer, 422)
    assert answer.json()["detail"] == "send a JSON object, with Content-Type: application/json"


@pytest.mark.parametrize("body", ["[]", '"x"', "null", "5", ""])
def test_a_body_that_is_no_object(client: TestClient, body: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = client.post("/v1/verify", content=body, headers=headers)
    assert_problem(answer, 422)
    assert answer.json()["detail"] == "send a JSON object, with Content-Type: application/json"


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b'{"claim":"caf\xe9"}', "not UTF-8 (byte 13)"),
        (b'{"claim":"x","top_k":' + b"9" * 5_000 + b"}", "a number is too long"),
        (b'{"claim":"bridge","claim":"river"}', "the key 'claim' is there twice"),
        (b'{"claim":"x","filters":{"x":1,"x":2}}', "the key 'x' is there twice"),
        (b'{"claim":"x","top_k":NaN}', "NaN is not JSON"),
        (b"[" * 100_000, "nested too deep"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_wrong_with_a_body_is_said(client: TestClient, body: bytes, detail: str) -> None:
    headers = {"Content-Type": "application/json"}
    for method, path in (("POST", "/v1/verify"), ("PUT", "/v1/documents/a")):
        answer = client.request(method, path, content=body, headers=headers)
        assert assert_problem(answer, 422)["detail"] == detail


class _Key(str):
    """A key of an object, which counts how often it is compared."""

    __slots__ = ()
    compared = 0

    def __eq__(self, other: object) -> bool:
        _Key.compared += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def test_the_key_that_is_there_twice_is_found_in_linear_time() -> None:
    pairs = [(_Key(f"key {number}"), None) for number in range(1_000)]
    _Key.compared = 0
    with pytest.raises(HTTPException, match="'last' is there twice"):
        object_of([*pairs, (_Key("last"), None), (_Key("last"), None)])
    assert _Key.compared < 10_000  # a million, were each key compared with each


def test_a_body_may_begin_with_a_byte_order_mark(client: TestClient) -> None:
    headers = {"Content-Type": "application/json"}
    body = b'\xef\xbb\xbf{"claim": "x"}'
    assert client.post("/v1/verify", content=body, headers=headers).status_code == 200


def test_where_json_ends_to_be_json(client: TestClient) -> None:
    headers = {"Content-Type": "application/json"}
    answer = client.post("/v1/verify", content='{"claim": "x",}', headers=headers)
    assert_problem(answer, 422)
    assert answer.json()["detail"].startswith("not JSON at character 1")


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
FIELDS = st.sampled_from(["claim", "top_k", "as_of", "filters", "query", "mode", "claims", "text"])


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    path=st.sampled_from(["/v1/verify", "/v1/search", "/v1/verify/batch"]),
    body=st.dictionaries(FIELDS, ANYTHING, max_size=5),
)
def test_any_json(client: TestClient, path: str, body: dict) -> None:
    content = json.dumps(body)
    headers = {"Content-Type": "application/json"}
    response = client.post(path, content=content, headers=headers)
    assert response.status_code in {200, 422}, response.text
    if response.status_code == 422:
        assert_problem(response, 422)


def test_a_bad_date_is_named_by_its_own_field(client: TestClient) -> None:
    response = client.post("/v1/verify", json={"claim": "x", "as_of": "2021-13-45"})
    assert_problem(response, 422)
    assert "as_of" in response.text
    assert "published_at" not in response.text
