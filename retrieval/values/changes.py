"""(claim, sentence) -> amounts, changes and multiples that follow from what was then and is now.

"84 pairs, five fewer than in 2022" gives those of 2022, "from 12 to 15 per cent" a rise, "rose 9
per cent to 4.36 million" what it was before, "from 40 to 95 euros" how many times as much it is.
Workings of `derive`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace

from retrieval.values.dates import Date
from retrieval.values.nouns import stem
from retrieval.values.parsed import Parsed, end_with_unit, words_between
from retrieval.values.quantities import bound_before
from retrieval.values.quantity import DEGREES_APART, ORDINAL, Measure, Quantity
from retrieval.values.ranges import scale_said
from retrieval.values.told import (
    DOWN,
    UP,
    cardinal_quantities,
    measured_alike,
    more_or_fewer_after,
    quantities_and_ordinals,
    role_of,
    says_no_more,
)
from retrieval.values.workings import (
    Derived,
    in_written_unit,
    percentage,
    quantity_between,
    step_of,
    text_of,
    with_value,
)

# End of the two patterns below.
_THAN = r"\s+(?:[^\W\d_]+\s+)?(?:than|on)\b"
# Behind a gap, up to what the gap is to: "five[ more than] in 2022".
_MORE_THAN = re.compile(
    rf"\s*(?:[^\W\d_]+\s+){{0,2}}?(more|higher|greater|larger|longer|up|above){_THAN}", re.I
)
# The same where the amount is less: "five[ fewer than] in 2022".
_FEWER_THAN = re.compile(
    rf"\s*(?:[^\W\d_]+\s+){{0,2}}?(fewer|less|lower|smaller|shorter|down|below){_THAN}", re.I
)
# End of what the gap is to: "five fewer than in 2022[, ]and".
_REFERENCE_END = re.compile(r"[.;:!?]\s|,\s|\s-\s|$")
# Stems that a claim of what was then may have beside the sentence's: "it [had] 89 pairs in 2022".
_REFERENCE_STEMS = frozenset({"had", "than"})
# Share of an amount by which it may be off where it was worked out of rounded per cent.
_PERCENT_ROUNDING = 0.006
# Before an old amount that comes second: "15 per cent, [up from ]12".
_MOVED_FROM = re.compile(
    r"\b(?:up|down|rose|rising|fell|falling|grew|dropped|increased|decreased|declined|climbed)\b"
    r"[^.;]*?\bfrom\s+$",
    re.I,
)
# Between the new and the old amount: "15 per cent[, up from ]12".
_GAP_TO_OLD = re.compile(r"(?:\s+[^\W\d_]+){0,3},?\s+(?:[^\W\d_]+\s+)?from\s+", re.I)
# Before a change in per cent that leads to an amount: "[rose by ]9 per cent to 4.36 million".
_ROSE_BY = re.compile(
    r"\b(?P<up>rose|risen|grew|grown|climbed|increased|jumped|up)\s+(?:by\s+)?$"
    r"|\b(?:fell|fallen|dropped|declined|decreased|shrank|down)\s+(?:by\s+)?$",
    re.I,
)
# Words of a claim that is about what was before: "what it [had earned]".
_PRIOR = re.compile(
    r"\b(?:previous|before|earlier|until then|so far|had (?:been|cost|earned|made|sold|had))\b",
    re.I,
)
# Stems that such a claim may have beside the sentence's.
_PRIOR_STEMS = frozenset({"previous", "befor", "earlier", "year", "month", "quarter", "had"})
# Stem of a verb -> times that it says something grew.
_TIMES = {"doubl": 2.0, "trebl": 3.0, "tripl": 3.0, "quadrupl": 4.0, "halv": 0.5}
# Stems that a claim with such a verb may have beside the sentence's.
_TIMES_STEMS = frozenset({*_TIMES, "more", "near", "almost", "rough"})
# Such a verb of a claim that gives no amounts: "prices [doubled]", not "doubled to 30 euros".
_MULTIPLIED = re.compile(
    r"\b(?:doubled|trebled|tripled|quadrupled|halved)\b(?!\s+(?:to|from)\b)", re.I
)
# Most times that something may have grown: beyond it, the scale of one amount was left out, as in
# "from 12 to 15 million".
MOST_TIMES = 20.0


def earlier_amounts(claim: Parsed, _asked: Quantity, sentence: Parsed) -> Iterator[Derived]:
    """Yields what an amount was before: 89, of "84 pairs, five fewer than in 2022".

    The words behind "than" must be those of the claim, and the dates behind it the claim's dates.
    """
    text = sentence.text
    quantities = quantities_and_ordinals(sentence)
    for at, (amount, gap) in enumerate(itertools.pairwise(quantities)):
        if amount.bound or gap.bound or more_or_fewer_after(sentence, amount):
            continue
        more = _MORE_THAN.match(text, end_with_unit(gap))
        cue = more or _FEWER_THAN.match(text, end_with_unit(gap))
        if cue is None or amount.base == ORDINAL:
            continue
        end = _REFERENCE_END.search(text, cue.end())
        stop = end.start() if end else len(text)
        if not _is_reference(claim, sentence, cue.end(), stop):
            continue
        if at + 2 < len(quantities) and quantities[at + 2].start < stop:
            continue
        if _measures_gap(amount, gap, cue[1]):
            yield _earlier_amount(text, amount, gap, sign=-1 if more else 1)


def _is_reference(claim: Parsed, sentence: Parsed, start: int, stop: int) -> bool:
    """Tells whether a claim is of what a slice of the sentence names: "2022", "the year before"."""
    told = [
        date.parts
        for date in sentence.values
        if isinstance(date, Date) and start <= date.start < stop
    ]
    claimed = [date.parts for date in claim.values if isinstance(date, Date)]
    if told or claimed:
        return told == claimed
    words = words_between(sentence, start, stop)
    return bool(words) and words <= claim.words


def _measures_gap(amount: Quantity, gap: Quantity, cue: str) -> bool:
    """Tells whether a quantity may be the gap of an amount: of its unit, a share of it, points.

    Args:
        cue: the word behind the gap, which it does not count: the "fewer" of "five fewer".
    """
    if gap.base == "%" or (amount.base == "%" and gap.base in ("point", "")):
        return True
    if gap.base:
        return amount.base == gap.base
    return gap.noun in ("", amount.noun, stem(cue))


def _earlier_amount(text: str, amount: Quantity, gap: Quantity, sign: int) -> Derived:
    """Returns the earlier amount. sign: 1 where it was more than the amount is, -1 where less."""
    now, apart = amount.measures[0], gap.measures[0]
    if apart.base == "%" and now.base != "%":
        times = 1 - sign * apart.low / 100
        value = now.low / times
        how = f"{text_of(text, amount)} / {times:g}"
        rounding = abs(value) * _PERCENT_ROUNDING + now.exact_to
    else:
        # The gap of "188,000 a day, 12,000 down on spring" is a day, too.
        in_unit_of_amount = apart.base == "" and now.base != "%" and amount.number
        if in_unit_of_amount:
            value = now.low + sign * gap.number * (now.low / amount.number)
        else:
            value = now.low + sign * apart.low
        how = f"{text_of(text, amount)} {'+' if sign > 0 else '-'} {text_of(text, gap)}"
        rounding = now.exact_to + apart.exact_to
    how += f" = {in_written_unit(value, now)}"
    measure = with_value(now, value, rounding)
    return Derived(
        replace(amount, measures=(measure,)), step_of(how, amount, gap), _REFERENCE_STEMS
    )


def changes(claim: Parsed, asked: Quantity, sentence: Parsed) -> Iterator[Derived]:
    """Yields by how much something changed: 3 points, of "from 12 to 15 per cent"."""
    directions = claim.words & (UP | DOWN)
    if not directions or role_of(claim, asked) != "change":
        return
    text = sentence.text
    for first, second in itertools.pairwise(quantities_and_ordinals(sentence)):
        pair = _old_and_new(text, first, second)
        if pair is None:
            continue
        old, new = pair
        before, now = old.measures[0], new.measures[0]
        if not now.base and not new.noun:
            continue  # years: "from 1980 to 1986"
        if not before.base and new.number:
            before = replace(now, low=_old_number(text, old, new) * now.low / new.number)
        if (before.base and before.base != now.base) or old.bound or new.bound or not before.low:
            continue
        rises = now.low > before.low
        if not directions <= (UP if rises else DOWN):
            continue
        change = abs(now.low - before.low)
        if asked.base == "%" and now.base != "%":
            percent = 100 * change / abs(before.low)
            ratio = f"{text_of(text, new)} / {text_of(text, old)}"
            how = f"{ratio} - 1" if rises else f"1 - {ratio}"
            how += f" = {percent:.3g}%"
            measure = percentage(percent)
        else:
            base = {"%": "point", "degree": DEGREES_APART}.get(now.base, now.base)
            low, high = (old, new) if rises else (new, old)
            how = f"{text_of(text, high)} - {text_of(text, low)} = {in_written_unit(change, now)}"
            measure = with_value(replace(now, base=base), change, before.exact_to + now.exact_to)
        noun = asked.noun if not measure.base else ""
        told = replace(new, measures=(measure,), noun=noun)
        yield Derived(told, step_of(how, new, old), frozenset(directions))


def _old_and_new(text: str, first: Quantity, second: Quantity) -> tuple[Quantity, Quantity] | None:
    """Returns the old and the new amount of "from 12 to 15 per cent", or of "15, up from 12"."""
    gap = text[end_with_unit(first) : second.start]
    if re.search(r"\bfrom\s+$", text[max(0, first.start - 8) : first.start]) and re.fullmatch(
        r"\s+to\s+", gap
    ):
        return first, second
    if _MOVED_FROM.search(text[max(0, second.start - 40) : second.start]) and _GAP_TO_OLD.fullmatch(
        gap
    ):
        return second, first
    return None


def _old_number(text: str, old: Quantity, new: Quantity) -> float:
    """Returns the old number with the scale that only the new one has: 12 million, of "from 12 to
    15 million"."""
    scales = [scale_said(text[one.number_start : one.end]) for one in (old, new)]
    return old.number * (scales[1] if scales[0] == 1 else 1)


def amounts_before(claim: Parsed, asked: Quantity, sentence: Parsed) -> Iterator[Derived]:
    """Yields what an amount was before: 4 million, of "rose 9 per cent to 4.36 million"."""
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
        times = 1 + (1 if rose["up"] else -1) * percent.low / 100
        if times <= 0 or percent.low != percent.high or measure.low != measure.high:
            continue
        value = measure.low / times
        rounding = value * (percent.exact_to or 0.5) / 100 + measure.exact_to
        how = f"{text_of(text, now)} / {times:g} = {in_written_unit(value, measure)}"
        noun = now.noun or (asked.noun if asked.noun in sentence.words else "")
        told = replace(now, measures=(with_value(measure, value, rounding),), noun=noun)
        yield Derived(told, step_of(how, change, now), _PRIOR_STEMS)


def times_claimed(claim: Parsed) -> Quantity | None:
    """Returns how many times as much a claim says there is: more than 2, of "more than doubled"."""
    found = _MULTIPLIED.search(claim.text)
    if found is None:
        return None
    bound, length = bound_before(claim.text[max(0, found.start() - 24) : found.start()])
    times = _TIMES[stem(found.group())]
    measure = Measure("times", times, times, 0, 0)
    return quantity_between(found.start() - length, found.end(), measure, bound or "~")


def multiples(claim: Parsed, asked: Quantity, sentence: Parsed) -> Iterator[Derived]:
    """Yields how many times as much there is: 2.38, of "from 40 to 95 euros"."""
    moves = frozenset({*UP, *DOWN, "went", "value"})
    if asked.base != "times" or not says_no_more(claim, sentence, moves):
        return
    text = sentence.text
    for first, second in itertools.pairwise(cardinal_quantities(sentence)):
        pair = _old_and_new(text, first, second)
        if pair is None:
            continue
        old, new = pair
        alike = measured_alike(new, old)
        if alike is None or old.bound or new.bound or min(one.low for one in alike) <= 0:
            continue
        times = alike[0].low / alike[1].low
        if times > MOST_TIMES:
            continue
        how = f"{text_of(text, new)} / {text_of(text, old)} = {times:.3g}"
        told = replace(new, measures=(Measure("times", times, times, 0, 0),), noun="")
        yield Derived(told, step_of(how, new, old), _TIMES_STEMS)
