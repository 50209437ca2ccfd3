"""Whose word a sentence is, on sentences of our own: cases in voice_cases.jsonl.

Each line: claim, text (the passage), decides (the sentence that decides, a slice of it; none given
= all of the text), stance, and what is right: voice, by (a slice of the sentence, or null),
mention.
"""

import json
from pathlib import Path

import pytest

from index.documents import document
from index.split import split
from retrieval.types import Quote
from retrieval.voice import Voiced, voice_of, voice_of_title

CASES = [
    json.loads(line)
    for line in Path(__file__).with_name("voice_cases.jsonl").read_text("utf-8").splitlines()
]


def voiced(case: dict) -> tuple[Voiced, str]:
    # A first paragraph, so that offsets of the passage and of the document differ.
    stored = document("d", f"{'Filler. ' * 300}\n\n{case['text']}", title=case.get("title"))
    decides = case.get("decides", case["text"])
    passage = next(p for p in split(stored) if decides in p.text)
    start = passage.start + passage.text.index(decides)
    quote = Quote(start, start + len(decides), decides)
    said = voice_of(case["claim"], [quote], passage, stored, case["stance"])
    return said, stored.text


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:60])
def test_whose_word_it_is(case: dict) -> None:
    said, text = voiced(case)
    assert (said.voice, said.by.quote if said.by else None, said.mention) == (
        case["voice"], case["by"], case.get("mention", False)
    )  # fmt: skip
    if said.by:
        assert text[said.by.start : said.by.end] == said.by.quote


def test_there_are_a_hundred_cases_of_every_voice() -> None:
    assert len(CASES) >= 100
    voices = [case["voice"] for case in CASES]
    assert all(voices.count(voice) >= 20 for voice in ("stated", "reported", "rejected"))
    assert sum(case.get("mention", False) for case in CASES) >= 20


@pytest.mark.parametrize(
    ("title", "stance", "expected"),
    [
        ("Did Marlow buy a villa in Oria?", "SUPPORTS", Voiced("reported", mention=True)),
        ("Marlow buys a villa in Oria", "SUPPORTS", Voiced("stated")),
        ("Marlow bought a villa in Oria, mayor says", "SUPPORTS", Voiced("reported")),
        ("Fake: letter on 200 branches", "REFUTES", Voiced("rejected")),
        ("RETRACTED: Marlow buys a villa in Oria", "SUPPORTS", Voiced("rejected", mention=True)),
    ],
)
def test_a_title_that_asks_vouches_for_nothing(title: str, stance, expected: Voiced) -> None:
    told = document("d", "It was a long day.", title=title)
    assert voice_of_title("Marlow bought a villa in Oria", told, stance) == expected


def test_a_denial_beside_a_report_leaves_a_mention() -> None:
    text = "The club sacked its coach, papers reported. The club denied the reports on Sunday."
    stored = document("d", text)
    (passage,) = split(stored)
    quotes = [Quote(s.start, s.end, text[s.start : s.end]) for s in passage.sentences]
    claim = "The club sacked its coach"
    said = voice_of(claim, quotes, passage, stored, "SUPPORTS")
    assert (said.voice, said.mention) == ("reported", True)
    assert voice_of(claim, quotes, passage, stored, "REFUTES").voice == "rejected"
