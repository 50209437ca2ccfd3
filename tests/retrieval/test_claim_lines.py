"""Lines that name what is claimed, and lines and sentences that rate it."""

from __future__ import annotations

import pytest

from index.documents import Document, document
from index.split import split
from retrieval.claim_lines import mentioned, rated_line
from retrieval.ruling import ruling_on
from retrieval.types import Quote
from retrieval.voice import Voiced, voice_of

CLAIM = "Tomato leaves keep mosquitoes away"
MYTHS = (
    "Myth: Tomato leaves keep mosquitoes away.\nFact: No plant does that by itself.\n\n"
    "Myth 2 - A dog's bark scares burglars off for good.\nFact: They come back."
)
LIST = (
    "Four rumours went round after the storm.\n\n"
    "1. The dam of Oria has a crack. Not true: divers looked at it on Sunday.\n\n"
    "2. All trains are cancelled. True. The line is closed until Friday.\n\n"
    "3. The mayor left the town. She was seen in the town hall. False, says her brother."
)


def ruled(claim: str, text: str, title: str = "Answers") -> str | None:
    """The stance that is ruled without asking the model."""
    ruling = ruling_on(claim, document("f", text, title=title, language="en"))
    return ruling.rating.stance if ruling and ruling.section is None else None


def voiced(claim: str, sentence: str, given: Document) -> Voiced:
    start = given.text.index(sentence)
    passage = next(p for p in split(given) if sentence in p.text)
    quote = Quote(start, start + len(sentence), sentence)
    return voice_of(claim, [quote], passage, given, "SUPPORTS")


@pytest.mark.parametrize(
    ("claim", "stance"),
    [
        (CLAIM, "REFUTES"),
        ("A dog's bark scares burglars off for good", "REFUTES"),
        ("No plant keeps mosquitoes away", None),
        ("Tomato leaves keep moths away", None),
        ("Burglars come back", None),
    ],
)
def test_a_line_that_names_a_myth_rates_it(claim: str, stance: str | None) -> None:
    assert ruled(claim, MYTHS) == stance


@pytest.mark.parametrize(
    ("claim", "stance"),
    [
        ("The dam of Oria has a crack", "REFUTES"),
        ("All trains are cancelled", "SUPPORTS"),
        ("Divers looked at the dam on Sunday", None),
        ("The line is closed until Friday", None),
        ("The mayor left the town", None),
        ("She was seen in the town hall", None),
    ],
)
def test_a_sentence_begins_with_the_rating_of_the_one_before(
    claim: str, stance: str | None
) -> None:
    assert ruled(claim, LIST) == stance


def test_what_a_line_tells_later_may_be_a_finding() -> None:
    text = '"The pool is dry," said Benn. The pool holds 300 litres. False. We went there.'
    assert ruled("The pool holds 300 litres", text) is None


def test_a_rating_in_a_quotation_is_somebody_elses() -> None:
    assert (
        ruled(CLAIM, 'Tomato leaves keep mosquitoes away. "Not true: I tried it," she said.')
        is None
    )


@pytest.mark.parametrize(
    ("line", "rated"),
    [
        ("Myth #3: it is dry", "it is dry"),
        ("FICTION – it is dry", "it is dry"),
        ("Mythology: it is old", None),
        ("Fact: it is dry", None),
    ],
)
def test_a_label_rates_its_line(line: str, rated: str | None) -> None:
    assert rated_line(line) == rated


NAMED = {
    "below a heading": "What was claimed\n\nTomato leaves keep mosquitoes away.\n\n"
    "We asked two labs.",
    "in the line of its heading": "Claim:\nTomato leaves keep mosquitoes away. We asked two labs.",
    "after a label": "Viral claim: Tomato leaves keep mosquitoes away. We asked two labs.",
    "as a myth": "Myth 1: Tomato leaves keep mosquitoes away. We asked two labs.",
}


@pytest.mark.parametrize("text", NAMED.values(), ids=NAMED)
def test_what_a_line_names_as_claimed_is_a_mention(text: str) -> None:
    given = document("d", text, language="en")
    told = next(s for p in split(given) for s in p.sentences if "Tomato" in text[s.start : s.end])
    assert voiced(CLAIM, text[told.start : told.end], given).mention
    assert not voiced("Two labs were asked", "We asked two labs.", given).mention


def test_a_line_names_who_says_it_or_what_is_said() -> None:
    line = "Claim: Governor Ann Lee told farmers to find other work."
    given = document("d", f"{line} We looked at her speeches.", language="en")
    assert voiced("Ann Lee told farmers to find other work", line, given).mention
    plain = "Claim: Tomato leaves keep mosquitoes away."
    given = document("d", f"{plain} We asked two labs.", language="en")
    assert not voiced("A claim says that tomato leaves keep mosquitoes away", plain, given).mention


@pytest.mark.parametrize(
    "text", ["Claims for damage rose.", "The post office is open.", "Messages"]
)
def test_other_sentences_name_no_claim(text: str) -> None:
    assert not mentioned(text, 0, len(text))
