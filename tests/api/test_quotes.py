"""The quote desk over HTTP and on the command line, and quotations in a checked text."""

import json

import pytest
from fastapi.testclient import TestClient

from api.commands.quote import show
from api.quoting import quote_response
from api.routes import desk_examples
from api.schemas.quotes import QuoteRequest, QuoteResponse
from api.service import Service
from api.settings import Settings
from index.documents import document
from index.exact import ExactCorpus
from index.ingest import ingest
from tests.api.answers import assert_problem, ndjson
from tests.conftest import client_for
from tests.fakes import FakeEmbedder, FakeStance

TEXT = (
    "“We will not raise the fares before May,” said Ada Marlow, the mayor.\n\n"
    "Jonas Eck [bold]disagreed. <script>“The fares are the least of our worries,” he said."
)
QUOTED = "The fares are the least of our worries"


@pytest.fixture(scope="module")
def service() -> Service:
    made = Service(Settings(), ExactCorpus(), FakeEmbedder(), FakeStance())
    tram = document("tram", TEXT, title="Tram", publisher="Gazette", published_at="2023-03-02")
    list(ingest([tram], made.corpus, made.embedder))
    return made


@pytest.fixture(scope="module")
def client(service: Service):
    with client_for(service) as opened:
        yield opened


def quote(client: TestClient, **body) -> dict:
    response = client.post("/v1/quotes", json=body)
    assert response.status_code == 200, response.text
    QuoteResponse.model_validate(response.json())
    return response.json()


@pytest.mark.parametrize(
    ("context", "speaker", "result"),
    [
        ("Marlow was clear. “The fares are the least of our worries,” said Ada Marlow.",
         "Ada Marlow", "other_speaker"),
        ("Eck shrugged: “The fares are the least of our worries.”\n\nHe left.", None, "verbatim"),
        ("As Jonas Eck said, \"the fares are the least of our worries\".", "Jonas Eck", "verbatim"),
        ("“The fares are the least of our worries,” he said.", None, "verbatim"),
        ("Another text altogether.", None, "verbatim"),
        ("", None, "verbatim"),
    ],
)  # fmt: skip
def test_the_context_names_the_speaker(
    client: TestClient, context: str, speaker: str | None, result: str
) -> None:
    answer = quote(client, quote=QUOTED, context=context)
    assert (answer["speaker"], answer["result"]) == (speaker, result)
    named = quote(client, quote=QUOTED, context=context, speaker="Jonas Eck")
    assert named["speaker"] == "Jonas Eck"


def test_a_context_has_a_limit(client: TestClient) -> None:
    long = client.post("/v1/quotes", json={"quote": QUOTED, "context": "x" * 20_001})
    assert_problem(long, 422)


def test_an_altered_quote_with_its_difference_and_place(client: TestClient) -> None:
    answer = quote(client, quote="We will raise the fares before May", speaker="Marlow")
    assert answer["result"] == "altered"
    (match,) = answer["matches"]
    assert match["notes"] == ["negation_changed"]
    assert [one["archive"] for one in match["differences"] if one["op"] == "left_out"] == ["not"]
    assert match["is_speaker"] is True
    assert match["document"]["published_at"] == "2023-03-02"
    for one in (*match["found"], match["passage"], match["speaker"]):
        assert TEXT[one["start"] : one["end"]] == one["text"]
    assert answer["searched"] == {"documents": 1}
    assert answer["provenance"]["index_generation"] == 1


def test_an_ellipsis_that_swallows_a_negation(client: TestClient) -> None:
    answer = quote(client, quote="We will … raise the fares")
    (match,) = answer["matches"]
    assert (match["result"], match["notes"]) == ("shortened", ["negation_left_out"])
    assert match["left_out"] == [
        {"start": 9, "end": 12, "text": "not", "words": 1, "negations": ["not"]}
    ]


def test_filters_and_dates_pass_through(client: TestClient) -> None:
    given = {"quote": "We will not raise the fares"}
    assert quote(client, **given, as_of="2023-03-02")["result"] == "verbatim"
    assert quote(client, **given, as_of="2023-03-01")["result"] == "not_found"
    for filters in ({"publisher": ["Wire"]}, {"published_after": "2024-01-01"}):
        answer = quote(client, **given, filters=filters)
        assert (answer["result"], answer["matches"]) == ("not_found", [])
        assert answer["searched"]["documents"] == 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"quote": ""},
        {"quote": "…"},
        {"quote": "x" * 5_001},
        {"quote": "a ... " * 30},
        {"quote": "A word", "speaker": ""},
        {"quote": "A word", "speaker": "x" * 201},
        {"quote": "A word", "publisher": ["Wire"]},
    ],
)
def test_bad_requests_are_problems(client: TestClient, body: dict) -> None:
    assert_problem(client.post("/v1/quotes", json=body), 422)


def test_the_example_fits_its_schema() -> None:
    (content,) = desk_examples.QUOTES["content"].values()
    made = QuoteResponse.model_validate(content["example"])
    assert json.loads(made.model_dump_json()) == content["example"]


def test_reading_for_people(service: Service, capsys: pytest.CaptureFixture[str]) -> None:
    def shown(text: str, **given) -> str:
        show(quote_response(QuoteRequest(quote=text, **given), service, "cli", 0.0))
        return capsys.readouterr().out

    altered = shown("We will raise the fares before May")
    assert "altered, said by Ada Marlow; negation changed" in altered
    assert "We will {+not+} raise the fares before May" in altered
    assert "1. Tram (Gazette, 2023-03-02)" in altered
    others = shown("The fares are the least of our worries", speaker="Ada Marlow")
    assert "somebody else's, said by Jonas Eck" in others
    assert "<script>“The fares" in others
    assert "[bold]" in shown("Jonas Eck [bold]disagreed")
    assert "not found\nsearched 1 document\n" in shown("A comet came down in Tarvik")


def check(client: TestClient, text: str) -> dict[int, dict]:
    lines = ndjson(client.post("/v1/check", json={"text": text}))
    return {line["index"]: line for line in lines[:-1]}


def test_a_check_looks_its_quotations_up(client: TestClient) -> None:
    text = (
        "The bridge cost 48 million euros in 2019.\n\n"
        "“We will raise the fares before May,” Ada Marlow told 60 reporters on Monday. "
        "The bridge is “very old”, it was built in 1931."
    )
    lines = check(client, text)
    assert [len(line["quotations"]) for line in lines.values()] == [0, 1, 0]
    (found,) = lines[1]["quotations"]
    assert text[found["start"] : found["end"]] == found["text"]
    assert (found["result"], found["speaker"]) == ("altered", "Ada Marlow")
    assert found["match"]["notes"] == ["negation_changed"]
    assert found["match"]["is_speaker"] is True
    assert lines == check(client, text) | {
        index: {**line, "took_ms": line["took_ms"], "provenance": line["provenance"]}
        for index, line in lines.items()
    }


def test_a_quotation_over_two_sentences_is_looked_up_once(client: TestClient) -> None:
    text = (
        "“The fares are the least of our worries. In 2019 we carried 4 million people,” "
        "said Ada Marlow."
    )
    found = [one for line in check(client, text).values() for one in line["quotations"]]
    assert [one["result"] for one in found] in (["not_found"], ["altered"])
    short = "Ada Marlow said in 2019: “The fares are the least of our worries.”"
    (line,) = check(client, short).values()
    assert [one["result"] for one in line["quotations"]] == ["other_speaker"]
