"""(words of a quote, words of a document) -> where the quote stands in it, and what differs."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

import numpy as np

from retrieval.quotes.text import Words, words_of
from retrieval.values.words import STOP

# equal: in both. added: in the quote alone. left_out: in the archive alone.
Op = Literal["equal", "replaced", "added", "left_out"]
# Weight of a stop word; that of any other word is 1.
STOP_WEIGHT = 0.3
# Least share of the words of quote and archive, by weight, that are the same.
LEAST_SIMILARITY = 0.6
# Fewest words that are the same, and fewest of weight 1 among them; fewer may be chance.
LEAST_WORDS, LEAST_TELLING = 3, 2
# Most places of a document that are compared word by word.
PLACES = 4
# Words around a place that are compared, beside as many as the quote has on each side.
AROUND = 8
# Contractions of stop words, which weigh as little: don't, we'll.
_CONTRACTED = re.compile(
    r"\w+n't|(?:i|you|he|she|it|we|they|that|there|who|what)'(?:m|s|re|ve|ll|d)"
)
# Most words that the archive's text may be longer where the quote's first or last words differ.
NEAR_WORDS = 2
# Most words between two pieces of a quotation that name its speaker.
ASIDE_WORDS = 15
_MARKS = re.compile('["“”„«»]')
_ENDS = re.compile(r"[.!?:;\"“”„«»]|\n\s*\n")
# A number in groups of three digits, or in none; "," between them is gone from a word's key.
_GROUPED = re.compile(r"\d{1,3}(?:[. ]\d{3})+|\d{4,}")
# One word, as different papers and languages write it.
_PER_CENT = frozenset(("%", "percent", "prozent", "pourcent", "porciento", "percento", "procent"))
# Pairs of equal words, of quote and range, from which on a range is not compared: a quote that says
# one word a thousand times would take seconds.
MOST_PAIRS = 200_000
# Most places of a document that hold the exact words.
MOST_EXACT = 200


@dataclass(frozen=True, slots=True)
class Text:
    """A document with its words, and where each of them stands."""

    text: str
    words: Words
    places: Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Step:
    """Words `quote[0]` to `quote[1]` of a quote beside those of the archive; one may be none."""

    op: Op
    quote: tuple[int, int]
    archive: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Aligned:
    """A quote beside the words `first` to `last` of a document. similarity: 0 to 1, 1 the same."""

    first: int
    last: int
    steps: tuple[Step, ...]
    similarity: float

    @property
    def is_same(self) -> bool:
        return all(step.op == "equal" for step in self.steps)


def text_of(text: str) -> Text:
    """A document with its words and their places."""
    words = words_of(text)
    places: dict[str, list[int]] = defaultdict(list)
    for at, key in enumerate(words.keys):
        places[key].append(at)
    return Text(text, words, places)


def exact(part: Words, text: Text) -> list[Aligned]:
    """The places of a text that hold exactly the words of a part, in order."""
    keys, size = part.keys, len(part.keys)
    rarest = min(range(size), key=lambda at: len(text.places.get(keys[at], ())))
    found = []
    for place in text.places.get(keys[rarest], ()):
        first = place - rarest
        if first >= 0 and text.words.keys[first : first + size] == keys:
            whole = Step("equal", (0, size), (first, first + size))
            found.append(Aligned(first, first + size, (whole,), 1.0))
            if len(found) == MOST_EXACT:
                break
    return found


def nearest(part: Words, text: Text) -> Aligned | None:
    """The place whose words are most like those of a part, the first of equals; None where no place
    has words that are like enough."""
    best: Aligned | None = None
    for start, end in _likely(part, text):
        made = _compared(part, text, start, end)
        if made is not None and (best is None or made.similarity > best.similarity + 1e-9):
            best = made
    return best


def _likely(part: Words, text: Text) -> Iterator[tuple[int, int]]:
    """Ranges of a text that hold most words of the quote, the best first."""
    size, length = len(part.keys), len(text.words.keys)
    shared = np.zeros(length, np.float32)
    for key in set(part.keys):
        shared[list(text.places.get(key, ()))] = _weight(key)
    if not shared.any():
        return
    total = np.concatenate([[0.0], np.cumsum(shared, dtype=np.float64)])
    width = min(size, length)
    inside = total[width:] - total[:-width]
    for _ in range(PLACES):
        start = int(inside.argmax())
        if inside[start] <= 0:
            return
        yield max(0, start - size - AROUND), min(length, start + width + size + AROUND)
        inside[max(0, start - width) : start + width] = 0


def _compared(part: Words, text: Text, start: int, end: int) -> Aligned | None:
    """A part aligned with the words of a range that match it; None where they are too unlike."""
    quote, words = part.keys, text.words.keys
    counts = Counter(words[start:end])
    if sum(counts[key] for key in quote) > MOST_PAIRS:
        return None
    kept = _without_strays(_same(quote, words[start:end]), quote)
    if not kept:
        return None
    # What stands in the place of the quote's first and last words, where those differ.
    before, after = kept[0][0], len(quote) - kept[-1][0] - kept[-1][2]
    first = _reached(text, start + kept[0][1], -before)
    last = _reached(text, start + kept[-1][1] + kept[-1][2], after)
    # Between them a word may stand that a stray one outside was taken for.
    kept = [(a, first + b, size) for a, b, size in _same(quote, words[first:last])]
    steps = list(_steps(kept, quote, words, first, last))
    asides = [step for step in steps if step.op == "left_out" and _is_aside(text, *step.archive)]
    steps = _merged(
        Step("equal", step.quote, step.archive) if step in asides else step for step in steps
    )
    same = sum(_weights(quote[slice(*step.quote)]) for step in steps if step.op == "equal")
    telling = [
        key
        for step in steps
        if step.op == "equal"
        for key in quote[slice(*step.quote)]
        if _weight(key) == 1
    ]
    count = sum(step.quote[1] - step.quote[0] for step in steps if step.op == "equal")
    beside = sum(_weights(words[slice(*step.archive)]) for step in asides)
    similarity = 2 * same / (_weights(quote) + _weights(words[first:last]) - beside)
    is_same = all(step.op == "equal" for step in steps)
    if not is_same and (
        similarity < LEAST_SIMILARITY or count < LEAST_WORDS or len(telling) < LEAST_TELLING
    ):
        return None
    return Aligned(first, last, tuple(steps), 1.0 if is_same else min(similarity, 0.999))


def _same(quote: Sequence[str], archive: Sequence[str]) -> list[tuple[int, int, int]]:
    """Pieces that are the same, in order: where in the quote, where in the archive, how long."""
    blocks = SequenceMatcher(None, quote, archive, autojunk=False).get_matching_blocks()
    return [(block.a, block.b, block.size) for block in blocks if block.size]


def _reached(text: Text, at: int, words: int) -> int:
    """The place so many words after `at`, or before it where `words` is negative. It goes on to the
    end of the sentence or quotation if that is NEAR_WORDS away at most, and never beyond it."""
    if not words:
        return at
    step = 1 if words > 0 else -1
    place = near = at
    for taken in range(1, abs(words) + NEAR_WORDS + 2):
        if not 0 < near < len(text.words.keys) or _ends_between(text, near - 1):
            return near
        near += step
        if taken <= abs(words):
            place = near
    return place


def _ends_between(text: Text, word: int) -> bool:
    """Whether a sentence or a quotation begins or ends between a word and the next one."""
    spans = text.words.spans
    return _ENDS.search(text.text, spans[word].end, spans[word + 1].start) is not None


def _without_strays(
    blocks: Sequence[tuple[int, int, int]], quote: Sequence[str]
) -> list[tuple[int, int, int]]:
    """The pieces without those at an end that are too light for the words between them and the
    next one, the lighter end first."""
    kept = list(blocks)
    while len(kept) > 1:
        strays = [end for end in (0, -1) if _is_stray(kept, end, quote)]
        if not strays:
            break
        kept.pop(min(strays, key=lambda end: _weight_of(kept[end], quote)))
    return kept


def _is_stray(kept: Sequence[tuple[int, int, int]], end: int, quote: Sequence[str]) -> bool:
    (_, start, size), (_, following, _) = kept[:2] if end == 0 else kept[-2:]
    gap = following - start - size
    return gap > AROUND / 2 and _weight_of(kept[end], quote) * 2 < gap


def _weight_of(block: tuple[int, int, int], quote: Sequence[str]) -> float:
    return _weights(quote[block[0] : block[0] + block[2]])


def _steps(
    kept: Sequence[tuple[int, int, int]],
    quote: Sequence[str],
    archive: Sequence[str],
    first: int,
    last: int,
) -> Iterator[Step]:
    at_quote, at_archive = 0, first
    for a, b, size in [*kept, (len(quote), last, 0)]:
        if a > at_quote or b > at_archive:
            op: Op = "replaced"
            if a == at_quote:
                op = "left_out"
            elif b == at_archive:
                op = "added"
            elif _is_one_word(quote[at_quote:a], archive[at_archive:b]):
                op = "equal"
            yield Step(op, (at_quote, a), (at_archive, b))
        if size:
            yield Step("equal", (a, a + size), (b, b + size))
        at_quote, at_archive = a + size, b + size


def _is_one_word(quote: Sequence[str], archive: Sequence[str]) -> bool:
    """Whether both are the same word, joined here and divided there: well-known, wellknown."""
    joined, other = "".join(quote), "".join(archive)
    if any(char.isdigit() for char in joined + other):
        are_numbers = all(_GROUPED.fullmatch(" ".join(keys)) for keys in (quote, archive))
        return are_numbers and _digits(joined) == _digits(other)
    return joined == other or {joined, other} <= _PER_CENT


def _digits(number: str) -> str:
    return "".join(filter(str.isdigit, number))


def _is_aside(text: Text, first: int, last: int) -> bool:
    """Whether words interrupt a quotation to say whose it is: “We built it,” she said, “in May.”"""
    spans = text.words.spans
    if first == 0 or last >= len(spans) or last - first > ASIDE_WORDS:
        return False
    before = text.text[spans[first - 1].end : spans[first].start]
    after = text.text[spans[last - 1].end : spans[last].start]
    return bool(_MARKS.search(before) and _MARKS.search(after))


def _merged(steps: Iterable[Step]) -> list[Step]:
    """The steps, neighbours of one kind as one."""
    made: list[Step] = []
    for step in steps:
        if made and made[-1].op == step.op == "equal":
            last = made.pop()
            step = Step("equal", (last.quote[0], step.quote[1]), (last.archive[0], step.archive[1]))
        made.append(step)
    return made


def _weights(keys: Sequence[str]) -> float:
    return sum(map(_weight, keys))


def _weight(key: str) -> float:
    return STOP_WEIGHT if key in STOP or _CONTRACTED.fullmatch(key) else 1.0
