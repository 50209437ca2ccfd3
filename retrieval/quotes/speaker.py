"""(document, words quoted from it) -> who says them, as the text attributes it.

By the rules of `retrieval.attributions` for English, by clauses that touch the quotation for some
more languages, and by the labels of transcripts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.documents import Span
from index.split import BLANK_LINES, sentences
from retrieval.attributions import attributions
from retrieval.quotes.beside import speaker_before, speaker_beside
from retrieval.quotes.names import CAPITAL, is_pronoun
from retrieval.quotes.text import quotations
from retrieval.types import Quote

# Most paragraphs that are searched for the name that a pronoun stands for, and most characters
# before and after a place that are read as its paragraph.
LOOK_BACK, MAX_PARAGRAPH_CHARS = 3, 20_000
# Most paragraphs that one quotation goes over.
MOST_PARAGRAPHS = 500
# Most words of a sentence after a quotation that does no more than name its speaker.
NAMING_WORDS = 8
_LABEL = re.compile(
    r"^(?:\*\*|__)?([A-Z][^\s:“”\"«»!?]*(?: [^\s:“”\"«»!?]+){0,4})(?:\*\*|__)?:(?:\*\*|__)?\s", re.M
)
_ANSWERS = re.compile(r"\s+(?:answered|replied|responded|countered|retorted)\b")
_NAME = r"[A-Z][\w’'-]+(?: (?:[A-Z]\.|[A-Z][\w’'-]+|van|von|de|der))* [A-Z][\w’'-]+"
_FULL_NAME = re.compile(_NAME)
_SUBJECT = re.compile(
    r"(?:(?:The|His|Her|Their|Its|A|An) [^,.;:]{1,60}, )?(?:(?:Mr|Mrs|Ms|Dr)\. )?"
    rf"(?P<name>{_NAME})"
)
_APPOSED = re.compile(rf", (?P<name>{_NAME})(?=,)")
_PLACE = re.compile(r"\s(?:at|on|in|during|after|before|outside|from)\s")
# What opens a quotation that goes on from the paragraph before.
_OPENS = ("“", '"', "„", "«", "‘")


@dataclass(frozen=True, slots=True)
class Said:
    """The speaker of words, `document.text[start:end]` or None, and whether the words stand in
    quotation marks."""

    speaker: Quote | None
    in_marks: bool


def said_by(text: str, start: int) -> Said:
    """The speaker of the words at `start`, by the text around them."""
    paragraph = _paragraph(text, start)
    masked, quoted = _masked(text, paragraph)
    own = next((n for n, span in enumerate(quoted) if span.start <= start < span.end), None)
    inside = None if own is None else quoted[own]
    within = [_moved(span, -paragraph.start) for span in quoted]
    found = None
    if own is not None and (named := speaker_beside(masked, within, own)):
        found = _moved(named, paragraph.start)
    if found is None:
        found = _speaker(masked, paragraph, quoted, inside, start)
    if found is None and own is not None and (named := speaker_before(masked, within, own)):
        found = _moved(named, paragraph.start)
    if found is None and (inside is None or masked.startswith(_OPENS)):
        found = _label(text, paragraph)
    if found is None and inside is not None:
        found = _from_before(text, paragraph, inside)
    if found is not None and is_pronoun(text[found.start : found.end]):
        # Who answers the question before is not the one who asks it, and is not looked for there.
        is_asked = own is not None and own > 0 and text[quoted[own - 1].end - 1] == "?"
        if not (is_asked and _ANSWERS.match(text, found.end)):
            found = _named_before(text, paragraph, found) or found
    if found is not None:
        found = _named(text, found)
    speaker = Quote(found.start, found.end, text[found.start : found.end]) if found else None
    return Said(speaker, inside is not None)


def _moved(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)


def _paragraph(text: str, at: int) -> Span:
    start = 0
    low = max(0, at - MAX_PARAGRAPH_CHARS)
    for blank in BLANK_LINES.finditer(text, low, at):
        start = blank.end()
    following = BLANK_LINES.search(text, at)
    end = following.start() if following else len(text)
    return Span(max(start, low), min(end, at + MAX_PARAGRAPH_CHARS))


def _masked(text: str, paragraph: Span) -> tuple[str, list[Span]]:
    """A paragraph with its quotations masked, as long as before, and the places of these.

    So no sentence ends within a quotation, and quoted words attribute nothing.
    """
    part = text[paragraph.start : paragraph.end]
    quoted = list(quotations(part))
    if not quoted and part.startswith(_OPENS):  # it is closed in a later paragraph
        quoted = [Span(1, len(part))]
    pieces, at = [], 0
    for span in quoted:
        inner = part[span.start : span.end]
        hidden = re.sub(r"\w", "x", re.sub(r"[.!?:;,—–()“”\"«»]", " ", inner[:-1])) + inner[-1:]
        pieces += [part[at : span.start], hidden]
        at = span.end
    masked = "".join([*pieces, part[at:]])
    moved = [Span(paragraph.start + one.start, paragraph.start + one.end) for one in quoted]
    return masked, moved


def _speaker(  # noqa: C901
    masked: str, paragraph: Span, quoted: Sequence[Span], inside: Span | None, at: int
) -> Span | None:
    """The speaker whom the paragraph names."""
    spans = [
        Span(paragraph.start + span.start, paragraph.start + span.end) for span in sentences(masked)
    ]
    own = next((n for n, span in enumerate(spans) if span.start <= at < span.end), None)
    if own is None:
        return None

    def of(sentence: Span) -> Iterator[tuple[Span, Span]]:
        begin = sentence.start - paragraph.start
        for one in attributions(masked[begin : sentence.end - paragraph.start]):
            if one.speaker is not None:
                said = Span(sentence.start + one.said[0], sentence.start + one.said[1])
                yield Span(sentence.start + one.speaker[0], sentence.start + one.speaker[1]), said

    if inside is None:
        return next((who for who, said in of(spans[own]) if said.start <= at < said.end), None)
    around = [
        who
        for who, _ in of(spans[own])
        # Whom the next quotation is from says nothing of this one.
        if not any(
            _overlap(who, one) or inside.end < one.start < one.end < who.start for one in quoted
        )
    ]
    if around:
        return min(around, key=lambda who: max(inside.start - who.end, who.start - inside.end))
    following = spans[own + 1] if own + 1 < len(spans) else None
    if following and following.start - spans[own].end <= 2:
        holds = any(_within(one, following) for one in quoted)
        words = masked[following.start - paragraph.start : following.end - paragraph.start].split()
        if not holds and len(words) <= NAMING_WORDS:
            begin = following.start - paragraph.start
            named = _naming(masked[begin : following.end - paragraph.start])
            if named:
                return Span(following.start + named[0], following.start + named[1])
    for sentence in reversed(spans[:own]):
        held = any(_within(one, sentence) for one in quoted)
        ends = masked[: sentence.end - paragraph.start].endswith(":")
        if held or ends:
            who = next((who for who, _ in of(sentence)), None)
            if who is not None:
                return who
            if ends:
                begin = sentence.start - paragraph.start
                named = _naming(masked[begin : sentence.end - paragraph.start])
                return Span(sentence.start + named[0], sentence.start + named[1]) if named else None
        if not held:
            return None
    return None


def _naming(sentence: str) -> tuple[int, int] | None:
    """The name in a sentence that says no more than who spoke: "Marlow said on Monday."."""
    found = re.match(
        r"([A-Z][\w.'’-]*(?:\s+(?:of|de|van|von|[A-Z][\w.'’-]*))*|He|She|They)\s+"
        r"(?:said|says|told|wrote|writes|added|tweeted|posted|replied|answered|asked|announced"
        r"|declared|recalled|explained)\b",
        sentence,
    )
    return found.span(1) if found else None


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _within(one: Span, other: Span) -> bool:
    return other.start <= one.start and one.end <= other.end


def _label(text: str, paragraph: Span) -> Span | None:
    """The name before a colon with which the paragraph begins, as transcripts have it; in a
    transcript also that of a paragraph before."""
    own = _LABEL.match(text, paragraph.start, paragraph.end)
    if own is not None:
        return Span(*own.span(1))
    labels = [found for found in _LABEL.finditer(text) if found[1].isupper()]
    before = [found for found in labels if found.start() < paragraph.start]
    return Span(*before[-1].span(1)) if before and len(labels) > 1 else None


def _from_before(text: str, paragraph: Span, inside: Span) -> Span | None:
    """The speaker of a paragraph before, where the quotation goes on from it or follows its
    colon."""
    for _ in range(MOST_PARAGRAPHS):
        if not paragraph.start or inside.start - paragraph.start > 2:
            return None
        end = paragraph.start
        while text[end - 1].isspace() and end > 1:
            end -= 1
        paragraph = _paragraph(text, end - 1)
        part = text[paragraph.start : paragraph.end].rstrip()
        masked, quoted = _masked(text, paragraph)
        if part.endswith(":"):
            last = sentences(masked)[-1]
            sentence = masked[last.start : last.end]
            who = next((one.speaker for one in attributions(sentence) if one.speaker), None)
            who = who or _naming(sentence)
            start = paragraph.start + last.start
            return Span(start + who[0], start + who[1]) if who else None
        closed = part.count("”")
        goes_on = part.count("“") > closed or part.count("„") > part.count("“") + closed
        if not goes_on and not (part.startswith('"') and part.count('"') % 2 == 1):
            return None
        at = paragraph.start + (part.rfind("“") if "“" in part else part.rfind('"')) + 1
        inside = Span(at, at)
        found = _speaker(masked, paragraph, [*quoted, Span(at, paragraph.end)], inside, at)
        if found is not None:
            return found
    return None


def _named_before(text: str, paragraph: Span, pronoun: Span) -> Span | None:
    """The name that a pronoun stands for: the subject of the nearest sentence before that names
    somebody; None where it names somebody in another place, for he may be meant, too."""
    part, end = paragraph, pronoun.start
    for _ in range(LOOK_BACK):
        masked, _ = _masked(text, part)
        before = masked[: end - part.start]
        for sentence in reversed(sentences(before)):
            said = before[sentence.start : sentence.end]
            found = _SUBJECT.match(said)
            who = found.span("name") if found else None
            for one in () if who else attributions(said):
                if one.speaker and not is_pronoun(said[slice(*one.speaker)]):
                    who = one.speaker
                    break
            if who is not None:
                start = part.start + sentence.start
                return Span(start + who[0], start + who[1])
            if _FULL_NAME.search(said):
                return None
        if not part.start:
            return None
        part = _paragraph(text, len(text[: part.start].rstrip()) - 1)
        end = part.end
    return None


def _named(text: str, who: Span) -> Span:
    """The place of the name in a speaker's description: without where he spoke; of an office with a
    name after it, the name."""
    name = text[who.start : who.end]
    if (place := _PLACE.search(name)) and CAPITAL.search(name[: place.start()]):
        return Span(who.start, who.start + place.start())
    following = _APPOSED.match(text, who.end)
    if following and name.rpartition(" ")[2].islower():
        return Span(*following.span("name"))
    return who
