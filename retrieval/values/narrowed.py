"""(claim, words of a sentence that say the same) -> whether the sentence says less than the claim.

"Tickets cost 12 euros for children" leaves open what others pay, "she won 48 per cent of the vote
in the first round" what she won in the second: another value there refutes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.values.dates import Date
from retrieval.values.parsed import Parsed
from retrieval.values.quantity import ORDINAL, Quantity
from retrieval.values.told import words_held

# Ends of what is said of one value; after "and" the same may go on ("12 men and three boys").
_CLAUSE_END = re.compile(
    r"[.,;:!?()\[\]\"“”]|\s[-–—]\s|\b(?:because|so(?! far))\b"
    r"|\b(?:and|but|or)\s+(?:(?:then\s+)?(?:it|he|she|they|we|is|are|was|were|has|had|have|will|does"
    r"|did)|[a-z]+\s+(?:it|him|her|them))\b",
    re.I,
)
_NARROWING = (
    r"(?:after|among|as|at|before|by|during|excluding|for|from|if|in|including|not counting|of|on"
    r"|since|to|under|until|when|where|while|with|within|without)\b"
)
# Said at the head of a sentence, or behind a comma, one of these words narrows what is told.
_AT_HEAD = re.compile(rf"\W*{_NARROWING}", re.I)
_WHO = re.compile(r"\b(?:who|that|which)\b", re.I)
_THERE = re.compile(r"\s+(?:there|here|then)\b", re.I)
# Stems of words that make a part of what stands beside them.
_PARTING = {"alon", "among", "dure", "later", "so", "togeth", "under", "within"}
_OF_A_PART = re.compile(r"\s+(?:at|for|from|in|of|on|that|who|with)\s(?:[a-z]{1,5}\s+)*", re.I)
_IN = re.compile(r"\b(?:among|at|during|for|in|on|within)\s(?:[a-z]{1,5}\s+)?$", re.I)
_BEHIND = re.compile(rf",\s+(?:but\s+|and\s+)?(?:only\s+)?{_NARROWING}", re.I)


def is_narrowed(claim: Parsed, sentence: Parsed, run: tuple[int, int], used: Sequence[int]) -> bool:
    """Whether the clause of a sentence holds a word or value that the claim leaves out.

    Args:
        run: first and last item (excluded) that say what the claim says.
        used: indexes of the values of the sentence that are compared with those of the claim.
    """
    if "born" in claim.words and all(isinstance(one, Date) for one in claim.values):
        return False  # nobody is born twice, whatever else is said of it
    first, last = _with_dates(sentence, run, used)
    own = claim.words
    other = [_is_other(own, sentence, at, used) for at in range(len(sentence.items))]
    head, tail = _clause(sentence, first, last)
    if any(other[head:tail]) or (_AT_HEAD.match(sentence.text) and any(other[:head])):
        return True
    if _THERE.match(sentence.text, sentence.places[last - 1][1]):
        return True
    behind = _BEHIND.match(sentence.text, sentence.places[tail - 1][1])
    return behind is not None and any(other[tail:])


def is_of_another(claim: Parsed, sentence: Parsed, run: tuple[int, int]) -> bool:
    """Whether what stands in a run of items is of what belongs to somebody: Lind's brother; or a
    share of those "who failed", where the claim has the share that failed."""
    items, places, text = sentence.items, sentence.places, sentence.text
    own = claim.words
    for at in range(run[0], run[1] - 1):
        start, end = places[at]
        owner = isinstance(items[at], str) and text[start:end].lower().endswith(("'s", "’s"))
        if owner and isinstance(items[at + 1], str) and items[at + 1] not in own:
            return True
    if not any(isinstance(one, Quantity) and one.base == "%" for one in claim.values):
        return False
    told = text[places[run[0]][0] : places[run[1] - 1][1]]
    return _WHO.search(told) is not None and not _WHO.search(claim.text)


def tells_a_part(claim: Parsed, sentence: Parsed, place: int, before_alone: bool = False) -> bool:
    """Whether the clause around a place is of a part of what a claim is of: of "milk prices", of
    voters "in the north". Where not all its words need be those of the claim, these signs tell.

    Args:
        before_alone: whether only what stands before the place tells.
    """
    items = sentence.items
    own = words_held(sentence.words, claim.words)
    at = max((one for one, (start, _) in enumerate(sentence.places) if start <= place), default=0)
    head, tail = _clause(sentence, at, at + 1)
    return any(
        _makes_a_part(sentence, here, head, own)
        for here in range(head, at if before_alone else tail)
        if items[here] not in own and not _is_counted(items[here], sentence)
    )


def _is_counted(item: str | int, sentence: Parsed) -> bool:
    """Whether an item is a value, but none of those that tell which of several: the first day."""
    if isinstance(item, str):
        return False
    value = sentence.values[item]
    return not isinstance(value, Quantity) or value.base != ORDINAL


def _makes_a_part(sentence: Parsed, at: int, head: int, own: set[str]) -> bool:
    """Whether an item that a claim does not have makes a part of what it is said of."""
    items, places, text = sentence.items, sentence.places, sentence.text
    if items[at] in _PARTING or isinstance(items[at], int):
        return True
    before, after = items[max(at - 1, 0)], items[at + 1 : at + 2]
    of_value = at > head and isinstance(before, int)
    beside = after and after[0] in own and text[places[at][1] : places[at + 1][0]].isspace()
    if beside and (at == head or of_value):
        return True  # milk prices; half of women voters
    if at == head:  # in the old town 30 people; but: in Sunday's vote
        owns = text[slice(*places[at])].lower().endswith(("'s", "’s"))
        return at == 0 and not owns and _IN.search(text[: places[at][0]]) is not None
    if not (of_value or before in own):
        return False
    start, end = places[at - 1]
    gap = text[end : places[at][0]]
    if text[start:end].lower().endswith(("'s", "’s")):
        return True  # the bridge's steel
    of_its_noun = of_value and gap.split()[:1] == ["of"]
    return not of_its_noun and _OF_A_PART.fullmatch(gap) is not None


def _with_dates(sentence: Parsed, run: tuple[int, int], used: Sequence[int]) -> tuple[int, int]:
    """The run with the dates that stand beside it and are compared, too."""
    first, last = run
    while first and _is_used_date(sentence, first - 1, used):
        first -= 1
    while last < len(sentence.items) and _is_used_date(sentence, last, used):
        last += 1
    return first, last


def _is_used_date(sentence: Parsed, at: int, used: Sequence[int]) -> bool:
    item = sentence.items[at]
    return isinstance(item, int) and item in used and isinstance(sentence.values[item], Date)


def _clause(sentence: Parsed, first: int, last: int) -> tuple[int, int]:
    """First and last item (excluded) of the clause in which a run of items stands."""
    while first and not _clause_ends(sentence, first):
        first -= 1
    while last < len(sentence.items) and not _clause_ends(sentence, last):
        last += 1
    return first, last


def _clause_ends(sentence: Parsed, at: int) -> bool:
    """Whether a clause ends in front of an item."""
    (_, before), (start, end) = sentence.places[at - 1 : at + 1]
    found = _CLAUSE_END.search(sentence.text, before, end + 5)  # and took her
    return found is not None and found.start() <= start


def _is_other(own: frozenset[str], sentence: Parsed, at: int, used: Sequence[int]) -> bool:
    """Whether an item is neither a value that is compared nor a word of the claim, nor a further
    name of somebody: Brian Russell De Palma."""
    item = sentence.items[at]
    if isinstance(item, int):
        return item not in used
    if item in own:
        return False
    between = 0 < at < len(sentence.items) - 1 and all(
        sentence.items[one] in own for one in (at - 1, at + 1)
    )
    around = sentence.places[at - 1 : at + 2]
    return not (between and all(sentence.text[start].isupper() for start, _ in around))
