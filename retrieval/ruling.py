"""(claim, document) -> what the document rules on it: "We rate this claim False."

A fact-check repeats what it rates, almost word for word and more than once, and gives its rating in
a sentence of its own. A small model reads them apart, among others; joined, they settle the matter.
By rule, for English, and only where the form is plain: ratings between true and false, texts that
rate several statements in different ways, and what the text tells once, as its own findings, are
left to the stance model.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import chain, islice

from index.documents import Document, Passage
from index.split import split
from index.terms import terms
from retrieval.types import Quote, Stance
from retrieval.values.words import STOP
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
# Probability of the stance that a rating gives, and that one with "mostly" before it gives.
PLAIN, MOSTLY = 0.96, 0.8

_BETWEEN = (
    r"(?:half|partly|partially|somewhat|technically)[- ](?:true|false|accurate|correct|right|wrong)"
    r"|misleading|unproven|unsupported|mixture|missing context|out of context|exaggerated"
)
_MOSTLY = r"(?:mostly|largely|nearly|almost|basically|generally)[- ]"
_FALSE = (
    r"false|pants[- ]on[- ]fire|untrue|not (?:true|accurate|correct)|incorrect|inaccurate|wrong"
    r"|fake|a hoax|fabricated|baseless|four pinocchios"
)
_TRUE = r"true|accurate|correct|right"
_RATING = (
    rf"(?P<between>{_BETWEEN})"
    rf"|(?P<mostly_refutes>{_MOSTLY}(?:false|wrong|incorrect|inaccurate)|barely[- ]true)"
    rf"|(?P<mostly_supports>{_MOSTLY}(?:true|accurate|correct|right))"
    rf"|(?P<refutes>{_FALSE})|(?P<supports>{_TRUE})"
)
_STATEMENT = (
    r"(?:claims?|statements?|posts?|assertions?|ads?|charges?|comments?|remarks?|figures?|numbers?"
    r"|story|rumou?rs?|memes?|tweets?|messages?|allegations?|contentions?|quot(?:es?|ations?)"
    r"|boasts?|accusations?|headlines?|assessments?)"
)
_ENDS = r"\s*[.!”\"’')]*\s*$"
# A rating counts at the end of its sentence alone: "is true that", "is wrong about" rate nothing.
# "We rate his statement True." tells whose rating it is; the other forms do not.
_WE_RATE = re.compile(
    rf"\b(?:we|i|politifact(?: \w+)?)(?:'ll|’ll)?\s+(?:\w+\s)?(?:rates?|rules?|judges?|deems?"
    rf"|calls?|finds?|labels?|grades?|declares?|says?|gives?)\b.{{0,200}}?\W(?:{_RATING}){_ENDS}",
    re.IGNORECASE,
)
_FORMS = (
    _WE_RATE,
    *(
        re.compile(form, re.IGNORECASE)
        for form in (
            # "Our ruling: False", "Verdict. False", "Politifact rating: True"
            rf"(?:^|\W)(?:rating|ruling|verdict|conclusion|fact[- ]check|result)\W{{0,4}}\s*"
            rf"(?:is\W{{1,3}})?(?:(?:the|this) {_STATEMENT} is )?\W{{0,2}}(?:{_RATING}){_ENDS}",
            # "That is False.", "His statement rates Pants on Fire!", "In sum, we think it is True."
            r"(?:^|[,;:—–-]\s+|\b(?:so|and|but|think|believe)\s+)"
            rf"(?:that|this|it|(?:\S+\s+){{0,4}}?{_STATEMENT})"
            r"(?:\s+(?:is|rates?|earns?|gets?|merits?|stands? as)|['’]s)"
            rf"\b.{{0,40}}?\W?(?:{_RATING}){_ENDS}",
            # "It fits our definition of False."
            rf"\b(?:definition|rating|ruling) of\W{{1,3}}(?:{_RATING}){_ENDS}",
            # "False." and "Pants on Fire!" at the end of the text
            rf"^\W*(?:{_RATING}){_ENDS}",
        )
    ),
)
_MAY_RULE = re.compile(rf"\b(?:{_RATING})[\s.!”\"’')]*(?:\s|$)", re.IGNORECASE)
# A rating that is another's, another time's or another matter's.
_NOT_OURS = re.compile(
    r"\b(?:rated|ruled|gave|received|earned|previously|earlier|would|could|might|if|whether|when"
    r"|asked|said|told|argued|repl(?:y|ies|ied)|answer(?:s|ed)|snopes|he|she|they)\b|n['’]t\b|\?",
    re.IGNORECASE,
)
# Who rates where somebody does, in lower case.
_OURS = ("we", "i", "politifact")
# A quotation that has begun and goes on to the end; marks at which one may begin and ends.
_QUOTED, _OPENED, _CLOSED = (
    re.compile(r"[\"“«„]\w[^\"”»]*$"),
    re.compile(r"[\"“«„]"),
    re.compile(r"[\"”»]"),
)
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
# Words before what is repeated, and after it, in which it may be turned.
BEFORE, AFTER = 6, 3
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Rating:
    """A stance, and its probability."""

    stance: Stance
    probability: float


# By the names of the groups that find them.
_RATINGS = {
    "supports": Rating("SUPPORTS", PLAIN),
    "refutes": Rating("REFUTES", PLAIN),
    "mostly_supports": Rating("SUPPORTS", MOSTLY),
    "mostly_refutes": Rating("REFUTES", MOSTLY),
    "between": Rating("NOT_ENOUGH_INFO", PLAIN),
}


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a document rules on a claim, the sentence that says so, and the passage of that."""

    rating: Rating
    passage: Passage
    sentence: Quote


def ruling_on(claim: str, document: Document) -> Ruling | None:
    """What the document rules on the claim, if it plainly does."""
    if document.language not in (None, "en"):
        return None
    if len(document.text) > LONGEST_ARTICLE or _MAY_RULE.search(document.text) is None:
        return None
    words = set(_content(claim))
    if len(words & set(terms(f"{document.title} {document.text}"))) < REPEATED_FROM * len(words):
        return None
    passages = split(document)
    ruling = _only_ruling(document.text, passages)
    if ruling is None:
        return None
    before = [document.title, *_sentences(document.text[: ruling.sentence.start], passages)]
    return ruling if _is_checked(claim, before) else None


def _only_ruling(text: str, passages: Sequence[Passage]) -> Ruling | None:
    """The last rating of a text, if it is plain, and each rating in it is the same."""
    end = len(text.rstrip())
    # A sentence of two passages is that of the later one.
    holding = {span: passage for passage in passages for span in passage.sentences}
    rulings = []
    for span, passage in holding.items():
        sentence = text[span.start : span.end]
        given = rating(sentence, is_last=span.end >= end)
        if given is not None:
            rulings.append(Ruling(given, passage, Quote(span.start, span.end, sentence)))
    stances = {ruling.rating.stance for ruling in rulings}
    if len(stances) != 1 or "NOT_ENOUGH_INFO" in stances:
        return None
    return rulings[-1]


def rating(sentence: str, *, is_last: bool = False) -> Rating | None:
    """The rating that a sentence gives, NOT_ENOUGH_INFO between true and false; None if none.

    Args:
        is_last: whether it ends its text, where one word may be a rating.
    """
    for form in _FORMS if is_last else _FORMS[:-1]:
        found = form.search(sentence)
        if found is None:
            continue
        name = next(name for name in _RATINGS if found[name])
        at = found.start(name)
        if _NOT_OURS.search(sentence[:at]):
            continue
        if form is not _WE_RATE and _is_anothers(sentence, at):
            continue
        return _RATINGS[name]
    return None


def _is_anothers(sentence: str, at: int) -> bool:
    """Whether the rating at a place is somebody else's: after "Holt insists", or in a quotation."""
    before, after = sentence[:at], sentence[at:]
    if _QUOTED.search(before) or (_CLOSED.search(after) and not _OPENED.search(before)):
        return True
    speakers = [one.speaker for one in attributions(sentence)]
    return any(who and sentence[slice(*who)].casefold() not in _OURS for who in speakers)


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


def _flat(told: Sequence[Sequence[str]], place: range) -> list[str]:
    """The words of the sentences of a place."""
    return [word for at in place for word in told[at]]


def _shared(words: Sequence[str], told: Sequence[str]) -> int:
    """Number of the words that a text holds, each as often as it does."""
    return (Counter(words) & Counter(told)).total()


def _is_said(text: str, told: Sequence[str]) -> bool:
    """Whether a text quotes somebody, or tells what is said."""
    return _OPENED.search(text) is not None or not _SAYING.isdisjoint(told)


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
