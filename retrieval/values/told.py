"""(claim, sentence) -> what a quantity is there, and how much of the claim the sentence holds.

Questions that several rules ask: is a number an amount or a change (`role_of`), which words does a
sentence share with the claim (`share_held`), does it name somebody else (`names_fit`), does it
state anything (`states_plainly`)? Used by all rules of `correct.py`.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from retrieval.values.parsed import Parsed, end_with_unit, words_between
from retrieval.values.quantity import ORDINAL, Measure, Quantity
from retrieval.values.relate import Relation, relate
from retrieval.values.slices import Slice
from retrieval.values.words import TURNING

# What a quantity is in its sentence. amount: how much there is, "4 million crowns". difference: how
# much more or less than something else, "300,000 more than planned". change: how much it became
# more or less, "by 300,000". before: what it was, or is compared with, "from 12", "against 12".
Role = Literal["amount", "difference", "change", "before"]
# Words that say of a number before them that it is more than another: "eight [more] than in 2022".
MORE = frozenset({
    "more", "higher", "greater", "larger", "longer", "bigger", "older", "taller", "heavier",
    "deeper", "wider", "dearer", "hotter", "warmer", "up", "above",
})  # fmt: skip
# The same of a number that is less than another.
FEWER = frozenset({
    "fewer", "less", "lower", "smaller", "shorter", "younger", "lighter", "narrower", "cheaper",
    "colder", "cooler", "down", "below",
})  # fmt: skip
# Stems of words of a claim that say that something became more.
UP = {"rose", "rise", "risen", "grew", "grow", "grown", "increas", "up", "climb", "jump", "gain",
      "rais"}  # fmt: skip
# The same of what became less.
DOWN = {"fell", "fall", "fallen", "drop", "declin", "decreas", "shrank", "shrink", "down", "lost",
        "cut", "lower", "reduc"}  # fmt: skip
# Words of `TURNING` that only say who states something. Values are compared all the same: whether
# the text vouches for what is said, the stance model and voice.py tell.
_ATTRIBUTING = frozenset({
    "according", "reported", "reports", "said", "say", "says", "spokesman", "spokesperson",
    "spokeswoman", "state", "stated", "states", "told",
})  # fmt: skip
# Words of a claim about some, all or several of its things. One value of a sentence says too
# little of such a claim, unless the sentence has the word, too.
_OF_SEVERAL = frozenset({
    "all", "alone", "altogether", "another", "any", "average", "both", "combined", "double",
    "each", "else", "every", "except", "few", "final", "first", "former", "fortnight", "further",
    "gap", "half", "last", "lead", "majority", "margin", "never", "next", "nobody", "none",
    "nowhere", "only", "other", "others", "outside", "previous", "remaining", "rest", "second",
    "single", "sum", "third", "times", "together", "total", "triple", "twice", "usual", "whole",
})  # fmt: skip
# Behind the unit of a difference, with at most two words between: "five[ pairs fewer]".
_MORE_OR_FEWER_AFTER = re.compile(
    rf"\s*(?:[^\W\d_]+\s+){{0,2}}?(?P<cue>{'|'.join(sorted(MORE | FEWER))})\b", re.I
)
# Before a change: "[by about ]5", "[a rise of ]5", "[fell ]5".
_CHANGE_BEFORE = re.compile(
    r"\bby\s+(?:about|around|some|nearly|almost|just|only|more than|at least|over)?\s*$"
    r"|\b(?:rise|rose|risen|fall|fell|fallen|grew|grown|drop|dropped|gain|gained|lost|loss|climbed"
    r"|jumped|increase|decrease|decline|up|down|cut)\s+(?:of\s+)?$",
    re.I,
)
# The bound of a quantity that looks like a change and is a level: "fell [below] 80".
_LEVEL = re.compile(r"(?:below|under|above)\b", re.I)
# Before what something was, or is compared with: "[from ]12", "[rather than ]12".
_EARLIER_BEFORE = re.compile(
    r"\b(?:from|against|compared (?:with|to)|than|instead of|rather than|not)\s+(?:the\s+)?$", re.I
)
# What a thing is compared with, to the end of the clause: "12 goals, more [than Ustra had], and".
_COMPARISON = re.compile(
    r"\b(?:than|against|compared (?:with|to)|after|before|since|short of|from what|behind"
    r"|ahead of)\b[^,;:.]*",
    re.I,
)
# Between a part and its whole: "411[ out of the ]902".
OUT_OF = re.compile(r"\s+(?:out\s+)?of\s+(?:(?:the|its|their|all|those|his|her)\s+)?", re.I)
# A thing with its article or owner: "the [plan]".
_THING = re.compile(r"\b(?:an?|the|this|its|his|her|their)\s+([a-z]+)\b")
# Quotation marks: what they enclose is somebody else's words.
_QUOTED = re.compile(r"[\"“”]")
# A word, with its "'s" or "n't".
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# A word with a capital that does not begin the text: "mayor [Lind]".
_NAME = re.compile(r"(?<=[\w,;] )(?!I\b)[A-Z][\w’'-]*")
# Words with a capital that name nobody.
_CALENDAR = {*calendar.month_name, *calendar.day_name}
_LOOK_BACK = 30  # characters in front of a quantity that are searched for what it is
# Stems of a noun behind a number that it does not count: "2,700 the [winter] before".
_TIMES = {"year", "month", "week", "season", "summer", "winter", "spring", "autumn"}
# Stems of words that say only that something is counted or measured.
_FILLING = {"number", "amount", "rate", "level", "figur", "count", "size"}
# First letters of a stem that tell its word from others: those of "replacing" and "replacement".
_SAME_LETTERS = 5


def role_of(parsed: Parsed, quantity: Quantity) -> Role:
    """Returns what a quantity is: of "rose by 5 to 12" the 5 is a change, the 12 an amount."""
    if more_or_fewer_after(parsed, quantity):
        return "difference"
    before = parsed.text[max(0, quantity.start - _LOOK_BACK) : quantity.start]
    if _CHANGE_BEFORE.search(before) and not _LEVEL.match(parsed.text, quantity.start):
        return "change"
    return "before" if _EARLIER_BEFORE.search(before) else "amount"


def more_or_fewer_after(parsed: Parsed, quantity: Quantity) -> str | None:
    """Returns the word that makes a quantity a difference: "more" of "eight more than in 2022"."""
    cue = _MORE_OR_FEWER_AFTER.match(parsed.text, end_with_unit(quantity))
    return cue["cue"].lower() if cue else None


def cardinal_quantities(parsed: Parsed) -> list[Quantity]:
    """Returns the quantities of a text but its ordinals: of "the third of 12 goals" the 12."""
    return [value for value in quantities_and_ordinals(parsed) if value.base != ORDINAL]


def quantities_and_ordinals(parsed: Parsed) -> list[Quantity]:
    """Returns all quantities of a text, ordinals too."""
    return [value for value in parsed.values if isinstance(value, Quantity)]


def measured_alike(one: Quantity, other: Quantity) -> tuple[Measure, Measure] | None:
    """Returns the readings of two quantities of a sentence that measure the same; None if none do.

    A bare number measures what the first quantity does: the 702 of "614 sheep, and 702 in 2021".
    """
    if one.per != other.per and other.base:
        return None
    noun = "" if other.noun in _TIMES else other.noun
    for first in one.measures:
        for second in other.measures:
            if first.base == second.base and (first.base or noun in ("", one.noun)):
                return first, second
    if noun or other.base or not one.number:
        return None
    first = one.measures[0]
    value = other.number * first.low / one.number  # in the unit of the first
    return first, replace(first, low=value, high=value)


def words_held(words: Iterable[str], others: Iterable[str]) -> set[str]:
    """Returns those of the stems that are among the others, in the same form or another.

    "replac" is held by {"replacement"}, and "wolv" by {"wolf"}.
    """
    known = {_word_start(word) for word in others}
    return {word for word in words if _word_start(word) in known}


def _word_start(word: str) -> str:
    """Returns the letters that forms of a word share: "repla", and "wolf" of "wolv"."""
    return re.sub("v$", "f", word[:_SAME_LETTERS])


def share_held(words: Iterable[str], others: Iterable[str]) -> float:
    """Returns the share (0 to 1) of the stems that are among the others; 0 where there are none."""
    wanted = set(words) - _FILLING
    return len(words_held(wanted, others)) / len(wanted) if wanted else 0.0


def words_told(sentence: Parsed) -> frozenset[str]:
    """Returns the stems of a sentence without those of what it compares with: "than planned"."""
    words: set[str] = set()
    at = 0
    for comparison in _COMPARISON.finditer(sentence.text):
        words |= words_between(sentence, at, comparison.start())
        at = comparison.end()
    return frozenset(words | words_between(sentence, at, len(sentence.text)))


def says_no_more(claim: Parsed, sentence: Parsed, spoken_for: frozenset[str]) -> bool:
    """Tells whether each stem of a sentence is one of the claim or one of `spoken_for`.

    A sentence with other words may be of a part of what the claim is of.
    """
    return not sentence.words - claim.words - spoken_for


def dates_agree(claim: Parsed, sentence: Parsed) -> bool:
    """Tells whether each date, time and ordinal of a claim is told by the sentence.

    Those do not count that it compares with: 2022 of "12 goals, more than in 2022".
    """
    comparisons = [found.span() for found in _COMPARISON.finditer(sentence.text)]
    told = [
        value
        for value in sentence.values
        if not any(start <= value.start < end for start, end in comparisons)
    ]
    return all(
        any(relate(value, other) is Relation.EQUAL for other in told)
        for value in claim.values
        if not isinstance(value, Quantity) or value.base == ORDINAL
    )


def names_fit(claim: Parsed, sentence: Parsed) -> bool:
    """Tells whether a sentence has the names of a claim, or names nobody that the claim does not.

    "She left in 2011" may be of Lind, whom an earlier sentence named; "Berg left in 2011" is not.
    """
    told = names_in(sentence)
    return all(name in sentence.text for name in names_in(claim)) or not told - names_in(claim)


def names_in(parsed: Parsed) -> set[str]:
    """Returns the words with a capital inside a text, without "'s": {"Oria", "Lind"}."""
    found = {re.sub("['’]s?$", "", name) for name in _NAME.findall(parsed.text)}
    return found - _CALENDAR


def same_turning_words(claim: Parsed, sentence: Parsed) -> bool:
    """Tells whether the same words turn or weaken a claim and a sentence: both say "not", or none.

    Words for who states it may differ: "said", "according".
    """
    return not (claim.turning ^ sentence.turning) - _ATTRIBUTING


def states_plainly(claim: Parsed, sentence: Parsed, value: Slice | None = None) -> bool:
    """Tells whether a sentence states something, and a claim is of one thing that it may state.

    No question, quote, denial, plan or guess is a statement ("was expected to hold 90"). A claim of
    several things ("both bridges", "the average") is of more than a sentence with one value says.

    Args:
        value: the slice of the claim's quantity; a "half" or "third" in it is no sign of several.
    """
    if sentence.text.rstrip().endswith("?") or _QUOTED.search(sentence.text + claim.text):
        return False
    # "300 more than planned" is stated, though "planned" is a word of `TURNING`.
    stated = set(_words(_COMPARISON.sub(" ", sentence.text)))
    said = claim.text if value is None else claim.text[: value.start] + claim.text[value.end :]
    # "The plan" that both sides name is a thing, and makes nothing of the sentence a plan.
    things = set.intersection(*(set(_THING.findall(one.text.lower())) for one in (claim, sentence)))
    for word in {*stated, *_words(said)} - _ATTRIBUTING - things:
        if word in TURNING or word.endswith(("n't", "n’t")):
            return False
    return not {*_words(said)} & _OF_SEVERAL - stated


def _words(text: str) -> list[str]:
    """Returns the words of a text in lower case, with "n't" in one: ["wasn't", "built"]."""
    return _WORD.findall(text.lower())
