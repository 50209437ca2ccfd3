"""Facts with a value, asked for by a bound -> pairs whose label follows from arithmetic.

    python -m training.bounds CORPUS.jsonl bounds.jsonl

"Less than half full", "before 9 p.m.", "by more than 1,000 votes": a claim that names no value of
the passage is decided by an order between two values, of percentages, hours, days or amounts. With
them comes what was asked for and what came of it, and what two sides share, which says nothing of
who has more. The facts are made up, as those of `training.comparisons` are, and stand among real
news.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from evaluation.pairs import Pair
from retrieval.types import Stance
from training.comparisons import DEEDS, OFFICES, PLACES, SHARES, Said, among, amounts, chosen, names
from training.copies import write_made

DATASET = "bounds"
VESSELS = (
    "The tank|full", "The stadium|sold out", "The hospital|occupied", "The tunnel|finished",
    "The silo|filled", "The pier|rebuilt", "The canal|dug", "The hotel|booked", "The dam|built",
)  # fmt: skip
RIDES = ("The bus", "The ferry", "The first flight", "The last tram", "The express", "The parade")
ACTS = (
    "The museum|opened", "The trial|began", "The mine|closed", "The law|took effect",
    "The stadium|was finished", "The ship|sank", "The fair|ended", "The treaty|was signed",
)  # fmt: skip
PAYERS = ("The nurses", "The pilots", "The farmers", "The tenants", "The teachers", "The club")
GAINS = ("a grant of|million euros", "a rise of|per cent", "a loan of|million dollars",
         "a discount of|per cent", "a bonus of|euros", "a pension of|pounds")  # fmt: skip
COMMON = (
    "share the command of the camp", "run the office together", "pay for the bridge together",
    "signed the same agreement", "have a border in common", "meet every spring",
    "take turns in the chair", "use the same harbour",
)  # fmt: skip
ROUND = (50, 100, 200, 300, 500, 1_000, 2_000, 5_000, 10_000, 50_000)


def main(
    corpus: Annotated[Path, typer.Argument(help="passages, one JSON object with a text a line")],
    out: Annotated[Path, typer.Argument(help="file to write")],
    most: Annotated[int, typer.Option(help="pairs to make")] = 3_000,
    seed: int = 1,
) -> None:
    """Write labelled pairs about made-up values and bounds."""
    write_made(bounds, corpus, out, most, seed)


def bounds(texts: Sequence[str], most: int, seed: int) -> list[Pair]:
    """`most` pairs; half of their facts stand among sentences of `texts`."""
    randomly = random.Random(seed)
    kinds = (_level, _hour, _day, _amount, _outcome, _sides, _sides)
    made: list[Pair] = []
    while len(made) < most:
        fact, claims = randomly.choice(kinds)(randomly)
        made += chosen(claims, among(fact, texts, randomly), DATASET, randomly)
    return made[:most]


def _holds(condition: bool) -> Stance:
    return "SUPPORTS" if condition else "REFUTES"


def _level(randomly: random.Random) -> tuple[str, list[Said]]:
    """How much of one thing, against a fraction."""
    what, state = randomly.choice(VESSELS).split("|")
    place, elsewhere = randomly.sample(PLACES, 2)
    percent = randomly.choice((float(randomly.randint(3, 97)), randomly.randint(31, 969) / 10))
    unit = randomly.choice((" per cent", " percent", "%"))
    fact = randomly.choice((
        f"{what} in {place} is {percent:g}{unit} {state}.",
        f"{what} in {place} was {percent:g}{unit} {state} on Monday, its owner said.",
        f"On Friday {what.lower()} in {place} was {percent:g}{unit} {state}, "
        "more than anybody had expected.",
    ))  # fmt: skip
    claims: list[Said] = []
    for value, word in SHARES:
        if abs(percent - 100 * value) > 2:
            over = percent > 100 * value
            claims += [
                (f"{what} in {place} was more than {word} {state}", _holds(over)),
                (f"{what} in {place} was less than {word} {state}.", _holds(not over)),
                (f"{what} in {place} was not even {word} {state}", _holds(not over)),
            ]
    claims.append((f"{what} in {elsewhere} was more than half {state}", "NOT_ENOUGH_INFO"))
    return fact, claims


def _clock(minutes: int, randomly: random.Random) -> str:
    """A time of day as people write it."""
    hour, minute = divmod(minutes, 60)
    if randomly.random() < 0.3:
        return f"{hour}:{minute:02}"
    half = "a.m." if hour < 12 else "p.m."
    return f"{hour % 12 or 12}" + (f":{minute:02} {half}" if minute else f" {half}")


def _hour(randomly: random.Random) -> tuple[str, list[Said]]:
    """When it leaves, against another time of the day."""
    what, place = randomly.choice(RIDES), randomly.choice(PLACES)
    leaves = 5 * randomly.randint(72, 282)
    fact = randomly.choice((
        f"{what} from {place} leaves at {_clock(leaves, randomly)}.",
        f"{what} from {place} will leave at {_clock(leaves, randomly)} from Monday on.",
        f"{what} from {place} will leave at {_clock(leaves, randomly)} and arrive an hour later.",
    ))  # fmt: skip
    earlier = leaves - randomly.choice((30, 60, 95, 120, 180))
    later = min(leaves + randomly.choice((30, 60, 95, 120, 180)), 1_435)
    return fact, [
        (f"{what} from {place} leaves before {_clock(later, randomly)}", "SUPPORTS"),
        (f"{what} from {place} leaves after {_clock(earlier, randomly)}.", "SUPPORTS"),
        (f"{what} from {place} leaves at {_clock(leaves, randomly)}", "SUPPORTS"),
        (f"{what} from {place} leaves before {_clock(earlier, randomly)}", "REFUTES"),
        (f"{what} from {place} leaves after {_clock(later, randomly)}.", "REFUTES"),
        (f"{what} from {place} leaves at {_clock(earlier, randomly)}", "REFUTES"),
        (f"{what} from {place} was late on Monday.", "NOT_ENOUGH_INFO"),
        (f"{what} to {place} leaves after {_clock(earlier, randomly)}", "NOT_ENOUGH_INFO"),
    ]


def _day(randomly: random.Random) -> tuple[str, list[Said]]:
    """On which day, against a year or a month."""
    what, past = randomly.choice(ACTS).split("|")
    place, elsewhere = randomly.sample(PLACES, 2)
    first = dt.date(1960, 1, 1)
    day = first + dt.timedelta(days=randomly.randint(0, 23_000))
    fact = f"{what} in {place} {past} on {day.day} {day:%B %Y}."
    early, late = day.year - randomly.randint(1, 9), day.year + randomly.randint(1, 9)
    month = dt.date(day.year, randomly.choice([m for m in range(1, 13) if m != day.month]), 1)
    return fact, [
        (f"{what} in {place} {past} before {late}", "SUPPORTS"),
        (f"{what} in {place} {past} after {early}.", "SUPPORTS"),
        (f"{what} in {place} {past} in {day:%B %Y}", "SUPPORTS"),
        (f"{what} in {place} {past} before {early}", "REFUTES"),
        (f"{what} in {place} {past} after {late}.", "REFUTES"),
        (f"{what} in {place} {past} in {month:%B} {day.year}", "REFUTES"),
        (f"{what} in {place} {past} after {month:%B} {day.year}", _holds(day > month)),
        (f"{what} in {place} {past} before {month:%B} {day.year}", _holds(day < month)),
        (f"{what} in {elsewhere} {past} before {late}", "NOT_ENOUGH_INFO"),
    ]


def _amount(randomly: random.Random) -> tuple[str, list[Said]]:
    """How many of one side, or a lead of so many, against a round number."""
    one, other = names(randomly)
    amount = randomly.choice((randomly.randint(20, 900), randomly.randint(900, 60_000)))
    under = randomly.choice([bound for bound in (10, *ROUND) if bound < amount])
    over = randomly.choice([bound for bound in (*ROUND, 100_000) if bound > amount])
    if randomly.random() < 0.5:
        office = randomly.choice(OFFICES)
        share = randomly.randint(501, 640) / 10
        fact = randomly.choice((
            f"{one} will be the next {office}. With {share} per cent of the vote the lead over "
            f"{other} was {amount:,} votes.",
            f"{one} got {share} per cent of the vote for {office}, {amount:,} votes more than "
            f"{other}, who had led at first.",
        ))  # fmt: skip
        subject, things = f"{one} won by", "votes"
    else:
        past, _, things = randomly.choice(DEEDS).replace("_", " ").split("|")
        fact, subject = f"{one} {past} {amount:,} {things}.", f"{one} {past}"
    return fact, [
        (f"{subject} more than {under:,} {things}", "SUPPORTS"),
        (f"{subject} at least {under:,} {things}.", "SUPPORTS"),
        (f"{subject} fewer than {over:,} {things}", "SUPPORTS"),
        (f"{subject} less than {over:,} {things}.", "SUPPORTS"),
        (f"{subject} more than {over:,} {things}", "REFUTES"),
        (f"{subject} at least {over:,} {things}.", "REFUTES"),
        (f"{subject} fewer than {under:,} {things}", "REFUTES"),
        (f"{subject} no more than {under:,} {things}.", "REFUTES"),
        (f"{one} had expected more than {under:,} {things}", "NOT_ENOUGH_INFO"),
    ]


def _outcome(randomly: random.Random) -> tuple[str, list[Said]]:
    """What was asked for, and what came of it."""
    who = randomly.choice(PAYERS)
    thing, unit = randomly.choice(GAINS).split("|")
    got, asked = (number / 2 for number in randomly.sample(range(2, 60), 2))
    if randomly.random() < 0.2:
        return f"{who} asked for {thing} {asked:g} {unit}.", [
            (f"{who} asked for {thing} {asked:g} {unit}", "SUPPORTS"),
            (f"{who} asked for {thing} {got:g} {unit}.", "REFUTES"),
            (f"{who} got {thing} {asked:g} {unit}", "NOT_ENOUGH_INFO"),
            (f"{who} got {thing} {got:g} {unit}.", "NOT_ENOUGH_INFO"),
        ]
    fact = randomly.choice((
        f"{who} accepted {thing} {got:g} {unit}; they had asked for {asked:g}.",
        f"{who} had demanded {asked:g} {unit}, and in the end got {thing} {got:g} {unit}.",
        f"{who} will get {thing} {got:g} {unit}, where {asked:g} had been asked for.",
        f"Although {who.lower()} wanted {asked:g} {unit}, they settled for {thing} {got:g} {unit}.",
    ))  # fmt: skip
    return fact, [
        (f"{who} got {thing} {got:g} {unit}", "SUPPORTS"),
        (f"{who} had wanted {thing} {asked:g} {unit}.", "SUPPORTS"),
        (f"{who} got {'less' if got < asked else 'more'} than they had asked for", "SUPPORTS"),
        (f"{who} got {thing} {asked:g} {unit}", "REFUTES"),
        (f"{who} got {thing} {asked:g} {unit}.", "REFUTES"),
        (f"{who} had asked for {thing} {got:g} {unit}", "REFUTES"),
        (f"{who} got {'more' if got < asked else 'less'} than they had asked for.", "REFUTES"),
        (f"{who} asked for {thing} {asked:g} {unit} the year before", "NOT_ENOUGH_INFO"),
    ]


def _sides(randomly: random.Random) -> tuple[str, list[Said]]:
    """What two sides have in common, with or without how many of something each has."""
    one, other = names(randomly)
    common = f"{one} and {other} {randomly.choice(COMMON)}."
    if randomly.random() < 0.75:
        counted, claims = amounts(one, other, randomly)
        return " ".join(randomly.sample([common, counted], 2)), claims
    past, _, things = randomly.choice(DEEDS).replace("_", " ").split("|")
    return common, [
        (f"{one} and {other} {past} equal numbers of {things}", "NOT_ENOUGH_INFO"),
        (f"{one} and {other} have equal {things}.", "NOT_ENOUGH_INFO"),
        (f"{one} {past} more {things} than {other}", "NOT_ENOUGH_INFO"),
        (f"{other} has fewer {things} than {one}.", "NOT_ENOUGH_INFO"),
    ]


if __name__ == "__main__":
    typer.run(main)
