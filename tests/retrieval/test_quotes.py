"""Quotations in the archive: cases of every result, places, limits."""

import json
import time
from pathlib import Path

import pytest

from api.schemas.desk import CheckRequest
from index.corpus import NO_FILTERS, Corpus, Filters
from index.documents import document
from index.exact import ExactCorpus
from index.ingest import ingest
from retrieval.errors import InvalidClaim
from retrieval.quotes.align import nearest, text_of
from retrieval.quotes.find import MAX_QUOTE_CHARS, find_quote
from retrieval.quotes.match import Match
from retrieval.quotes.names import same_speaker
from retrieval.quotes.speaker import said_by
from retrieval.quotes.text import fragments, quotations, words_of
from tests.conftest import OpenEmbedded
from tests.fakes import FakeEmbedder

HERE = Path(__file__).parent


def lines(name: str) -> list[dict]:
    return [json.loads(line) for line in (HERE / name).read_text().splitlines()]


ARCHIVE = lines("quotes_archive.jsonl")
# Written by somebody else, and judged before they were run; English, German, French and others.
MORE = lines("quotes_languages_archive.jsonl")


def filled(corpus: Corpus, documents: list[dict] = ARCHIVE) -> Corpus:
    list(ingest([document(**one) for one in documents], corpus, FakeEmbedder()))
    return corpus


@pytest.fixture(scope="module")
def archive() -> Corpus:
    return filled(ExactCorpus())


@pytest.fixture(scope="module")
def more() -> Corpus:
    return filled(ExactCorpus(), MORE)


def asked(case: dict, corpus: Corpus):
    request = CheckRequest(text="-", as_of=case.get("as_of"), filters=case.get("filters", {}))
    return find_quote(case["quote"], corpus, case.get("asked"), request.to_filters(False))


def check_places(match: Match) -> None:
    """Everything that is a slice of the document is one."""
    (text,) = [document(**one).text for one in ARCHIVE + MORE if one["id"] == match.document.id]
    slices = [*match.found, match.passage, *([match.speaker] if match.speaker else [])]
    for one in slices:
        assert text[one.start : one.end] == one.quote
    for left in match.left_out:
        assert text[left.start : left.end] == left.text
    for one in match.differences:
        assert not one.archive or one.archive in text
    assert match.passage.start <= match.found[0].start or "out_of_order" in match.notes


@pytest.mark.parametrize("case", lines("quotes_cases.jsonl"), ids=lambda case: case["quote"][:50])
def test_case(case: dict, archive: Corpus) -> None:
    check_case(case, archive)


@pytest.mark.parametrize(
    "case", lines("quotes_languages_cases.jsonl"), ids=lambda case: case["quote"][:50]
)
def test_case_of_more_kinds(case: dict, more: Corpus) -> None:
    check_case(case, more)


def check_case(case: dict, corpus: Corpus) -> None:
    answer = asked(case, corpus)
    assert answer.result == case["result"]
    for match in answer.matches:
        check_places(match)
    if case["result"] == "not_found":
        assert not answer.matches
        return
    best = answer.matches[0]
    assert best.document.id == case["document"]
    if "speaker" in case:
        assert best.speaker is not None
        assert best.speaker.quote == case["speaker"]
    if "is_speaker" in case:
        assert best.is_speaker is case["is_speaker"]
    if "notes" in case:
        assert list(best.notes) == case["notes"]
    if "left_out" in case:
        assert [left.text for left in best.left_out] == case["left_out"]
    if "differences" in case:
        changed = [one for one in best.differences if one.op != "equal"]
        assert [[one.op, one.quote, one.archive] for one in changed] == case["differences"]
    assert (best.result == "altered") == bool(best.differences)


def test_there_are_forty_cases_of_every_result() -> None:
    results = [case["result"] for case in lines("quotes_cases.jsonl")]
    assert len(results) >= 40
    for result in ("verbatim", "altered", "shortened", "other_speaker", "not_found"):
        assert results.count(result) >= 3


def test_the_embedded_corpus_gives_the_same(open_embedded: OpenEmbedded, archive: Corpus) -> None:
    embedded = filled(open_embedded())
    embedded.sync()
    for case in lines("quotes_cases.jsonl"):
        one, other = asked(case, archive), asked(case, embedded)
        assert (one.result, one.matches) == (other.result, other.matches)
    embedded.close()


def test_an_answer_is_the_same_each_time(archive: Corpus) -> None:
    case = {"quote": "The sea does not wait for our committees"}
    assert asked(case, archive) == asked(case, archive)
    # Who said it first comes first, where nobody is asked about.
    assert [match.document.id for match in asked(case, archive).matches] == ["speech", "echo"]


def test_a_quote_is_found_in_a_long_document() -> None:
    filler = "The council met and the weather was fine in the town of Oria today."
    quote = "We shall weigh every stone, and then we shall weigh the bridge."
    text = "\n\n".join([*[filler] * 800, f"“{quote}” said Ada Marlow.", *[filler] * 800])
    corpus = ExactCorpus()
    list(ingest([document("long", text)], corpus, FakeEmbedder()))
    answer = find_quote(quote.replace("every", "each"), corpus)
    assert answer.result == "altered"
    (match,) = answer.matches
    assert f"“{quote}” said Ada Marlow." == match.passage.quote
    assert match.document.text == ""


def test_one_word_many_times_takes_no_longer() -> None:
    corpus = ExactCorpus()
    list(ingest([document("a", "The the the sea. " * 2_000)], corpus, FakeEmbedder()))
    started = time.thread_time()
    assert find_quote("the " * 1_249, corpus).result == "not_found"
    assert time.thread_time() - started < 2


def test_limits() -> None:
    corpus = ExactCorpus()
    for bad in ("", " … ", "“!”", "word " * MAX_QUOTE_CHARS, "a ... " * 30, "e" + "\u0301" * 40):
        with pytest.raises(InvalidClaim):
            find_quote(bad, corpus)
    with pytest.raises(InvalidClaim):
        find_quote("A word", corpus, "x" * 201)
    answer = find_quote("A word", corpus, "  ")
    assert (answer.result, answer.speaker, answer.documents) == ("not_found", None, 0)


def test_a_deleted_or_hidden_document_is_not_quoted() -> None:
    corpus = filled(ExactCorpus())
    quote = "Bread is a promise that you keep every morning"
    assert find_quote(quote, corpus).result == "verbatim"
    late = Filters(published_after=document(**ARCHIVE[0]).published_at)
    assert find_quote(quote, corpus, filters=late).result == "not_found"
    corpus.delete(["old"])
    assert find_quote(quote, corpus, filters=NO_FILTERS).result == "not_found"


def test_a_quote_whose_words_lie_far_apart_is_found() -> None:
    """Its first words stand before the range in which most of them are."""
    text = text_of(
        "other w0 w1 in a and that w2 and w3 w4 that that and w5 a is the the to is the is w6 other"
        " to and a for of a of for w8 w9 w10 w11 the a a a of w12 w13 w14 other other"
    )
    found = nearest(words_of(" ".join(f"w{n}" for n in range(15))), text)
    assert found is not None
    assert text.words.keys[found.last - 1] == "w14"
    same = [step for step in found.steps if step.op == "equal"]
    for step in same:
        assert text.words.keys[slice(*step.archive)] == tuple(f"w{n}" for n in range(*step.quote))
    assert sum(step.quote[1] - step.quote[0] for step in same) == 12


def test_words_as_they_are_compared() -> None:
    assert words_of("\N{MINUS SIGN}2,400 1.200.000").keys == ("-2400", "1200000")
    text = "“We don’t know,” in\u00adfor\u00admation 3.5% — of $1,000; -5 to 5-10, CAFÉ 北京"
    assert words_of(text).keys == (
        "we", "don't", "know", "information", "3.5", "%", "of", "$", "1000", "-5", "to", "5", "10",
        "café", "北", "京",
    )  # fmt: skip


def test_quotations_of_a_text() -> None:
    text = (
        "He said “we will” and \"we can\", ‘don’t go there’, 'no way' « oui, oui » and „nein danke“"
        " »ja gern« of 1990’s dogs' and it's 5\" long"
    )
    found = [text[span.start : span.end] for span in quotations(text)]
    assert found == [
        "we will", "we can", "don’t go there", "no way", "oui, oui", "nein danke", "ja gern",
    ]  # fmt: skip


def test_parts_of_a_quote() -> None:
    found = fragments("We [...] will (…) not … go . . . [sic] now. ...")
    assert [part.keys for part in found.parts] == [("we",), ("will",), ("not",), ("go",), ("now",)]


@pytest.mark.parametrize(
    ("asked", "attributed", "same"),
    [
        ("Ada Marlow", "Marlow", True),
        ("Ada Marlow", "Mayor Ada Marlow", True),
        ("Marlow", "Ada Marlow, the mayor of Oria", True),
        ("A. Marlow", "Ada Marlow", True),
        ("the police", "police", True),
        ("Ada Marlow", "Ben Marlow", False),
        ("Jonas Eck", "Ada Marlow", False),
        ("Ada Marlow", "the mayor", None),
        ("Ada Marlow", "she", None),
        ("", "Ada", None),
    ],
)
def test_names(asked: str, attributed: str, same: bool | None) -> None:
    assert same_speaker(asked, attributed) is same


@pytest.mark.parametrize(("paragraphs", "speaker"), [(100, "Ada Marlow"), (3_000, None)])
def test_a_quotation_over_many_paragraphs(paragraphs: int, speaker: str | None) -> None:
    goes_on = "\n\n".join(f"“We went on with part {n} of it." for n in range(paragraphs))
    text = f"Ada Marlow said:\n\n{goes_on}"
    found = said_by(text, text.rindex("part"))
    assert found.in_marks
    assert (found.speaker and found.speaker.quote) == speaker


@pytest.mark.parametrize("opened", [" „a", "“", " «a"])
def test_marks_that_stay_open_take_no_time(opened: str) -> None:
    started = time.thread_time()
    assert list(quotations(opened * 50_000)) == []
    # Seconds; counting to the end of each would take ten times as long.
    assert time.thread_time() - started < 1.5


@pytest.mark.parametrize(
    ("text", "words", "speaker"),
    [
        ("“The river is high”. So Otto Lenz went home.", "The river", None),
        ("Er las den Roman „Das kalte Meer am Abend“ und sagte Otto ab.", "Das kalte", None),
        ("Ada Marlow read “The sea at night” to Tom Reed, who said nothing.", "The sea", None),
        ("“We will go,” the sign says. Ada Marlow read it.", "We will", "the sign"),
        ("Maurer sagte Tobler: „Wir gehen jetzt nach Hause.“", "Wir gehen", "Maurer"),
        ("„Wir gehen“, sagte Maurer zu Tobler. „Jetzt gleich.“", "Jetzt", "Maurer"),
        ("Am Montag erklärte Helga Maurer: „Wir gehen jetzt.“", "Wir gehen", "Helga Maurer"),
        ("Claire Vasseur a lu « La mer, la nuit » hier soir.", "La mer", None),
        ("Pour Claire Vasseur, « la mer est trop chaude ».", "la mer", None),
        (
            "Asked by Tom Reed whether it was true, Ada Marlow said: “It is not.”",
            "It is",
            "Ada Marlow",
        ),
        ("Tom Reed asked: “Is it true?” Ada Marlow said: “It is not.”", "It is", "Ada Marlow"),
        ("Tom Reed asked: “Is it true?” “It is not,” Ada Marlow said.", "Is it", "Tom Reed"),
        ("“Is it true?” “It is not.” “You lie,” said Ada Marlow.", "Is it", None),
    ],
)
def test_speakers_beside_a_quotation(text: str, words: str, speaker: str | None) -> None:
    said = said_by(text, text.index(words)).speaker
    assert (said.quote if said else None) == speaker
