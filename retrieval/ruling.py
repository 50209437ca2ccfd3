"""(claim, document) -> what the document rules on it: "We rate this claim False."

A fact-check repeats what it rates, almost word for word and more than once, and gives its rating in
a sentence of its own. A small model reads them apart, among others; joined, they settle the matter.
By rule, for English, and only where the form is plain: what the text tells as its own findings is
left to the stance model. Of several ratings that differ, each rates what is said right before it.
Where the text tells the claim in other words, the model reads these together with the rating.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, product

import numpy as np

from index.documents import Document, Passage, Vectors
from index.split import split
from index.terms import terms
from retrieval.rating import (
    MAY_RATE,
    NUMBER,
    PLAIN,
    Rating,
    claim_of,
    heads_rating,
    is_said,
    rated_title,
    rating,
    what_is_rated,
)
from retrieval.reading_on import LONGEST_ARTICLE
from retrieval.repeats import REPEATED_FROM, content, says, shared, speakers, turns, with_pronouns
from retrieval.types import STANCES, Quote, Stance
from retrieval.verdict import NEI, REFUTES, SUPPORTS

# Sentences of a document above which no ruling is looked for in it: it is no article.
MOST_SENTENCES = 1_500
# Fewest words of a claim of which it can be said that a text repeats it.
FEWEST_WORDS = 3
# Sentences from one that says the claim to another that comes back to it, and the share of the
# claim's words that this one holds, at the least.
APART, COMES_BACK_FROM = 3, 0.6
# Most sentences of a text that are compared with the claim word by word.
MOST_PLACES = 30
# Share of the claim's words that a sentence holds which tells it in other words, at the least, and
# what another that does may hold less than it.
TOLD_FROM, NEARLY = 0.5, 0.15
_LINE = re.compile(r"\S[^\n]*(?<=\S)")
# Sentences that lead to a rating.
LEADING = 2
# Share of the claim's words below which what a rating names is another statement.
NAMED_FROM = 0.3
# Sentences before the first of several ratings in which stands what it rates.
RATED_WITHIN = 4
# Times the claim's words that a sentence may have which tells it, and nothing more to be rated.
LONGER = 2
# Which of several a rating rates cannot be told.
_ONE_OF_SEVERAL = re.compile(
    r"\b(?:first|second|third|fourth|fifth|other|others|latter|former|last|both|all|these|those)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a document rules on a claim, the sentence that says so, and the passage of that.

    section: where the claim is repeated in other words, the sentences that repeat it, lead to the
    rating and give it: a reader of these has to say whether it is the claim that they rate. None
    where the claim is repeated almost word for word, so that nobody has to be asked.
    is_plain: whether it is a rating wherever it stands, and not one of several alone. by_title:
    the title rules, and the sentence is the first of the text.
    """

    rating: Rating
    passage: Passage
    sentence: Quote
    section: str | None = None
    is_plain: bool = True
    by_title: bool = False

    @property
    def turned(self) -> Ruling:
        """What it rules on the opposite of what it rates."""
        return replace(self, rating=self.rating.turned)

    @property
    def stance(self) -> Vectors:
        """The probabilities that the rating gives, shape (3,)."""
        others = (1 - self.rating.probability) / (len(STANCES) - 1)
        stance = np.full(len(STANCES), others, np.float32)
        stance[STANCES.index(self.rating.stance)] = self.rating.probability
        return stance


def ruling_on(claim: str, document: Document) -> Ruling | None:
    """What the document rules on the claim, if it plainly rules on it, or likely does."""
    if document.language not in (None, "en"):
        return None
    if len(document.text) > LONGEST_ARTICLE:
        return None
    if (by_title := _by_title(claim, document)) is not None:
        return by_title
    if MAY_RATE.search(document.text) is None:
        return None
    words = set(content(claim))
    held = len(words & set(terms(f"{document.title} {document.text}")))
    if held < REPEATED_FROM * len(words):
        return None
    passages = split(document)
    if sum(len(passage.sentences) for passage in passages) > MOST_SENTENCES:
        return None
    told, given = _ratings(document, passages)
    contents = [content(sentence) for sentence in told]
    every = frozenset(chain.from_iterable(contents))
    if (named := _named(claim, list(given.values()), every)) is not None:
        return named
    if len({ruling.rating.stance for ruling in given.values()}) > 1:
        return _among_others(claim, told, every, given)
    plain = [at for at, ruling in given.items() if ruling.is_plain]
    if not plain:
        return None
    return _only(claim, told, contents, given[plain[-1]], plain[-1], is_held=held == len(words))


def _only(
    claim: str,
    told: Sequence[str],
    contents: Sequence[Sequence[str]],
    ruling: Ruling,
    end: int,
    *,
    is_held: bool,
) -> Ruling | None:
    """The only rating of a document, at the place end, as far as it rates the claim.

    Args:
        contents: the words of each sentence.
        is_held: whether the document holds all words of the claim.
    """
    words = content(claim)
    every = frozenset(chain.from_iterable(contents[:end]))
    other = what_is_rated(ruling.sentence.quote)
    if other and shared(words, content(other)) < NAMED_FROM * len(words):
        return None
    repeated = list(_repeated(claim, told[:end], contents[:end]))
    if any(says(words, said, every) for said in repeated):
        return ruling
    if any(says(words, said, every, turned=True) for said in repeated):
        return ruling.turned
    repeats = _in_other_words(claim, told, contents, end) if is_held else None
    if repeats is None:
        return None
    led = [at for at in range(max(0, end - LEADING), end) if at != repeats]
    read = [told[repeats], *(told[at] for at in led), ruling.sentence.quote]
    return replace(ruling, section=" ".join(read))


def within_rating(rated: Stance | None, stance: Vectors) -> Vectors:
    """A stance, shape (3,), without what contradicts the rating of its document, which has weighed
    that; as it is for None."""
    if rated is None:
        return stance
    counted = np.array(stance)
    for camp in (SUPPORTS, REFUTES):
        if STANCES[camp] != rated:
            counted[NEI] += counted[camp]
            counted[camp] = 0
    return counted


def _ratings(
    document: Document, passages: Sequence[Passage]
) -> tuple[list[str], dict[int, Ruling]]:
    """The title and the sentences of a document, and the ratings among them, by their places.

    "Claim: ..." and the rating in the line below it are two, though no full stop is between them.

    One word is plainly a rating at the end or below a heading; elsewhere it is one of several.
    """
    text = document.text
    # A sentence of two passages is that of the later one.
    holding = {span: passage for passage in passages for span in passage.sentences}
    told, given = [document.title], dict[int, Ruling]()
    headed, end = False, len(text.rstrip())
    lines = [
        (span, line)
        for span in sorted(holding, key=lambda span: span.start)
        for line in _LINE.finditer(text, span.start, span.end)
    ]
    for span, line in lines:
        sentence = line[0]
        is_plain = headed or line.end() >= end
        found = rating(sentence, stands_alone=True)
        if found is not None:
            is_plain = is_plain or rating(sentence) is not None
            quote = Quote(line.start(), line.end(), sentence)
            given[len(told)] = Ruling(found, holding[span], quote, is_plain=is_plain)
        headed = heads_rating(sentence)
        told.append(sentence)
    return told, given


def _by_title(claim: str, document: Document) -> Ruling | None:
    """That of a title that rates the claim: "FALSE: The tunnel leaks"."""
    rated = rated_title(document.title)
    if rated is None or not set(NUMBER.findall(claim)) <= set(NUMBER.findall(rated)):
        return None
    words = content(claim)
    if len(words) < FEWEST_WORDS or not says(words, content(rated), frozenset(words)):
        return None
    first = split(document)[0]
    span = first.sentences[0]
    sentence = Quote(span.start, span.end, document.text[span.start : span.end])
    return Ruling(Rating("REFUTES", PLAIN), first, sentence, by_title=True)


def _named(claim: str, rulings: Sequence[Ruling], every: frozenset[str]) -> Ruling | None:
    """The rating that names the claim, if all that do agree: "The claim that it leaks is false".

    Args:
        every: the words of all sentences.
    """
    words, numbers = content(claim), set(NUMBER.findall(claim))
    found = []
    for ruling in rulings:
        named = what_is_rated(ruling.sentence.quote)
        if named is None or not numbers <= set(NUMBER.findall(named)):
            continue
        for turned in (False, True):
            if says(words, with_pronouns(named), every, turned=turned):
                found.append(ruling.turned if turned else ruling)
    return _agreed(found)


def _among_others(
    claim: str, told: Sequence[str], every: frozenset[str], given: Mapping[int, Ruling]
) -> Ruling | None:
    """The one of several ratings that rates the claim: it follows the sentence that says it.

    Between a rating and the one before, what is said first is rated.

    Args:
        every: the words of all sentences.
    """
    words, numbers = content(claim), set(NUMBER.findall(claim))
    begin, rate = 1, list[Ruling]()
    for at, ruling in given.items():
        first = begin == 1
        section = range(max(begin, at - RATED_WITHIN) if first else begin, at)
        begin = at + 1
        if _ONE_OF_SEVERAL.search(ruling.sentence.quote):
            continue
        for start in section:
            for text in (told[start], " ".join(told[start : min(start + 2, at)])):
                each = with_pronouns(text)
                if (
                    is_said(text)
                    and numbers <= set(NUMBER.findall(text))
                    and len(each) <= LONGER * len(words)
                    and says(words, each, every)
                ):
                    rate.append(ruling)
            if not first and is_said(told[start]):
                break
    return _agreed(rate)


def _agreed(rulings: Sequence[Ruling]) -> Ruling | None:
    """The last of several, if all rule the same."""
    return rulings[-1] if len({ruling.rating.stance for ruling in rulings}) == 1 else None


def _repeated(
    claim: str, sentences: Sequence[str], told: Sequence[Sequence[str]]
) -> Iterator[list[str]]:
    """The words of the sentences by which a text says the claim, or its opposite, as somebody's, if
    it comes back to it, or names it as what is claimed.

    What it tells once, or as its own, is most often what it has found out: that is not rated.

    Args:
        told: the words of each sentence.
    """
    words, numbers = content(claim), set(NUMBER.findall(claim))
    if len(words) < FEWEST_WORDS:
        return
    held = [shared(words, each) / len(words) for each in told]
    said = [is_said(sentence) for sentence in sentences]
    again = [at for at, share in enumerate(held) if share >= COMES_BACK_FROM and said[at]]
    lines = _claim_lines(sentences)
    places = 0
    for size, at in product((1, 2), range(len(told))):
        place = range(at, min(at + size, len(told)))
        if sum(held[each] for each in place) < REPEATED_FROM or places == MOST_PLACES:
            continue
        comes_back = bool(again) and (again[0] <= at - APART or again[-1] >= place[-1] + APART)
        text = " ".join(sentences[each] for each in place)
        if (at in lines or (comes_back and is_said(text))) and numbers <= set(NUMBER.findall(text)):
            places += 1
            yield with_pronouns(text)


def _claim_lines(sentences: Sequence[str]) -> set[int]:
    """The places of "Claim: the tunnel leaks", or of that below the heading "Claim"."""
    lines = [claim_of(sentence) for sentence in sentences]
    below = {at + 1 for at, line in enumerate(lines) if line == "" and at + 1 < len(lines)}
    return below | {at for at, line in enumerate(lines) if line}


def _in_other_words(
    claim: str, sentences: Sequence[str], told: Sequence[Sequence[str]], end: int
) -> int | None:
    """The sentence before a rating that repeats the claim as somebody's; None if none does.

    The text tells as somebody's what it checks, and as its own what it finds out: the claim is what
    its sentences of the first kind tell. All numbers of the claim are in these, and one that holds
    nearly as much of it as any of them turns it no more than the claim does.

    Args:
        told: the words of each sentence.
        end: place of the rating.
    """
    words = set(content(claim))
    said = [is_said(sentence) for sentence in sentences]
    held = [len(words.intersection(each)) / max(1, len(words)) for each in told]
    most = max((held[at] for at in range(end) if said[at]), default=0.0)
    own = max((held[at] for at in range(end) if not said[at]), default=0.0)
    # What is told below the rating alone is not what it rates.
    below = [at for at in range(end + 1, len(told)) if held[at] >= TOLD_FROM]
    if any(held[at] >= most + (NEARLY if said[at] else 0) for at in below):
        return None
    lines = _claim_lines(sentences[:end])
    # Where a text names its claim, what others say beside that is what it has found out.
    reported = [at for at in range(end) if (at in lines if lines else said[at])]
    numbers = {number for at in reported for number in NUMBER.findall(sentences[at])}
    if most < max(own, TOLD_FROM) or not numbers.issuperset(NUMBER.findall(claim)):
        return None
    best = [
        at
        for at in [at for at in reported if held[at] >= most - NEARLY][-MOST_PLACES:]
        if turns(content(claim), told[at]) and not words.intersection(speakers(sentences[at]))
    ]
    return best[-1] if best else None
