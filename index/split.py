"""Document -> passages: windows of whole sentences, with their offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from index.bounds import bounds
from index.documents import Document, Passage, Span

# Sentences of a passage, and sentences from the start of one to the start of the next.
SENTENCES = 3
STEP = 2
# Most code points of a sentence, and of a passage of more than one.
MAX_SENTENCE_CHARS = 600
MAX_PASSAGE_CHARS = 1_200
# A paragraph of fewer code points (a heading, a by-line) joins the one after it.
SHORT_PARAGRAPH_CHARS = 60
# Code points in which sentences are looked for at once: sentencex takes time quadratic in it.
SLICE_CHARS = 5_000
BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")


def split(document: Document) -> list[Passage]:
    """Cut a document into passages of `SENTENCES` sentences, one every `STEP` sentences.

    A passage lies in one paragraph: the vector of one across two paragraphs would stand for
    neither (see docs/decisions/0003). Every character that is not white space is in a passage.
    """
    passages: list[Passage] = []
    for block in _blocks(document.text):
        sentences = list(_sentences(document.text, block, document.language or "en"))
        for window in _windows(sentences):
            start, end = window[0].start, window[-1].end
            text = document.text[start:end]
            passages.append(Passage(document.id, len(passages), text, start, end, tuple(window)))
    return passages


def sentences(text: str, language: str = "en") -> list[Span]:
    """The sentences of a text that is one paragraph, without the white space around them."""
    return list(_sentences(text, Span(0, len(text)), language))


def embedding_text(title: str, text: str) -> str:
    """What is embedded and indexed for a passage: its text after the title of its document.

    The title gives a passage such as "He said no." its context.
    """
    return f"{title}. {text}" if title else text


def _blocks(text: str) -> Iterator[Span]:
    """The paragraphs of a text, each short one joined to the one after it."""
    start: int | None = None
    for paragraph in _paragraphs(text):
        size = len(text[paragraph.start : paragraph.end].strip())
        if not size:
            continue
        start = paragraph.start if start is None else start
        if size >= SHORT_PARAGRAPH_CHARS:
            yield Span(start, paragraph.end)
            start = None
    if start is not None:
        yield Span(start, len(text))


def _paragraphs(text: str) -> Iterator[Span]:
    """The paragraphs of a text: what lies between blank lines."""
    start = 0
    for blank in BLANK_LINES.finditer(text):
        yield Span(start, blank.start())
        start = blank.end()
    yield Span(start, len(text))


def _sentences(text: str, block: Span, language: str) -> Iterator[Span]:
    """The sentences of a block, each of at most `MAX_SENTENCE_CHARS`."""
    start = block.start
    while start < block.end:
        end = min(start + SLICE_CHARS, block.end)
        ends = [start + at for at in bounds(text[start:end], language)]
        pieces = [
            piece
            for begin, stop in pairwise([start, *ends])
            for piece in _pieces(text, _trimmed(text, begin, stop))
        ]
        if end < block.end and pieces and pieces[-1].start > start:
            end = pieces.pop().start  # it may go on after the slice: the next one begins with it
        yield from pieces
        start = end


def _trimmed(text: str, start: int, end: int) -> Span:
    """The range without white space at its ends."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def _pieces(text: str, sentence: Span) -> Iterator[Span]:
    """The sentence, or parts of it that end with a word and have at most `MAX_SENTENCE_CHARS`.

    Tables and lists without full stops are sentences longer than a model reads.
    """
    start = sentence.start
    while sentence.end - start > MAX_SENTENCE_CHARS:
        limit = start + MAX_SENTENCE_CHARS
        cut = next((at for at in range(limit - 1, start, -1) if text[at].isspace()), limit)
        yield _trimmed(text, start, cut)
        start = _trimmed(text, cut, sentence.end).start
    if start < sentence.end:
        yield Span(start, sentence.end)


def _windows(sentences: list[Span]) -> Iterator[list[Span]]:
    """Consecutive sentences, as many as `SENTENCES` and `MAX_PASSAGE_CHARS` allow."""
    first = 0
    while first < len(sentences):
        last = first + 1
        while (
            last < min(first + SENTENCES, len(sentences))
            and sentences[last].end - sentences[first].start <= MAX_PASSAGE_CHARS
        ):
            last += 1
        yield sentences[first:last]
        if last == len(sentences):
            return
        # A window that its length made shorter must not step over a sentence that it left out.
        first = min(first + STEP, last)
