"""Articles checked over HTTP: places, context, what is left out, limits."""

import json
import math

import pytest
from fastapi.testclient import TestClient
from pydantic import TypeAdapter

from api.contract import NDJSON
from api.routes import desk_examples
from api.schemas.desk import CheckLine
from api.service import Service
from api.settings import Settings
from index.exact import ExactCorpus
from index.ingest import ingest
from retrieval.types import Calibration
from tests.api.answers import assert_problem, ndjson
from tests.conftest import articles, client_for
from tests.fakes import FakeEmbedder, FakeStance

ARTICLE = (
    "The bridge cost 71 million euros. It opened in May.\n\n"
    "Isn't it beautiful? I think that it is.\n\n"
    "Turkey and Russia each sent 60 servicemen to the centre."
)


def check(client: TestClient, **body) -> list[dict]:
    response = client.post("/v1/check", json=body)
    assert response.status_code == 200, response.text
    lines = ndjson(response)
    for line in lines:
        TypeAdapter(CheckLine).validate_python(line)
    return lines


@pytest.fixture
def client(weighing_service: Service):
    with client_for(weighing_service) as opened:
        yield opened


def test_each_statement_has_its_place_and_verdict(client: TestClient) -> None:
    *lines, last = check(client, text=ARTICLE)
    by_index = {line["index"]: line for line in lines}
    assert sorted(by_index) == [0, 1, 2]
    for line in lines:
        assert ARTICLE[line["start"] : line["end"]] == line["statement"]
    assert (by_index[0]["verdict"], by_index[2]["verdict"]) == ("REFUTED", "SUPPORTED")
    assert by_index[0]["evidence"][0]["document"]["id"] == "b"
    opened = by_index[1]
    assert opened["refers_back"]
    context = opened["context"]
    assert ARTICLE[context["start"] : context["end"]] == context["text"] == by_index[0]["statement"]
    assert opened["claim"] == f"{context['text']} {opened['statement']}"
    summary = last["summary"]
    assert (summary["sentences"], summary["statements"]) == (5, 3)
    assert summary["left_out"] == {"not_a_statement": 1, "opinion": 1, "not_check_worthy": 0}
    assert sum(summary["verdicts"].values()) == 3
    assert summary["message"] is None


def test_unchanged_statements_come_from_memory() -> None:
    stance = FakeStance()
    service = Service(Settings(), ExactCorpus(), FakeEmbedder(), stance)
    list(ingest(articles(), service.corpus, service.embedder))
    with client_for(service) as client:
        first = check(client, text=ARTICLE)
        calls = len(stance.calls)
        again = check(client, text=f"{ARTICLE}\n")
        assert len(stance.calls) == calls
        check(client, text=ARTICLE + " The mission lasts 5 years.")
        assert calls < len(stance.calls) < 2 * calls  # the new one alone
    keys = ("index", "verdict", "start", "end")
    assert sorted([line[k] for k in keys] for line in first[:-1]) == [
        [line[k] for k in keys] for line in again[:-1]
    ]


def test_a_statement_is_read_quickly_unless_told_and_a_thorough_answer_will_do() -> None:
    text = "The bridge cost 71 million euros."

    def reading(*requests: tuple[str, dict]) -> list[int]:
        """Pairs that the stance model reads first for each request; 0 for none."""
        # P(about) of everything is a third: nothing can decide.
        stance = FakeStance(Calibration(about=1 + 100 * math.log(2), about_width=100))
        service = Service(Settings(), ExactCorpus(), FakeEmbedder(), stance)
        list(ingest(articles(), service.corpus, service.embedder))
        read = []
        with client_for(service) as client:
            for path, body in requests:
                stance.calls.clear()
                assert client.post(path, json=body).status_code == 200
                read.append(max(stance.calls, default=0))
        return read

    checked, thorough = (
        ("/v1/check", {"text": text}),
        ("/v1/check", {"text": text, "thorough": True}),
    )
    verified = ("/v1/verify", {"claim": text})
    assert reading(checked, verified, checked) == [0, len(articles()), 0]
    assert reading(thorough, verified) == [len(articles()), 0]


def test_the_first_statement_does_not_wait_for_the_others() -> None:
    stance = FakeStance()
    service = Service(Settings(), ExactCorpus(), FakeEmbedder(), stance)
    list(ingest(articles(), service.corpus, service.embedder))
    text = " ".join(f"The bridge number {n} cost {n} million euros." for n in range(2, 14))
    with client_for(service) as client:
        stance.calls.clear()
        lines = check(client, text=text)
    assert lines[0]["index"] == 0
    assert len(lines) == 13
    first, *others = stance.calls
    assert first <= 3  # the passages of one statement
    assert len(others) < 11  # and the others share batches


def test_a_page_gives_its_text_first(client: TestClient) -> None:
    page = (
        "<html><head><title>Bridge</title></head><body><nav>Home</nav><article><p>The bridge cost "
        "71 million euros. That is what the council of Lindholm told reporters on Monday."
        "</p><p>It opened in May, three years after the work had begun on both banks.</p>"
        "</article></body></html>"
    )
    head, *lines, last = check(client, html=page)
    assert "Home" not in head["text"]
    assert [line["verdict"] for line in lines if line["index"] == 0] == ["REFUTED"]
    for line in lines:
        assert head["text"][line["start"] : line["end"]] == line["statement"]
    assert last["summary"]["statements"] == len(lines)
    assert_problem(client.post("/v1/check", json={"html": "<html></html>"}), 422)


def test_a_page_that_a_parser_fails_on_is_the_fault_of_the_request(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RecursionError("maximum recursion depth exceeded")

    monkeypatch.setattr("trafilatura.bare_extraction", fail)
    page = "<html><body><article><p>The bridge cost 44 million euros.</p></article></body></html>"
    response = client.post("/v1/check", json={"html": page})
    assert "nested too deeply" in assert_problem(response, 422)["detail"]


def test_nothing_found_and_another_language_are_said() -> None:
    from retrieval.types import Calibration

    stance = FakeStance(Calibration(languages=("en",)))
    with client_for(Service(Settings(), ExactCorpus(), FakeEmbedder(), stance)) as client:
        (line,) = check(client, text="Is it so? Look at this!")
        assert line["summary"]["message"] == "nothing to check"
        german = "Die Brücke in Lindholm kostete 48 Millionen Euro. Sie wurde im Mai eröffnet."
        before = list(stance.calls)
        (line,) = check(client, text=german)
    assert line["summary"]["message"] == "language not judged"
    assert line["summary"]["language_not_judged"] == "de"
    assert stance.calls == before


def test_filters_and_dates_pass_through(client: TestClient) -> None:
    *lines, _ = check(client, text=ARTICLE, as_of="2022-01-01", filters={"publisher": ["Wire"]})
    found = {item["document"]["id"] for line in lines for item in line["evidence"]}
    assert found == {"a"}


def test_bad_requests_are_problems() -> None:
    settings = Settings(max_check_statements=1, max_document_chars=200, max_body_bytes=2_000)
    service = Service(settings, ExactCorpus(), FakeEmbedder(), FakeStance())
    with client_for(service) as client:

        def refused(status: int, **body) -> str:
            return assert_problem(client.post("/v1/check", json=body), status)["detail"]

        assert "either text or html" in refused(422)
        assert "either text or html" in refused(422, text="A bridge.", html="<p>A bridge.</p>")
        assert "2 statements" in refused(422, text="A bridge cost 4 euros. A dam cost 5 euros.")
        assert "200" in refused(413, text="The bridge cost 4 euros. " * 20)
        refused(413, text="x" * 3_000)
        refused(422, text="A bridge.", filters={"publishers": []})


def test_a_statement_that_cannot_be_verified_fails_alone(client: TestClient) -> None:
    marks = "e" + "\u0301" * 40
    text = f"The bridge of {marks} cost 5 euros in 2019. The bridge cost 71 million euros."
    lines = check(client, text=text)
    by_index = {line["index"]: line for line in lines[:-1]}
    assert by_index[0]["error"]["status"] == 422
    assert by_index[1]["verdict"] == "REFUTED"
    assert lines[-1]["summary"]["failed"] == 1


def test_text_of_documents_comes_back_as_text(client: TestClient) -> None:
    text = "<script>alert(1)</script> The bridge cost 71 million euros. \u202eThe dam cost 3 euros."
    *lines, _ = check(client, text=text)
    assert lines
    for line in lines:
        assert text[line["start"] : line["end"]] == line["statement"]


def test_examples_fit_their_schema() -> None:
    for row in desk_examples.CHECK["content"][NDJSON]["example"].splitlines():
        made = TypeAdapter(CheckLine).validate_json(row)
        assert made.model_dump(mode="json") == json.loads(row)
