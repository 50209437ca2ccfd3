"""(claim, sentence) -> shares, parts, sums, products, rates and margins that follow from it.

"411 of the 902 carcasses" gives a share, "all but 300 of the 4,800" how many it was, "45 people in
Oria and 6 in Ustra" a sum, "24 cranes at 2 million euros each" what they cost together, "500 tonnes
in ten days" how much a day, "by 310 votes to 290" a margin. Workings of `derive`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace

from retrieval.values.nouns import stem
from retrieval.values.parsed import Parsed, end_with_unit
from retrieval.values.quantity import ORDINAL, Quantity
from retrieval.values.relate import Relation, relate
from retrieval.values.told import (
    OUT_OF,
    cardinal_quantities,
    names_in,
    quantities_and_ordinals,
    says_no_more,
)
from retrieval.values.workings import (
    Derived,
    in_written_unit,
    percentage,
    step_of,
    text_of,
    text_with_unit,
    with_value,
)

# Before what is left out: "[all but ]300".
_ALL_BUT = re.compile(r"\ball\s+but\s+(?:about\s+)?$", re.I)
# Between a part and its whole: "a third[ of the ]4,800".
_OF = re.compile(r"\s+of\s+(?:the|its|their|his|her|those)?\s*", re.I)
# Stems of words of a claim about a sum.
_SUM_STEMS = {"total", "altogeth", "togeth", "combin", "overal", "all", "sum"}
# Between what is summed: "45 people[ in Oria and ]6 in Ustra".
_AND = re.compile(r"\band\s+(?:[^\W\d_]+\s+){0,3}$", re.I)
# Between what is summed and counts people: "12[ adults and ]11 children".
_NOUN_AND = re.compile(r"\s+[^\W\d_]+\s+and\s+")
# Stems of people of one kind, each of whom is one of the people.
_PEOPLE = {"adult", "boy", "children", "civilian", "crew", "girl", "men", "passeng", "pupil",
           "soldier", "student", "teacher", "women"}  # fmt: skip
# Words of a claim about a product: what all cost [in all].
_IN_ALL = re.compile(r"\b(?:in all|in total|total|altogether|together|sum)\b", re.I)
# Stems that such a claim may have beside the sentence's.
_IN_ALL_STEMS = frozenset({"total", "altogeth", "togeth", "sum", "all", "cost", "brought", "worth"})
# Behind a price: "2 million euros[ each]".
_EACH = re.compile(r"\s*(?:each|apiece|a piece|a head)\b", re.I)
# Between an amount and the time that it took: "500 tonnes[ in ]ten days".
_WITHIN = re.compile(r"(?:\s+[^\W\d_]+){0,2}\s+(?:in|over|within|during)\s+", re.I)
# Before the margin of a claim: "[by just ]20 votes", "[a majority of ]20".
_BY = re.compile(
    r"\b(?:by|(?:majority|margin|lead) of)\s+(?:(?:just|only|more than|at least)\s+)?$", re.I
)
# Between two results: "310[ votes to Lind's ]290".
_TO_ANOTHER = re.compile(r"\s+[^\W\d_]+\s+(?:to|against)\s+(?:[A-Z][\w’'.-]*\s+){0,3}")
# Before the first: "[won ]310".
_VOTED = re.compile(r"\b(?:by|won|got|received|took|scored|polled)\s+$", re.I)


def shares(claim: Parsed, asked: Quantity, sentence: Parsed) -> Iterator[Derived]:
    """Yields the share that a part is of its whole: 45.6%, of "411 of the 902 carcasses"."""
    if asked.base != "%":
        return
    text = sentence.text
    for part, whole in itertools.pairwise(quantities_and_ordinals(sentence)):
        if not OUT_OF.fullmatch(text, part.end, whole.start) or part.bound or whole.bound:
            continue
        top, under = part.measures[0], whole.measures[0]
        if top.base or under.base or not 0 < top.low <= under.low:
            continue
        if not whole.noun or whole.noun not in (asked.noun, *claim.words):
            continue
        share = 100 * top.low / under.low
        how = f"{text_of(text, part)} / {text_of(text, whole)} = {share:.3g}%"
        told = replace(whole, measures=(percentage(share),))
        yield Derived(told, step_of(how, part, whole), frozenset())


def all_but(_claim: Parsed, asked: Quantity, sentence: Parsed) -> Iterator[Derived]:
    """Yields what is left: 4,500, or 94 per cent, of "all but 300 of the 4,800 hands"."""
    text = sentence.text
    for rest, whole in itertools.pairwise(cardinal_quantities(sentence)):
        if not _ALL_BUT.search(text, max(0, rest.start - 16), rest.start):
            continue
        less, all_of = rest.measures[0], whole.measures[0]
        if less.base or all_of.base or not 0 < less.low < all_of.low or whole.bound:
            continue
        if not _OF.fullmatch(text, rest.end, whole.start):
            continue
        value = all_of.low - less.low
        if asked.base == "%":
            share = 100 * value / all_of.low
            measure = percentage(share)
            how = f"1 - {text_of(text, rest)} / {text_of(text, whole)} = {share:.3g}%"
        else:
            measure = with_value(all_of, value)
            how = f"{text_of(text, whole)} - {text_of(text, rest)}"
            how += f" = {in_written_unit(value, measure)}"
        told = replace(whole, measures=(measure,))
        yield Derived(told, step_of(how, rest, whole), frozenset({"all"}))


def parts_of(_claim: Parsed, asked: Quantity, sentence: Parsed) -> Iterator[Derived]:
    """Yields how many a share is: 1,600, of "a third of the 4,800 hands"."""
    if asked.base == "%":
        return
    text = sentence.text
    for part, whole in itertools.pairwise(cardinal_quantities(sentence)):
        share, all_of = part.measures[0], whole.measures[0]
        if text[whole.end : whole.end + 1] == "-":
            continue  # "46 per cent of the ten-year mean" is not of ten
        if share.base != "%" or all_of.base in ("%", ORDINAL, "age") or part.bound or whole.bound:
            continue
        if not _OF.fullmatch(text, end_with_unit(part), whole.start) or share.low != share.high:
            continue
        value = all_of.low * share.low / 100
        rounding = all_of.low * share.exact_to / 100 + all_of.exact_to * share.low / 100
        measure = with_value(all_of, value, rounding or 0.5 * all_of.size)
        how = f"{text_with_unit(text, part)} of {text_of(text, whole)}"
        how += f" = {in_written_unit(value, measure)}"
        told = replace(whole, measures=(measure,))
        yield Derived(told, step_of(how, part, whole), frozenset())


def sums(claim: Parsed, asked: Quantity, sentence: Parsed) -> Iterator[Derived]:
    """Yields the sum of the only two quantities: 51, of "45 people in Oria and 6 in Ustra"."""
    spoken_for = claim.words & _SUM_STEMS
    found = quantities_and_ordinals(sentence)
    if not spoken_for or asked.base in (ORDINAL, "%", "age") or len(found) != 2:
        return
    one, other = found
    if Relation.EQUAL in (relate(asked, one), relate(asked, other)):
        return  # "overall 157 singles titles" is the 157 of "157 singles and 32 doubles titles"
    gap = sentence.text[end_with_unit(one) : other.start].lower()
    if one.bound or other.bound or one.base != other.base or not _AND.search(gap):
        return
    if one.base or one.noun == asked.noun:
        yield _sum_of(sentence.text, one, other, one.noun, frozenset(spoken_for))


def people(claim: Parsed, asked: Quantity, sentence: Parsed) -> Iterator[Derived]:
    """Yields the number of people of two kinds: 23, of "12 adults and 11 children"."""
    found = cardinal_quantities(sentence)
    if asked.noun != "peopl" or len(found) != 2:
        return
    one, other = found
    nouns = frozenset({one.noun, other.noun})
    gap = sentence.text[end_with_unit(one) : other.start]
    if len(nouns & _PEOPLE) < 2 or not _NOUN_AND.fullmatch(gap):
        return
    if not one.bound and not other.bound and says_no_more(claim, sentence, nouns):
        yield _sum_of(sentence.text, one, other, asked.noun, frozenset({asked.noun}))


def _sum_of(
    text: str, one: Quantity, other: Quantity, noun: str, spoken_for: frozenset[str]
) -> Derived:
    """Returns the sum of two quantities of one unit."""
    first, second = one.measures[0], other.measures[0]
    total = first.low + second.low
    measure = with_value(first, total, first.exact_to + second.exact_to)
    how = f"{text_of(text, one)} + {text_of(text, other)} = {in_written_unit(total, first)}"
    told = replace(one, measures=(measure,), noun=noun)
    return Derived(told, step_of(how, one, other), spoken_for)


def products(claim: Parsed, _asked: Quantity, sentence: Parsed) -> Iterator[Derived]:
    """Yields what all cost: 48 million euros, of "24 cranes at 2 million euros each"."""
    if not _IN_ALL.search(claim.text):
        return
    text = sentence.text
    for count, price in itertools.pairwise(cardinal_quantities(sentence)):
        many, much = count.measures[0], price.measures[0]
        if many.base or not count.noun or not much.base or count.bound or price.bound:
            continue
        if much.base in ("%", "s", "age") or not _EACH.match(text, end_with_unit(price)):
            continue
        value = many.low * much.low
        how = f"{text_of(text, count)} * {text_with_unit(text, price)}"
        how += f" = {in_written_unit(value, much)}"
        told = replace(price, measures=(with_value(much, value),), per="")
        yield Derived(told, step_of(how, count, price), _IN_ALL_STEMS)


def rates(_claim: Parsed, asked: Quantity, sentence: Parsed) -> Iterator[Derived]:
    """Yields how much it is in a unit of time: 50 tonnes a day, of "500 tonnes in ten days"."""
    if asked.per != "time":
        return
    text = sentence.text
    for amount, span in itertools.pairwise(cardinal_quantities(sentence)):
        much, time = amount.measures[0], span.measures[0]
        gap = text[end_with_unit(amount) : span.start]
        if time.base != "s" or not time.low or not _WITHIN.fullmatch(gap):
            continue
        if amount.bound or span.bound or amount.per or time.low != time.high:
            continue
        rate = much.low / time.low  # in base units a second
        size = asked.measures[0].size
        how = f"{text_with_unit(text, amount)} / {text_with_unit(text, span)} = {rate / size:,.6g}"
        measure = with_value(much, rate, much.exact_to / time.low)
        told = replace(amount, measures=(replace(measure, zeros=0.0, size=size),), per="time")
        yield Derived(told, step_of(how, amount, span), frozenset())


def margins(claim: Parsed, asked: Quantity, sentence: Parsed) -> Iterator[Derived]:
    """Yields by how much one result is ahead: 20 votes, of "won 310 votes to 290"."""
    if asked.base or not _BY.search(claim.text[: asked.start]):
        return
    named = {stem(name) for name in names_in(sentence)}
    if not says_no_more(claim, sentence, frozenset({asked.noun, *named})):
        return
    text = sentence.text
    for one, other in itertools.pairwise(cardinal_quantities(sentence)):
        more, less = one.measures[0], other.measures[0]
        if more.base or less.base or one.bound or other.bound or more.low <= less.low:
            continue
        if one.noun != asked.noun or not _TO_ANOTHER.fullmatch(
            text, end_with_unit(one), other.start
        ):
            continue
        if other.noun not in ("", one.noun) or not _VOTED.search(
            text, max(0, one.start - 16), one.start
        ):
            continue
        margin = more.low - less.low
        how = f"{text_of(text, one)} - {text_of(text, other)} = {in_written_unit(margin, more)}"
        told = replace(one, measures=(with_value(more, margin),))
        yield Derived(told, step_of(how, one, other), frozenset({"major"}))
