"""(claim, sentence) -> whether a value of the claim follows from two of the sentence, with steps.

What a sentence must look like is narrow: "84 pairs, five fewer than in 2022" gives those of 2022,
"411 of the 902 carcasses" a share, "from 12 to 15 per cent" a rise, "born in 1930 ... died in 2001"
an age, "45 people in Oria and 6 in Ustra" a sum.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from retrieval.values.compare import UNKNOWN, Comparison, Step
from retrieval.values.dates import Date, days_of
from retrieval.values.nouns import stem
from retrieval.values.parsed import Parsed, end_with_unit, words_between
from retrieval.values.quantity import DEGREES_APART, ORDINAL, Measure, Quantity
from retrieval.values.ranges import scale_said
from retrieval.values.relate import Relation, comparable, relate, relate_measures
from retrieval.values.tallies import margins, multiples, multiplied, people, terms_of_office
from retrieval.values.told import (
    DOWN,
    UP,
    compared_by,
    names_fit,
    role_of,
    same_turning_words,
    share_held,
)
from retrieval.values.workings import (
    Derived,
    all_but,
    amounts_before,
    in_written_unit,
    parts_of,
    products,
    rates,
    step_of,
    text_of,
)

# Share of the claim's words, but those that the working out speaks for, that a sentence holds.
WORDS_HELD = 0.7
# Most times that one amount is another of the same thing.
MOST_TIMES = 10.0
_THAN = r"\s+(?:[^\W\d_]+\s+)?(?:than|on)\b"
_MORE = re.compile(
    rf"\s*(?:[^\W\d_]+\s+){{0,2}}?(more|higher|greater|larger|longer|up|above){_THAN}", re.I
)
_FEWER = re.compile(
    rf"\s*(?:[^\W\d_]+\s+){{0,2}}?(fewer|less|lower|smaller|shorter|down|below){_THAN}", re.I
)
_CLAUSE_END = re.compile(r"[.;:!?]\s|,\s|\s-\s|$")
_OF = re.compile(r"\s+(?:out\s+)?of\s+(?:the|its|their|all|those|his|her)?\s*", re.I)
_FROM = re.compile(
    r"\b(?:up|down|rose|rising|fell|falling|grew|dropped|increased|decreased|declined|climbed)\b"
    r"[^.;]*?\bfrom\s+$",
    re.I,
)
_UP_FROM = re.compile(r"(?:\s+[^\W\d_]+){0,3},?\s+(?:[^\W\d_]+\s+)?from\s+", re.I)
_TOTAL = {"total", "altogeth", "togeth", "combin", "overal", "all", "sum"}
_AGE_WORDS = {"die", "age", "live", "old", "year"}
_BORN = re.compile(r"\bborn\b[^.;]{0,40}$", re.I)
_DIED = re.compile(r"\b(?:died|death|killed)\b[^.;]{0,40}$", re.I)
_AND = re.compile(r"\band\s+(?:[^\W\d_]+\s+){0,3}$", re.I)
_OWNER = re.compile(r"['’]s\s")
_LIFE = re.compile(r"\s*[-–]\s*")


def derive(claim: Parsed, sentence: Parsed) -> Comparison:
    """What follows from two values of a sentence for the one quantity of a claim."""
    times = multiplied(claim)
    asked = [times] if times else [one for one in claim.values if isinstance(one, Quantity)]
    if len(asked) != 1 or len(sentence.values) < 2 or not same_turning_words(claim, sentence):
        return UNKNOWN
    if not names_fit(claim, sentence):
        return UNKNOWN
    for value in claim.values:
        if value is not asked[0] and all(
            relate(value, told) is not Relation.EQUAL for told in sentence.values
        ):
            return UNKNOWN
    found: dict[Relation, Step] = {}
    for derivation in _DERIVATIONS:
        for derived in derivation(claim, asked[0], sentence):
            if share_held(claim.words - derived.spoken_for, sentence.words) < WORDS_HELD:
                continue
            for one, other in comparable(asked[0], derived.quantity):
                if not _is_of_like_size(one.low, other.low):
                    continue
                relation = relate_measures(one, asked[0], other, derived.quantity)
                sign = "is" if relation.supports else "is not"
                said = claim.text[asked[0].start : end_with_unit(asked[0])]
                if asked[0].bound:
                    said = said[0].lower() + said[1:]
                text = f"{derived.step.text}, which {sign} {said}"
                found[relation] = replace(derived.step, text=text)
    if len(found) != 1 or Relation.UNKNOWN in found:
        return UNKNOWN
    (relation,) = found
    return Comparison(relation, (found[relation],))


def _is_of_like_size(one: float, other: float) -> bool:
    """Whether two amounts may be of one thing."""
    return abs(one) <= MOST_TIMES * abs(other) and abs(other) <= MOST_TIMES * abs(one)


def _amounts_compared_with(claim: Parsed, asked: Quantity, sentence: Parsed) -> Iterator[Derived]:
    """84 pairs, five fewer than in 2022: those of 2022 were 89."""
    text = sentence.text
    quantities = [value for value in sentence.values if isinstance(value, Quantity)]
    for at, (base, change) in enumerate(itertools.pairwise(quantities)):
        if base.bound or change.bound or compared_by(sentence, base):
            continue
        more = _MORE.match(text, end_with_unit(change))
        fewer = _FEWER.match(text, end_with_unit(change))
        cue = more or fewer
        if cue is None or base.base == ORDINAL:
            continue
        end = _CLAUSE_END.search(text, cue.end())
        stop = end.start() if end else len(text)
        reference = words_between(sentence, cue.end(), stop)
        dates = [d for d in sentence.values if isinstance(d, Date) and cue.end() <= d.start < stop]
        claimed_dates = [d for d in claim.values if isinstance(d, Date)]
        if dates or claimed_dates:
            if [d.parts for d in dates] != [d.parts for d in claimed_dates]:
                continue
        elif not reference or not reference <= claim.words:
            continue
        if at + 2 < len(quantities) and quantities[at + 2].start < stop:
            continue
        first, second = base.measures[0], change.measures[0]
        share = second.base == "%" and first.base != "%"
        points = first.base == "%" and second.base in ("point", "")
        if not share and not points and first.base != second.base and second.base:
            continue
        if second.base == "" and not points and change.noun not in ("", base.noun, stem(cue[1])):
            continue
        sign = -1 if more else 1
        if share:
            value = first.low / (1 - sign * second.low / 100)
            how = f"{text_of(text, base)} / {1 - sign * second.low / 100:g}"
            how += f" = {in_written_unit(value, first)}"
            rounding = abs(value) * 0.006 + first.exact_to
        else:
            # Of "188,000 a day, 12,000 down on spring" the second is told as the first.
            as_first = second.base == "" and not points and base.number
            factor = first.low / base.number if as_first else 1.0
            value = first.low + sign * (change.number if as_first else second.low) * factor
            how = f"{text_of(text, base)} {'-' if more else '+'} {text_of(text, change)}"
            how += f" = {in_written_unit(value, first)}"
            rounding = first.exact_to + second.exact_to
        measure = replace(first, low=value, high=value, exact_to=rounding)
        yield Derived(
            replace(base, measures=(measure,)),
            step_of(how, base, change),
            frozenset({"had", "than"}),
        )


def _shares(claim: Parsed, asked: Quantity, sentence: Parsed) -> Iterator[Derived]:
    """411 of the 902 carcasses: 45.6 per cent."""
    if asked.base != "%":
        return
    quantities = [value for value in sentence.values if isinstance(value, Quantity)]
    for part, whole in itertools.pairwise(quantities):
        if not _OF.fullmatch(sentence.text, part.end, whole.start) or part.bound or whole.bound:
            continue
        top, under = part.measures[0], whole.measures[0]
        if top.base or under.base or not 0 < top.low <= under.low:
            continue
        if not whole.noun or whole.noun not in (asked.noun, *claim.words):
            continue
        share = 100 * top.low / under.low
        measure = Measure("%", share, share, 0.5, 0, "derived")
        how = f"{text_of(sentence.text, part)} / {text_of(sentence.text, whole)} = {share:.3g}%"
        yield Derived(replace(whole, measures=(measure,)), step_of(how, part, whole), frozenset())


def _changes(claim: Parsed, asked: Quantity, sentence: Parsed) -> Iterator[Derived]:
    """rose from 12 to 15 per cent: by 3 points, by a quarter."""
    directions = claim.words & (UP | DOWN)
    if not directions or role_of(claim, asked) != "change":
        return
    quantities = [value for value in sentence.values if isinstance(value, Quantity)]
    for one, other in itertools.pairwise(quantities):
        before = sentence.text[max(0, one.start - 8) : one.start]
        gap = sentence.text[end_with_unit(one) : other.start]
        if re.search(r"\bfrom\s+$", before) and re.fullmatch(r"\s+to\s+", gap):
            old, new = one, other
        elif _FROM.search(
            sentence.text[max(0, other.start - 40) : other.start]
        ) and _UP_FROM.fullmatch(gap):
            old, new = other, one
        else:
            continue
        a, b = old.measures[0], new.measures[0]
        if not b.base and not new.noun:
            continue  # 1986
        if not a.base and new.number:
            a = replace(b, low=_old_number(sentence.text, old, new) * b.low / new.number)
        if (a.base and a.base != b.base) or old.bound or new.bound or not a.low:
            continue
        rises = b.low > a.low
        if not directions <= (UP if rises else DOWN):
            continue
        change = abs(b.low - a.low)
        spoken = frozenset(directions)
        if asked.base == "%" and b.base != "%":
            percent = 100 * change / abs(a.low)
            ratio = f"{text_of(sentence.text, new)} / {text_of(sentence.text, old)}"
            how = f"{ratio} - 1" if rises else f"1 - {ratio}"
            how += f" = {percent:.3g}%"
            measure = Measure("%", percent, percent, 0.5, 0, "derived")
        else:
            base = {"%": "point", "degree": DEGREES_APART}.get(b.base, b.base)
            low, high = (
                text_of(sentence.text, one) for one in ((old, new) if rises else (new, old))
            )
            how = f"{high} - {low} = {in_written_unit(change, b)}"
            measure = replace(
                b, base=base, low=change, high=change, exact_to=a.exact_to + b.exact_to
            )
        noun = asked.noun if not measure.base else ""
        yield Derived(replace(new, measures=(measure,), noun=noun), step_of(how, new, old), spoken)


def _old_number(text: str, old: Quantity, new: Quantity) -> float:
    """The number of "12" in "from 12 to 15 million euros"."""
    scales = [scale_said(text[one.number_start : one.end]) for one in (old, new)]
    return old.number * (scales[1] if scales[0] == 1 else 1)


def _ages(claim: Parsed, asked: Quantity, sentence: Parsed) -> Iterator[Derived]:
    """Born in 1930, died in 2001: aged 70 or 71."""
    if asked.base != "age" or not claim.words & {"die", "death", "dead"}:
        return
    dates = [value for value in sentence.values if isinstance(value, Date) and value.parts[0]]
    if len(dates) != 2:
        return
    birth, death = dates
    text = sentence.text
    joined = _LIFE.fullmatch(text, birth.end, death.start)
    if not joined and not (
        _BORN.search(text[: birth.start]) and _DIED.search(text[birth.end : death.start])
    ):
        return
    if _OWNER.search(text[: birth.start]):
        return  # Lind's husband
    born, died = days_of(birth.parts), days_of(death.parts)
    if born is None or died is None or birth.either or death.either:
        return
    least = _full_years(born[1], died[0])
    most = _full_years(born[0], died[1])
    measure = Measure("age", float(least), float(most), 0, 0)
    years = least if least == most else f"{least} or {most}"
    how = f"{text_of(text, birth)} to {text_of(text, death)} = {years} years"
    yield Derived(
        Quantity(birth.start, death.end, death.end, birth.start, (measure,), "", ""),
        step_of(how, birth, death),
        frozenset({"die", "age", "death", "was", "when"}),
    )


def _full_years(first: dt.date, last: dt.date) -> int:
    return last.year - first.year - ((last.month, last.day) < (first.month, first.day))


def _sums(claim: Parsed, asked: Quantity, sentence: Parsed) -> Iterator[Derived]:
    """45 people in Oria and 6 in Ustra: 51 people in all."""
    totals = claim.words & _TOTAL
    if not totals or asked.base in (ORDINAL, "%", "age"):
        return
    quantities = [value for value in sentence.values if isinstance(value, Quantity)]
    if len(quantities) != 2:
        return
    one, other = quantities
    if Relation.EQUAL in (relate(asked, one), relate(asked, other)):
        return  # "overall 157 singles titles", of 157 and 32 doubles titles
    a, b = one.measures[0], other.measures[0]
    gap = sentence.text[end_with_unit(one) : other.start].lower()
    if one.bound or other.bound or a.base != b.base or not _AND.search(gap):
        return
    if not a.base and one.noun != asked.noun:
        return
    total = a.low + b.low
    how = f"{text_of(sentence.text, one)} + {text_of(sentence.text, other)}"
    how += f" = {in_written_unit(total, a)}"
    measure = replace(a, low=total, high=total, exact_to=a.exact_to + b.exact_to)
    yield Derived(replace(one, measures=(measure,)), step_of(how, one, other), frozenset(totals))


_DERIVATIONS: tuple[Callable[[Parsed, Quantity, Parsed], Iterator[Derived]], ...] = (
    _amounts_compared_with, _shares, _changes, _ages, _sums, rates, amounts_before, all_but,
    products, parts_of, multiples, margins, terms_of_office, people,
)  # fmt: skip
