"""What a quantity of a sentence is: the amount itself, or by how much it differs from another."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from retrieval.values.numbers import Slice
from retrieval.values.parsed import Parsed, end_with_unit, words_between
from retrieval.values.quantity import ORDINAL, Measure, Quantity
from retrieval.values.relate import Relation, relate
from retrieval.values.words import TURNING

# amount: how much there is. difference: "300,000 more than planned". change: "by 300,000".
# before: what it was, or is compared with: "from 12", "against 12".
Role = Literal["amount", "difference", "change", "before"]
MORE = frozenset({
    "more", "higher", "greater", "larger", "longer", "bigger", "older", "taller", "heavier",
    "deeper", "wider", "dearer", "hotter", "warmer", "up", "above",
})  # fmt: skip
FEWER = frozenset({
    "fewer", "less", "lower", "smaller", "shorter", "younger", "lighter", "narrower", "cheaper",
    "colder", "cooler", "down", "below",
})  # fmt: skip
# Stems of verbs and words for what becomes more, and for what becomes less.
UP = {"rose", "rise", "risen", "grew", "grow", "grown", "increas", "up", "climb", "jump", "gain",
      "rais"}  # fmt: skip
DOWN = {"fell", "fall", "fallen", "drop", "declin", "decreas", "shrank", "shrink", "down", "lost",
        "cut", "lower", "reduc"}  # fmt: skip
# Words that say whose a statement is. Whether he vouches for it, others tell.
_ATTRIBUTING = frozenset({
    "according", "reported", "reports", "said", "say", "says", "spokesman", "spokesperson",
    "spokeswoman", "state", "stated", "states", "told",
})  # fmt: skip
# Words of a claim about some, all or several of its things: a single value says too little of it.
_OF_SEVERAL = frozenset({
    "all", "alone", "altogether", "another", "any", "average", "both", "combined", "double",
    "each", "else", "every", "except", "few", "final", "first", "former", "fortnight", "further",
    "gap", "half", "last", "lead", "majority", "margin", "never", "next", "nobody", "none",
    "nowhere", "only", "other", "others", "outside", "previous", "remaining", "rest", "second",
    "single", "sum", "third", "times", "together", "total", "triple", "twice", "usual", "whole",
})  # fmt: skip
_COMPARED = re.compile(
    rf"\s*(?:[^\W\d_]+\s+){{0,2}}?(?P<cue>{'|'.join(sorted(MORE | FEWER))})\b", re.I
)
_CHANGE = re.compile(
    r"\bby\s+(?:about|around|some|nearly|almost|just|only|more than|at least|over)?\s*$"
    r"|\b(?:rise|rose|risen|fall|fell|fallen|grew|grown|drop|dropped|gain|gained|lost|loss|climbed"
    r"|jumped|increase|decrease|decline|up|down|cut)\s+(?:of\s+)?$",
    re.I,
)
_LIMIT = re.compile(r"(?:below|under|above)\b", re.I)  # fell below 80
_BEFORE = re.compile(
    r"\b(?:from|against|compared (?:with|to)|than|instead of|rather than|not)\s+(?:the\s+)?$", re.I
)
# What a thing is compared with, to the end of the clause.
_OTHER = re.compile(
    r"\b(?:than|against|compared (?:with|to)|after|before|since|short of|from what|behind"
    r"|ahead of)\b[^,;:.]*",
    re.I,
)
_THING = re.compile(r"\b(?:an?|the|this|its|his|her|their)\s+([a-z]+)\b")
_QUOTED = re.compile(r"[\"“”]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NAME = re.compile(r"(?<=[\w,;] )(?!I\b)[A-Z][\w’'-]*")
_CALENDAR = {*calendar.month_name, *calendar.day_name}
_LOOK_BACK = 30  # characters in front of a quantity that are searched for what it is
_TIMES = {"year", "month", "week", "season", "summer", "winter", "spring", "autumn"}
# Stems of words that say only that something is counted or measured.
_FILLING = {"number", "amount", "rate", "level", "figur", "count", "size"}
# Letters that two forms of a word have in common: replacing, replacement.
_SAME_LETTERS = 5


def role_of(parsed: Parsed, quantity: Quantity) -> Role:
    """What a quantity is in its sentence."""
    if compared_by(parsed, quantity):
        return "difference"
    before = parsed.text[max(0, quantity.start - _LOOK_BACK) : quantity.start]
    if _CHANGE.search(before) and not _LIMIT.match(parsed.text, quantity.start):
        return "change"
    return "before" if _BEFORE.search(before) else "amount"


def compared_by(parsed: Parsed, quantity: Quantity) -> tuple[str, Slice] | None:
    """The word that makes a quantity a difference, with its place: "eight more than a year ago"."""
    cue = _COMPARED.match(parsed.text, end_with_unit(quantity))
    return (cue["cue"].lower(), Slice(*cue.span("cue"))) if cue else None


def cardinal_quantities(parsed: Parsed) -> list[Quantity]:
    """The quantities of a text without those that say which one of several something is."""
    return [
        value for value in parsed.values if isinstance(value, Quantity) and value.base != ORDINAL
    ]


def measured_alike(one: Quantity, other: Quantity) -> tuple[Measure, Measure] | None:
    """The readings of two quantities of a sentence that measure the same. A bare number is of what
    was measured before it: the 702 of "614 sheep; the year before it was 702"."""
    if one.per != other.per and other.base:
        return None
    noun = "" if other.noun in _TIMES else other.noun  # 2,700 the winter before
    for a in one.measures:
        for b in other.measures:
            if a.base == b.base and (a.base or noun in ("", one.noun)):
                return a, b
    if noun or other.base or not one.number:
        return None
    a = one.measures[0]
    told = other.number * a.low / one.number
    return a, replace(a, low=told, high=told)


def words_held(words: Iterable[str], others: Iterable[str]) -> set[str]:
    """Which of the stems are among the others, in the same form or another."""
    known = {_form(word) for word in others}
    return {word for word in words if _form(word) in known}


def _form(word: str) -> str:
    return re.sub("v$", "f", word[:_SAME_LETTERS])  # wolves, wolf


def share_held(words: Iterable[str], others: Iterable[str]) -> float:
    """Share of the stems that are among the others; 0 of none."""
    wanted = set(words) - _FILLING
    return len(words_held(wanted, others)) / len(wanted) if wanted else 0.0


def comparison_slices(text: str) -> list[Slice]:
    """What things are compared with in a text: "than planned", "after Mount Leba"."""
    return [Slice(*found.span()) for found in _OTHER.finditer(text)]


def words_told(sentence: Parsed) -> frozenset[str]:
    """The content words of a sentence but those of what it is compared with."""
    words: set[str] = set()
    at = 0
    for other in comparison_slices(sentence.text):
        words |= words_between(sentence, at, other.start)
        at = other.end
    return frozenset(words | words_between(sentence, at, len(sentence.text)))


def dates_agree(claim: Parsed, sentence: Parsed) -> bool:
    """Whether each date and time of a claim is one of the sentence, and not of something else."""
    elsewhere = comparison_slices(sentence.text)
    told = [
        value
        for value in sentence.values
        if not any(other.start <= value.start < other.end for other in elsewhere)
    ]
    return all(
        any(relate(value, other) is Relation.EQUAL for other in told)
        for value in claim.values
        if not isinstance(value, Quantity)
    )


def names_fit(claim: Parsed, sentence: Parsed) -> bool:
    """Whether the names of a claim stand in a sentence, or this names nothing else: what came
    before it says of whom it is."""
    told = names_in(sentence)
    return all(name in sentence.text for name in names_in(claim)) or not told - names_in(claim)


def names_in(parsed: Parsed) -> set[str]:
    found = {re.sub("['’]s?$", "", name) for name in _NAME.findall(parsed.text)}
    return found - _CALENDAR


def same_turning_words(claim: Parsed, sentence: Parsed) -> bool:
    """Whether a claim and a sentence hold the same words that turn or weaken what is said; whose
    word it is may differ."""
    return not (claim.turning ^ sentence.turning) - _ATTRIBUTING


def states_plainly(claim: Parsed, sentence: Parsed, value: Slice | None = None) -> bool:
    """Whether a sentence states something, and a claim is of one thing that it may state.

    Args:
        value: place of what the claim says of it, where "half" and "third" are nothing else.
    """
    if sentence.text.rstrip().endswith("?") or _QUOTED.search(sentence.text + claim.text):
        return False
    # What was planned or expected may be what an amount is compared with.
    stated = set(_words(_OTHER.sub(" ", sentence.text)))
    said = claim.text if value is None else claim.text[: value.start] + claim.text[value.end :]
    # "The plan" is a thing there where both sides name it, and says nothing of what was planned.
    things = set.intersection(*(set(_THING.findall(one.text.lower())) for one in (claim, sentence)))
    for word in {*stated, *_words(said)} - _ATTRIBUTING - things:
        if word in TURNING or word.endswith(("n't", "n’t")):
            return False
    return not {*_words(said)} & _OF_SEVERAL - stated


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())
