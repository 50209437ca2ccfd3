"""(claim, sentence) -> amounts that follow from two of the sentence in a set phrase.

"Rose 9 per cent to 4.36 million" gives what it was before, "all but 300 of the 4,800" how many it
was, "24 cranes at 2 million euros each" what they cost together.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from retrieval.values.compare import Step
from retrieval.values.numbers import Slice
from retrieval.values.parsed import Parsed, Value, end_with_unit
from retrieval.values.quantity import ORDINAL, Measure, Quantity
from retrieval.values.told import cardinal_quantities

_ROSE_BY = re.compile(
    r"\b(?P<up>rose|risen|grew|grown|climbed|increased|jumped|up)\s+(?:by\s+)?$"
    r"|\b(?:fell|fallen|dropped|declined|decreased|shrank|down)\s+(?:by\s+)?$",
    re.I,
)
_PRIOR = re.compile(
    r"\b(?:previous|before|earlier|until then|so far|had (?:been|cost|earned|made|sold|had))\b",
    re.I,
)
_PRIOR_STEMS = frozenset({"previous", "befor", "earlier", "year", "month", "quarter", "had"})
_ALL_BUT = re.compile(r"\ball\s+but\s+(?:about\s+)?$", re.I)
_OF = re.compile(r"\s+of\s+(?:the|its|their|his|her|those)?\s*", re.I)
_WITHIN = re.compile(r"(?:\s+[^\W\d_]+){0,2}\s+(?:in|over|within|during)\s+", re.I)
_EACH = re.compile(r"\s*(?:each|apiece|a piece|a head)\b", re.I)
_TOTAL = re.compile(r"\b(?:in all|in total|total|altogether|together|sum)\b", re.I)
_TOTAL_STEMS = frozenset({"total", "altogeth", "togeth", "sum", "all", "cost", "brought", "worth"})


@dataclass(frozen=True, slots=True)
class Derived:
    """A quantity that follows from others: the quantity as the evidence would have it, the step,
    and the stems that the working out puts in place of words."""

    quantity: Quantity
    step: Step
    spoken_for: frozenset[str]


def amounts_before(claim: Parsed, asked: Quantity, sentence: Parsed) -> Iterator[Derived]:
    """Rose 9 per cent to 4.36 million: 4 million before."""
    if not _PRIOR.search(claim.text):
        return
    text = sentence.text
    for change, now in itertools.pairwise(cardinal_quantities(sentence)):
        rose = _ROSE_BY.search(text, max(0, change.start - 24), change.start)
        percent, measure = change.measures[0], now.measures[0]
        if rose is None or percent.base != "%" or measure.base == "%":
            continue
        if not re.fullmatch(r"\s+to\s+", text[end_with_unit(change) : now.start]) or now.bound:
            continue
        share = 1 + (1 if rose["up"] else -1) * percent.low / 100
        if share <= 0 or percent.low != percent.high or measure.low != measure.high:
            continue
        value = measure.low / share
        rounding = value * (percent.exact_to or 0.5) / 100 + measure.exact_to
        how = f"{text_of(text, now)} / {share:g} = {in_written_unit(value, measure)}"
        then = replace(measure, low=value, high=value, exact_to=rounding)
        noun = now.noun or (asked.noun if asked.noun in sentence.words else "")
        told = replace(now, measures=(then,), noun=noun)
        yield Derived(told, step_of(how, change, now), _PRIOR_STEMS)


def all_but(_claim: Parsed, asked: Quantity, sentence: Parsed) -> Iterator[Derived]:
    """All but 300 of the 4,800 hands: 4,500 of them, and 94 per cent."""
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
        share = 100 * value / all_of.low
        if asked.base == "%":
            measure = Measure("%", share, share, 0.5, 0, "derived")
            how = f"1 - {text_of(text, rest)} / {text_of(text, whole)} = {share:.3g}%"
        else:
            measure = replace(all_of, low=value, high=value)
            how = f"{text_of(text, whole)} - {text_of(text, rest)}"
            how += f" = {in_written_unit(value, measure)}"
        yield Derived(
            replace(whole, measures=(measure,)), step_of(how, rest, whole), frozenset({"all"})
        )


def products(claim: Parsed, _asked: Quantity, sentence: Parsed) -> Iterator[Derived]:
    """24 cranes at 2 million euros each: 48 million in all."""
    if not _TOTAL.search(claim.text):
        return
    text = sentence.text
    for count, price in itertools.pairwise(cardinal_quantities(sentence)):
        many, much = count.measures[0], price.measures[0]
        if many.base or not count.noun or not much.base or count.bound or price.bound:
            continue
        if much.base in ("%", "s", "age") or not _EACH.match(text, end_with_unit(price)):
            continue
        value = many.low * much.low
        how = f"{text_of(text, count)} * {text[price.start : end_with_unit(price)]}"
        how += f" = {in_written_unit(value, much)}"
        measure = replace(much, low=value, high=value, exact_to=much.exact_to)
        yield Derived(
            replace(price, measures=(measure,), per=""), step_of(how, count, price), _TOTAL_STEMS
        )


def parts_of(_claim: Parsed, asked: Quantity, sentence: Parsed) -> Iterator[Derived]:
    """A third of the 4,800 hands: 1,600 of them."""
    if asked.base == "%":
        return
    text = sentence.text
    for part, whole in itertools.pairwise(cardinal_quantities(sentence)):
        share, all_of = part.measures[0], whole.measures[0]
        if text[whole.end : whole.end + 1] == "-":  # 46 per cent of the ten-year mean
            continue
        if share.base != "%" or all_of.base in ("%", ORDINAL, "age") or part.bound or whole.bound:
            continue
        if not _OF.fullmatch(text, end_with_unit(part), whole.start) or share.low != share.high:
            continue
        value = all_of.low * share.low / 100
        rounding = all_of.low * share.exact_to / 100 + all_of.exact_to * share.low / 100
        measure = replace(all_of, low=value, high=value, exact_to=rounding or 0.5 * all_of.size)
        told = text[part.start : end_with_unit(part)]
        how = f"{told} of {text_of(text, whole)} = {in_written_unit(value, measure)}"
        yield Derived(replace(whole, measures=(measure,)), step_of(how, part, whole), frozenset())


def rates(_claim: Parsed, asked: Quantity, sentence: Parsed) -> Iterator[Derived]:
    """500 tonnes in ten days: 50 tonnes a day."""
    if asked.per != "time":
        return
    for amount, span in itertools.pairwise(cardinal_quantities(sentence)):
        long, much = span.measures[0], amount.measures[0]
        gap = sentence.text[end_with_unit(amount) : span.start]
        if long.base != "s" or not long.low or not _WITHIN.fullmatch(gap):
            continue
        if amount.bound or span.bound or amount.per or long.low != long.high:
            continue
        rate = much.low / long.low
        measure = replace(much, low=rate, high=rate, exact_to=much.exact_to / long.low, zeros=0.0)
        text = sentence.text
        told = (text[value.start : end_with_unit(value)] for value in (amount, span))
        size = asked.measures[0].size
        how = f"{' / '.join(told)} = {rate / size:,.6g}"
        measure = replace(measure, size=size)
        yield Derived(
            replace(amount, measures=(measure,), per="time"),
            step_of(how, amount, span),
            frozenset(),
        )


def in_written_unit(value: float, measure: Measure) -> str:
    """A value in the unit in which its measure is written."""
    return f"{value / measure.size:,.10g}"


def text_of(text: str, value: Value) -> str:
    return text[value.start : value.end]


def step_of(text: str, *values: Value) -> Step:
    return Step(text, tuple(Slice(value.start, end_with_unit(value)) for value in values))
