"""Texts that are written to take long: each took many seconds when time was quadratic."""

import time
from collections.abc import Callable

import pytest

from index.documents import document
from retrieval.check import Statement
from retrieval.quotes.speaker import said_by
from retrieval.quotes.text import quotations
from retrieval.voice import Voiced, voice_of_title

QUOTE = "We built it in May"
SECONDS = 2.0


def voice(text: str) -> Voiced:
    return voice_of_title("The club sacked its coach", document("d", text), "SUPPORTS")


def speaker(text: str) -> object:
    return said_by(text, text.index(QUOTE))


@pytest.mark.parametrize(
    ("read", "text"),
    [
        pytest.param(voice, "x" + "\n" * 50_000 + "x", id="empty lines of a document"),
        pytest.param(voice, "x " + "had " * 14_000, id="a denial that does not come"),
        pytest.param(speaker, f"“{QUOTE}”{' ' * 5_000}x", id="spaces after a quotation"),
        pytest.param(lambda text: list(quotations(text)), "“" * 9_000 + "”", id="marks that open"),
        pytest.param(
            lambda text: Statement(text, 0, len(text), 1.0).claim, "x" + "`" * 9_000, id="marks"
        ),
    ],
)
def test_time_grows_with_the_length(read: Callable[[str], object], text: str) -> None:
    start = time.thread_time()
    read(text)
    assert time.thread_time() - start < SECONDS


def test_marks_within_marks_are_one_quotation() -> None:
    text = "“a “b “c” b” a”"
    (outer,) = quotations(text)
    assert text[outer.start : outer.end] == "a “b “c” b” a"


def test_a_retraction_is_found_at_the_beginning_of_any_line() -> None:
    for text in (
        "RETRACTED: a study",
        "A study.\n\n** Retracted on Monday.",
        "A study.\n\nRetracted",
    ):
        assert voice(text).mention
    assert not voice("The study was not\nof what was retracted.").mention
