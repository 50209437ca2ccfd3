"""(claim, document) -> what the document rules on it: "We rate this claim False."

A fact-check repeats what it rates, almost word for word and more than once, and gives its rating in
a sentence of its own. A small model reads them apart, among others; joined, they settle the matter.
By rule, for English, and only where the form is plain: texts that rate several statements in
different ways, and what the text tells as its own findings, are left to the stance model. Where the
text tells the claim in other words, the model reads these together with the rating.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import chain, islice

import numpy as np

from index.documents import Document, Passage, Vectors
from index.split import split
from index.terms import terms
from retrieval.rating import MAY_RATE, OPENED, Rating, heads_rating, rating
from retrieval.types import STANCES, Quote, Stance
from retrieval.values.words import STOP
from retrieval.verdict import NEI, REFUTES, SUPPORTS
from retrieval.voice import attributions

# Characters of a document above which no ruling is looked for in it.
LONGEST_ARTICLE = 60_000
# Share of the claim's words that the text repeats in their order, at the least.
REPEATED_FROM = 0.8
# Fewest words of a claim of which it can be said that a text repeats it.
FEWEST_WORDS = 3
# Sentences from one that says the claim to another that comes back to it, and the share of the
# claim's words that this one holds, at the least.
APART, COMES_BACK_FROM = 3, 0.6
# Most sentences of a text that are compared with the claim word by word.
MOST_PLACES = 30
# Stems of what turns a statement; "t" is that of "n't".
_NEGATIONS = frozenset(
    re.findall(
        r"\S+",
        "not no never none nor neither without cannot nobodi noth hard t fals fake untru wrong deni"
        " reject fail refus",
    )
)
# Stems of what a statement may follow.
_SAYING = frozenset(
    re.findall(r"\S+", "said say wrote write claim state tweet post told declar argu assert")
)
# Share of the claim's words that a sentence holds which tells it in other words, at the least, and
# what another that does may hold less than it.
TOLD_FROM, NEARLY = 0.5, 0.15
# What is in no name of a speaker.
_NO_NAME = re.compile(
    r"\b(?:is|are|was|were|be|do|does|did|has|have|had|will|would|can|could|you)\b|n['’]t\b",
    re.IGNORECASE,
)
# Sentences that lead to a rating.
LEADING = 2
# Words before what is repeated, and after it, in which it may be turned.
BEFORE, AFTER = 6, 3
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a document rules on a claim, the sentence that says so, and the passage of that.

    section: where the claim is repeated in other words, the sentences that repeat it, lead to the
    rating and give it: a reader of these has to say whether it is the claim that they rate. None
    where the claim is repeated almost word for word, so that nobody has to be asked.
    """

    rating: Rating
    passage: Passage
    sentence: Quote
    section: str | None = None

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
    if len(document.text) > LONGEST_ARTICLE or MAY_RATE.search(document.text) is None:
        return None
    words = set(_content(claim))
    held = len(words & set(terms(f"{document.title} {document.text}")))
    if held < REPEATED_FROM * len(words):
        return None
    passages = split(document)
    ruling = _only_ruling(document.text, passages)
    if ruling is None:
        return None
    before = [document.title, *_sentences(document.text[: ruling.sentence.start], passages)]
    if _is_checked(claim, before):
        return ruling
    repeats = _in_other_words(claim, before) if held == len(words) else None
    if repeats is None:
        return None
    led = [at for at in range(max(0, len(before) - LEADING), len(before)) if at != repeats]
    told = [before[repeats], *(before[at] for at in led), ruling.sentence.quote]
    return replace(ruling, section=" ".join(told))


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


def _only_ruling(text: str, passages: Sequence[Passage]) -> Ruling | None:
    """The last rating of a text, if it is plain, and each rating in it is the same."""
    end = len(text.rstrip())
    # A sentence of two passages is that of the later one.
    holding = {span: passage for passage in passages for span in passage.sentences}
    rulings = []
    headed = False
    for span, passage in holding.items():
        sentence = text[span.start : span.end]
        given = rating(sentence, stands_alone=headed or span.end >= end)
        if given is not None:
            rulings.append(Ruling(given, passage, Quote(span.start, span.end, sentence)))
        headed = heads_rating(sentence)
    return rulings[-1] if len({ruling.rating.stance for ruling in rulings}) == 1 else None


def _sentences(text: str, passages: Sequence[Passage]) -> list[str]:
    """The sentences of the passages that lie in this beginning of their text, each once."""
    spans = {(span.start, span.end) for passage in passages for span in passage.sentences}
    return [text[start:end] for start, end in sorted(spans) if end <= len(text)]


def _is_checked(claim: str, sentences: Sequence[str]) -> bool:
    """Whether a text says the claim as somebody's, almost word for word, and comes back to it.

    What it tells once, or as its own, is most often what it has found out: that is not rated.
    """
    words = _content(claim)
    if len(words) < FEWEST_WORDS:
        return False
    told = [_content(sentence) for sentence in sentences]
    numbers = set(_NUMBER.findall(claim))
    again = [
        at
        for at, (text, each) in enumerate(zip(sentences, told, strict=True))
        if _shared(words, each) >= COMES_BACK_FROM * len(words) and _is_said(text, each)
    ]

    def may_say(place: range) -> bool:
        if not any(at <= place[0] - APART or at >= place[-1] + APART for at in again):
            return False
        text, each = " ".join(sentences[at] for at in place), _flat(told, place)
        enough = _shared(words, each) >= REPEATED_FROM * len(words)
        return enough and numbers <= set(_NUMBER.findall(text)) and _is_said(text, each)

    every = frozenset(chain.from_iterable(told))
    places = [range(at, at + size) for size in (1, 2) for at in range(len(told) + 1 - size)]
    return any(
        _says(words, _flat(told, place), every)
        for place in islice(filter(may_say, places), MOST_PLACES)
    )


def _in_other_words(claim: str, sentences: Sequence[str]) -> int | None:
    """The sentence before a rating that repeats the claim as somebody's; None if none does.

    The text tells as somebody's what it checks, and as its own what it finds out: the claim is what
    its sentences of the first kind tell. All numbers of the claim are in these, and one that holds
    nearly as much of it as any of them turns it no more than the claim does.
    """
    words = set(_content(claim))
    told = [_content(sentence) for sentence in sentences]
    said = [_is_said(text, each) for text, each in zip(sentences, told, strict=True)]
    held = [len(words.intersection(each)) / max(1, len(words)) for each in told]
    most = max((share for share, is_said in zip(held, said, strict=True) if is_said), default=0.0)
    own = max((share for share, is_said in zip(held, said, strict=True) if not is_said), default=0)
    reported = [at for at, is_said in enumerate(said) if is_said]
    numbers = {number for at in reported for number in _NUMBER.findall(sentences[at])}
    if most < max(own, TOLD_FROM) or not numbers.issuperset(_NUMBER.findall(claim)):
        return None
    best = [
        at
        for at in reported
        if held[at] >= most - NEARLY
        and _turns(_content(claim), told[at])
        and not words.intersection(_speakers(sentences[at]))
    ]
    return best[-1] if best else None


def _turns(words: Sequence[str], told: Sequence[str]) -> bool:
    """Whether a text negates as often as the words do where it holds these."""
    blocks = SequenceMatcher(None, words, told, False).get_matching_blocks()[:-1]
    if not blocks:
        return False
    said = told[max(0, blocks[0].b - BEFORE) : blocks[-1].b + blocks[-1].size + AFTER]
    return len(_NEGATIONS.intersection(said)) == len(_NEGATIONS.intersection(words))


def _speakers(sentence: str) -> set[str]:
    """The stems of the names of those who say something in a sentence, if nothing else has them:
    "Lind wrote that Holt paid" does not tell that Lind paid."""
    names = [one.speaker for one in attributions(sentence) if one.speaker]
    names = [(start, end) for start, end in names if not _NO_NAME.search(sentence, start, end)]
    rest = sentence
    for start, end in names:
        rest = f"{rest[:start]}{' ' * (end - start)}{rest[end:]}"
    spoken = {stem for start, end in names for stem in _content(sentence[start:end])}
    return spoken.difference(_content(rest))


def _flat(told: Sequence[Sequence[str]], place: range) -> list[str]:
    """The words of the sentences of a place."""
    return [word for at in place for word in told[at]]


def _shared(words: Sequence[str], told: Sequence[str]) -> int:
    """Number of the words that a text holds, each as often as it does."""
    return (Counter(words) & Counter(told)).total()


def _is_said(text: str, told: Sequence[str]) -> bool:
    """Whether a text quotes somebody, or tells what is said."""
    return OPENED.search(text) is not None or not _SAYING.isdisjoint(told)


def _says(words: Sequence[str], told: Sequence[str], every: frozenset[str]) -> bool:
    """Whether a text says the claim: its words in their order, and no other negation.

    Words may be left out where they stand in other sentences ("she" for a name); a word in
    another's place makes it another statement, but for "Holt said" before the rest of it.

    Args:
        words: of the claim.
        told: of the text.
        every: the words of all sentences.
    """
    enough = REPEATED_FROM * len(words)
    steps = SequenceMatcher(None, words, told, False).get_opcodes()
    for kind, start, end, first, last in steps:
        if (
            kind == "insert"
            and 0 < start < len(words)
            and _SAYING.intersection(told[first : last - 1])
        ):
            return False  # "Lind wrote that Holt paid" is not "Lind paid"
        if kind in ("equal", "insert"):
            continue
        introduced = start == 0 and first < last and told[last - 1] in _SAYING
        if (kind == "replace" and not introduced) or not every.issuperset(words[start:end]):
            return False
    same = [step for step in steps if step[0] == "equal"]
    if sum(end - start for _, start, end, _, _ in same) < enough:
        return False
    said = told[max(0, same[0][3] - BEFORE) : same[-1][4] + AFTER]
    return len(_NEGATIONS.intersection(said)) == len(_NEGATIONS.intersection(words))


def _content(text: str) -> list[str]:
    """The stems of a text that say what it is about, in their order."""
    return [term for term in terms(text) if term not in STOP]
