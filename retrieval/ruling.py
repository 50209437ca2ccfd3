"""(claim, document) -> what the document rules on it: "We rate this claim False."

A fact-check repeats the claim, almost word for word and more than once, and gives its rating in a
sentence of its own. Together they decide; the stance model reads them apart and misses that.
By rule, for English, and only where the form is plain. What the text states as its own findings is
left to the stance model. Of several ratings that differ, each rates what is said right before it.
Where the text tells the claim in other words, the model reads these words and the rating together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, product

from index.documents import Document, Vectors
from index.split import split
from index.terms import terms
from retrieval.claim_lines import claim_of, has_rated_line
from retrieval.rating import (
    MAY_RATE,
    NUMBER,
    heads_rating,
    is_said,
    rating,
    what_is_rated,
)
from retrieval.reading_on import LONGEST_ARTICLE
from retrieval.repeats import (
    REPEATED_FROM,
    content,
    negates_alike,
    says,
    shared,
    speakers,
    with_pronouns,
)
from retrieval.ruling_lines import (
    FEWEST_WORDS,
    LONGER,
    Line,
    Ruling,
    by_label,
    lines_of,
    right_after,
)
from retrieval.types import STANCES, Stance
from retrieval.verdict import REFUTES, SUPPORTS, without_side

# Most sentences of a document in which a ruling is looked for.
MOST_SENTENCES = 1_500
# A text comes back to a claim in a sentence so many sentences from the one that says it, with this
# share of the claim's words: the least of both.
APART, COMES_BACK_FROM = 3, 0.6
# Most sentences of a text that are compared with the claim word by word.
MOST_PLACES = 30
# Least share of the claim's words in a sentence that tells it in other words; one with so much less
# than the best one tells it, too.
TOLD_FROM, NEARLY = 0.5, 0.15
# Sentences before a rating that are read with it.
LEADING = 2
# Least share of the claim's words in the statement that a rating of it names.
NAMED_FROM = 0.3
# Sentences before the first of several ratings that may hold what it rates.
RATED_WITHIN = 4
# Words of a rating that rates one of several statements, without saying which.
_ONE_OF_SEVERAL = re.compile(
    r"\b(?:first|second|third|fourth|fifth|other|others|latter|former|last|both|all|these|those)\b",
    re.IGNORECASE,
)


def ruling_on(claim: str, document: Document) -> Ruling | None:
    """The ruling of a document on the claim, None where it gives none. A ruling with a section is
    only likely to be one on the claim."""
    if document.language not in (None, "en"):
        return None
    if len(document.text) > LONGEST_ARTICLE:
        return None
    whole = f"{document.title}\n{document.text}"
    if MAY_RATE.search(document.text) is None and not has_rated_line(whole):
        return None
    words = set(content(claim))
    held = len(words & set(terms(whole)))
    if held < REPEATED_FROM * len(words):
        return None
    passages = split(document)
    if sum(len(passage.sentences) for passage in passages) > MOST_SENTENCES:
        return None
    lines = lines_of(document, passages)
    for rule in (by_label, right_after):
        if (ruling := rule(claim, document, lines)) is not None:
            return ruling
    told, given = _ratings(document, lines)
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
    """The ruling on the claim by the last of ratings that agree; None if it rates another one.

    Args:
        contents: the words of each sentence.
        end: index of the rating among the sentences.
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
    """A stance, shape (3,), whose probability against the rating of its document is moved to
    NOT_ENOUGH_INFO; unchanged where `rated` is None."""
    if rated is None:
        return stance
    for side in (SUPPORTS, REFUTES):
        if STANCES[side] != rated:
            stance = without_side(stance, side)
    return stance


def _ratings(document: Document, lines: Sequence[Line]) -> tuple[list[str], dict[int, Ruling]]:
    """The title and the sentences of a document, and the ratings among them by their indices.

    A rating of one word, "False.", is plain only at the end of the text or below a heading.
    """
    told, given = [document.title], dict[int, Ruling]()
    headed, end = False, len(document.text.rstrip())
    for passage, line in lines:
        is_plain = headed or line.end >= end
        found = rating(line.quote, stands_alone=True)
        if found is not None:
            is_plain = is_plain or rating(line.quote) is not None
            given[len(told)] = Ruling(found, passage, line, is_plain=is_plain)
        headed = heads_rating(line.quote)
        told.append(line.quote)
    return told, given


def _named(claim: str, rulings: Sequence[Ruling], every: frozenset[str]) -> Ruling | None:
    """The ruling that names the claim: "The claim that it leaks is false"; None where none does, or
    where those that do differ.

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
    """The ruling on the claim among ratings that differ: the one after the sentence that says it.

    A rating rates what is said first after the rating before it.

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
    """The last of the rulings, if there are any and all agree."""
    return rulings[-1] if len({ruling.rating.stance for ruling in rulings}) == 1 else None


def _repeated(
    claim: str, sentences: Sequence[str], told: Sequence[Sequence[str]]
) -> Iterator[list[str]]:
    """The words of one or two neighbouring sentences that may say the claim, or its opposite, as
    what somebody says: the text comes back to it, or names it ("Claim: ...").

    What a text tells only once, or as its own, is most often what it has found out, not what it
    rates.

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
    """The indices of sentences such as "Claim: the tunnel leaks", and of those below the heading
    "Claim"."""
    lines = [claim_of(sentence) for sentence in sentences]
    below = {at + 1 for at, line in enumerate(lines) if line == "" and at + 1 < len(lines)}
    return below | {at for at, line in enumerate(lines) if line}


def _in_other_words(
    claim: str, sentences: Sequence[str], told: Sequence[Sequence[str]], end: int
) -> int | None:
    """The index of the sentence before a rating that tells the claim in other words, as what
    somebody says; None if none does.

    What somebody says is what the text checks; what the text says itself is what it has found out.
    So the sentences that say what somebody says have to hold all numbers of the claim, and more of
    its words than the others. The sentence is the last that holds nearly as many of the words as
    any of them, and negates as often as the claim.

    Args:
        told: the words of each sentence.
        end: index of the rating.
    """
    words = set(content(claim))
    said = [is_said(sentence) for sentence in sentences]
    held = [len(words.intersection(each)) / max(1, len(words)) for each in told]
    most = max((held[at] for at in range(end) if said[at]), default=0.0)
    own = max((held[at] for at in range(end) if not said[at]), default=0.0)
    # A rating does not rate what only the sentences after it tell.
    below = [at for at in range(end + 1, len(told)) if held[at] >= TOLD_FROM]
    if any(held[at] >= most + (NEARLY if said[at] else 0) for at in below):
        return None
    lines = _claim_lines(sentences[:end])
    # Where a text names the claim ("Claim: ..."), what others say elsewhere is a finding.
    reported = [at for at in range(end) if (at in lines if lines else said[at])]
    numbers = {number for at in reported for number in NUMBER.findall(sentences[at])}
    if most < max(own, TOLD_FROM) or not numbers.issuperset(NUMBER.findall(claim)):
        return None
    best = [
        at
        for at in [at for at in reported if held[at] >= most - NEARLY][-MOST_PLACES:]
        if negates_alike(content(claim), told[at])
        and not words.intersection(speakers(sentences[at]))
    ]
    return best[-1] if best else None
