"""(claim, sentence with its words) -> whether the sentence tells of a part of the matter only.

"Tickets cost 12 euros for children" leaves open what others pay, "she won 48 per cent of the vote
in the first round" what she won in the second: another value there refutes nothing.

`is_narrowed` is the strict check of `compare_sentence`: each further word of the clause narrows.
`tells_a_part` is that of the other rules, whose sentences have words of their own: only some signs
narrow. Both look at the clause, from one `_CLAUSE_END` to the next.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.values.dates import Date
from retrieval.values.parsed import Parsed
from retrieval.values.quantity import ORDINAL, Quantity
from retrieval.values.told import words_held

# Where a clause ends: a mark, "because", or "and" with a new verb or subject ("and is", "and took
# her"). Behind another "and" the clause goes on: "12 men and three boys".
_CLAUSE_END = re.compile(
    r"[.,;:!?()\[\]\"“”]|\s[-–—]\s|\b(?:because|so(?! far))\b"
    r"|\b(?:and|but|or)\s+(?:(?:then\s+)?(?:it|he|she|they|we|is|are|was|were|has|had|have|will|does"
    r"|did)|[a-z]+\s+(?:it|him|her|them))\b",
    re.I,
)
# Words that begin a phrase which says of when, where or whom something is told.
_NARROWING = (
    r"(?:after|among|as|at|before|by|during|excluding|for|from|if|in|including|not counting|of|on"
    r"|since|to|under|until|when|where|while|with|within|without)\b"
)
# Such a phrase at the head of a sentence: "[For] children, tickets cost 12 euros".
_AT_HEAD = re.compile(rf"\W*{_NARROWING}", re.I)
# A relative clause: "of those [who] failed".
_WHO = re.compile(r"\b(?:who|that|which)\b", re.I)
# What is told of a place or time of an earlier sentence: "12 people died[ there]".
_THERE = re.compile(r"\s+(?:there|here|then)\b", re.I)
# Stems of words that make a part of what stands beside them: "the north [alone]", "[under] 30s".
_PARTING = {"alon", "among", "dure", "given", "later", "receiv", "so", "togeth", "under", "within"}
# Signs of a part: an age ("women [over 60]"), the head of a sentence ("[In the north,]").
_SIGN_OF_PART = re.compile(
    r"\b(?:over|under|above|below)\s+(?:the age of\s+)?\d\d(?![\d,.]*\s?(?:%|per\b|[a-z]{3,}))"
    r"|(?-i:^(?:In|Among|Across|Within)\s+(?:the\s+)?(?!all\b|total\b|fact\b|contrast\b|end\b)[a-z]+"
    r"(?<!vote)(?<!election)(?<!poll)(?<!referendum)(?<!survey)(?<!study)(?<!trial)(?<!ballot),)",
    re.I,
)
# Between a word of the claim and one that the claim lacks: "voters[ in the ]north".
_OF_A_PART = re.compile(r"\s+(?:at|for|from|in|of|on|that|who|with)\s(?:[a-z]{1,5}\s+)*", re.I)
# Verbs of what is so now, and of what was so then.
_NOW, _THEN = (
    re.compile(rf"\b(?:{words})\b", re.I) for words in ("is|are|has|have", "was|were|had")
)
# Stems of words for what happens more than once: who won in 2001 may have won in 1997, too.
_REPEATED = {
    "beat", "defeat", "elect", "held", "host", "lost", "met", "play", "score", "visit", "win",
    "won",
}  # fmt: skip
# Most words of a claim that do not say which time of several is meant.
_FEW_WORDS = 6
# Before the first word of a sentence that is of a place or time: "[In the ]old town 30 people".
_IN_BEFORE = re.compile(r"\b(?:among|at|during|for|in|on|within)\s(?:[a-z]{1,5}\s+)?$", re.I)
# A narrowing phrase behind a comma: "12 euros[, but only for] children".
_BEHIND_COMMA = re.compile(rf",\s+(?:but\s+|and\s+)?(?:only\s+)?{_NARROWING}", re.I)


def is_narrowed(claim: Parsed, sentence: Parsed, run: tuple[int, int], used: Sequence[int]) -> bool:
    """Tells whether the clause that says what the claim says holds a word that the claim lacks.

    "40 people died in Oria on the first night" narrows "40 people died in Oria". A phrase at the
    head of the sentence, or behind the clause and a comma, narrows too.

    Args:
        run: first and last item (excluded) of the sentence that say what the claim says.
        used: indexes of the values of the sentence that are compared with those of the claim.
    """
    if "born" in claim.words and all(isinstance(one, Date) for one in claim.values):
        return False  # a person has one birth: another date of it is wrong, whatever else is told
    first, last = _with_dates(sentence, run, used)
    further = [_is_further(claim.words, sentence, at, used) for at in range(len(sentence.items))]
    head, tail = _clause(sentence, first, last)
    if any(further[head:tail]) or (_AT_HEAD.match(sentence.text) and any(further[:head])):
        return True
    if _THERE.match(sentence.text, sentence.places[last - 1][1]):
        return True
    behind = _BEHIND_COMMA.match(sentence.text, sentence.places[tail - 1][1])
    return behind is not None and any(further[tail:])


def is_of_another(claim: Parsed, sentence: Parsed, run: tuple[int, int]) -> bool:
    """Tells whether a run of items is of another thing than the claim, though it has its words.

    "Lind's brother was born in 1930" is not of Lind. "60 per cent of those who failed" is not of
    the share that failed.
    """
    items, places, text = sentence.items, sentence.places, sentence.text
    for at in range(run[0], run[1] - 1):
        owner = isinstance(items[at], str) and _is_owner(sentence, at)
        if owner and isinstance(items[at + 1], str) and items[at + 1] not in claim.words:
            return True
    if not any(isinstance(one, Quantity) and one.base == "%" for one in claim.values):
        return False
    told = text[places[run[0]][0] : places[run[1] - 1][1]]
    return _WHO.search(told) is not None and not _WHO.search(claim.text)


def is_of_another_time(claim: Parsed, sentence: Parsed, used: Sequence[int]) -> bool:
    """Tells whether a claim and a sentence that has its words may be of two times.

    "The party had 9 seats" is not of how many it has, and "Lind won in 2001" not of what she won in
    1997.

    Args:
        used: indexes of the values of the sentence that are compared with those of the claim.
    """
    if all(isinstance(one, Quantity) for one in claim.values):
        tenses = [
            (bool(_NOW.search(one.text)), bool(_THEN.search(one.text))) for one in (claim, sentence)
        ]
        return sorted(tenses) == [(False, True), (True, False)]
    years = [
        ((own.parts[0], own.days), (told.parts[0], told.days))
        for own, told in zip(claim.values, [sentence.values[at] for at in used], strict=True)
        if isinstance(own, Date) and isinstance(told, Date)
    ]
    may_repeat = len(claim.words) <= _FEW_WORDS and claim.words & _REPEATED
    return bool(may_repeat) and any(own != told for own, told in years)


def _is_owner(sentence: Parsed, at: int) -> bool:
    """Tells whether an item ends with "'s"."""
    return sentence.text[slice(*sentence.places[at])].lower().endswith(("'s", "’s"))


def tells_a_part(claim: Parsed, sentence: Parsed, place: int, before_alone: bool = False) -> bool:
    """Tells whether the clause around a place is of a part of what a claim is of.

    "Milk prices rose" is of a part of prices, "the voters in the north" are a part of the voters.

    Args:
        place: where the value starts that decides, in characters.
        before_alone: whether only what stands before the place counts.
    """
    if not before_alone:
        signs = {sign.group().lower() for sign in _SIGN_OF_PART.finditer(sentence.text)}
        if any(sign not in claim.text.lower() for sign in signs):
            return True
    items = sentence.items
    own = words_held(sentence.words, claim.words)
    before = [index for index, (start, _) in enumerate(sentence.places) if start <= place]
    at = max(before, default=0)  # the item at the place
    head, tail = _clause(sentence, at, at + 1)
    return any(
        _makes_a_part(sentence, here, head, own)
        for here in range(head, at if before_alone else tail)
        if items[here] not in own and not _is_plain_value(items[here], sentence)
    )


def _is_plain_value(item: str | int, sentence: Parsed) -> bool:
    """Tells whether an item is a value, and no ordinal: "the first" tells which of several."""
    if isinstance(item, str):
        return False
    value = sentence.values[item]
    return not isinstance(value, Quantity) or value.base != ORDINAL


def _makes_a_part(sentence: Parsed, at: int, head: int, own: set[str]) -> bool:
    """Tells whether an item that the claim lacks makes a part of the word of the claim beside it.

    Args:
        head: the first item of the clause.
        own: stems of the sentence that the claim has, too.
    """
    items, places, text = sentence.items, sentence.places, sentence.text
    if items[at] in _PARTING or isinstance(items[at], int):
        return True
    before, after = items[max(at - 1, 0)], items[at + 1 : at + 2]
    of_value = at > head and isinstance(before, int)
    beside = after and after[0] in own and text[places[at][1] : places[at + 1][0]].isspace()
    if beside and (at == head or of_value):
        return True  # "[milk] prices", "half of [women] voters"
    if at == head:
        # "In the old town 30 people" is of a part; "in Sunday's vote" only says of which vote.
        led_by_in = _IN_BEFORE.search(text[: places[at][0]]) is not None
        return at == 0 and not _is_owner(sentence, at) and led_by_in
    if not (of_value or before in own):
        return False
    if _is_owner(sentence, at - 1):
        return True  # "the bridge's [steel]"
    gap = text[places[at - 1][1] : places[at][0]]
    of_its_noun = of_value and gap.split()[:1] == ["of"]
    return not of_its_noun and _OF_A_PART.fullmatch(gap) is not None


def _with_dates(sentence: Parsed, run: tuple[int, int], used: Sequence[int]) -> tuple[int, int]:
    """Returns the run, extended by the dates beside it that are compared, too."""
    first, last = run
    while first and _is_used_date(sentence, first - 1, used):
        first -= 1
    while last < len(sentence.items) and _is_used_date(sentence, last, used):
        last += 1
    return first, last


def _is_used_date(sentence: Parsed, at: int, used: Sequence[int]) -> bool:
    """Tells whether an item is a date that is compared with one of the claim."""
    item = sentence.items[at]
    return isinstance(item, int) and item in used and isinstance(sentence.values[item], Date)


def _clause(sentence: Parsed, first: int, last: int) -> tuple[int, int]:
    """Returns the first and last item (excluded) of the clause in which a run of items stands."""
    while first and not _clause_ends(sentence, first):
        first -= 1
    while last < len(sentence.items) and not _clause_ends(sentence, last):
        last += 1
    return first, last


def _clause_ends(sentence: Parsed, at: int) -> bool:
    """Tells whether a clause ends between an item and the one before it."""
    (_, before), (start, end) = sentence.places[at - 1 : at + 1]
    found = _CLAUSE_END.search(sentence.text, before, end + 5)  # 5: the " her" of "and took her"
    return found is not None and found.start() <= start


def _is_further(own: frozenset[str], sentence: Parsed, at: int, used: Sequence[int]) -> bool:
    """Tells whether an item says more than the claim: no value that is compared, and no word of it.

    A middle name says no more: the Russell of "Brian Russell De Palma".

    Args:
        own: the stems of the claim.
    """
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
