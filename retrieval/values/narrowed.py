"""(claim, words of a sentence that say the same) -> whether the sentence says less than the claim.

"Tickets cost 12 euros for children" leaves open what others pay, "she won 48 per cent of the vote
in the first round" what she won in the second: another value there refutes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.values.dates import Date
from retrieval.values.parsed import Parsed

# Ends of what is said of one value; after "and" the same may go on ("12 men and three boys").
_CLAUSE_END = re.compile(
    r"[.,;:!?()\[\]\"“”]|\s[-–—]\s|\b(?:because|so(?! far))\b"
    r"|\b(?:and|but|or)\s+(?:then\s+)?(?:it|he|she|they|we|is|are|was|were|has|had|have|will|does"
    r"|did)\b",
    re.I,
)
_NARROWING = (
    r"(?:after|among|as|at|before|by|during|excluding|for|from|if|in|including|not counting|of|on"
    r"|since|to|under|until|when|where|while|with|within|without)\b"
)
# Said at the head of a sentence, or behind a comma, one of these words narrows what is told.
_AT_HEAD = re.compile(rf"\W*{_NARROWING}", re.I)
_THERE = re.compile(r"\s+(?:there|here|then)\b", re.I)
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
    head, tail = first, last
    while head and not _clause_ends(sentence, head):
        head -= 1
    while tail < len(other) and not _clause_ends(sentence, tail):
        tail += 1
    if any(other[head:tail]) or (_AT_HEAD.match(sentence.text) and any(other[:head])):
        return True
    if _THERE.match(sentence.text, sentence.places[last - 1][1]):
        return True
    behind = _BEHIND.match(sentence.text, sentence.places[tail - 1][1])
    return behind is not None and any(other[tail:])


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


def _clause_ends(sentence: Parsed, at: int) -> bool:
    """Whether a clause ends in front of an item."""
    (_, before), (start, end) = sentence.places[at - 1 : at + 1]
    found = _CLAUSE_END.search(sentence.text, before, end)
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
