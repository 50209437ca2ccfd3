"""Document -> Passages with offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator

import sentencex

from index.documents import Document, Passage, Span

SENTENCES = 3
STEP = 2
MAX_SENTENCE_CHARS = 600
MAX_PASSAGE_CHARS = 1_200
SHORT_PARAGRAPH = 60
# The library's time is quadratic in what it is given at once.
MOST_AT_ONCE = 5_000
BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")


def split(document: Document) -> list[Passage]:
    """Windows of `SENTENCES` whole sentences, stepping by `STEP`, inside one paragraph each.

    A news paragraph is one thought: a window across two of them blurs both vectors (see
    docs/decisions/0003). Every non-space character of the text is in at least one passage.
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
    """The sentences of a text that is one paragraph."""
    return list(_sentences(text, Span(0, len(text)), language))


def embedding_text(title: str, text: str) -> str:
    """The text that is embedded and indexed for a passage of this text in a document so titled.

    The title gives a passage such as "He said no." its context.
    """
    return f"{title}. {text}" if title else text


def _blocks(text: str) -> Iterator[Span]:
    """Paragraphs; one too short to stand alone (a heading, a by-line) joins what follows."""
    start: int | None = None
    for paragraph in _paragraphs(text):
        size = len(text[paragraph.start : paragraph.end].strip())
        if not size:
            continue
        start = paragraph.start if start is None else start
        if size >= SHORT_PARAGRAPH:
            yield Span(start, paragraph.end)
            start = None
    if start is not None:
        yield Span(start, len(text))


def _paragraphs(text: str) -> Iterator[Span]:
    """What lies between blank lines; every character is looked at once."""
    start = 0
    for blank in BLANK_LINES.finditer(text):
        yield Span(start, blank.start())
        start = blank.end()
    yield Span(start, len(text))


def _sentences(text: str, block: Span, language: str) -> Iterator[Span]:
    start = block.start
    while start < block.end:
        end = min(start + MOST_AT_ONCE, block.end)
        pieces = [
            piece
            for found in sentencex.get_sentence_boundaries(language, text[start:end])
            for piece in _pieces(
                text, _trimmed(text, start + found["start_index"], start + found["end_index"])
            )
        ]
        if end < block.end and pieces and pieces[-1].start > start:
            end = pieces.pop().start  # it may go on behind the cut: the next slice begins with it
        yield from pieces
        start = end


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def _pieces(text: str, sentence: Span) -> Iterator[Span]:
    """Cut what no model window holds (tables, lists without full stops) where a word ends."""
    start = sentence.start
    while sentence.end - start > MAX_SENTENCE_CHARS:
        limit = start + MAX_SENTENCE_CHARS
        cut = next((at for at in range(limit - 1, start, -1) if text[at].isspace()), limit)
        yield _trimmed(text, start, cut)
        start = _trimmed(text, cut, sentence.end).start
    if start < sentence.end:
        yield Span(start, sentence.end)


def _windows(sentences: list[Span]) -> Iterator[list[Span]]:
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
        # A window cut short by its length must not step over a sentence it left out.
        first = min(first + STEP, last)
