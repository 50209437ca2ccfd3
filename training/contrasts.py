"""Facts told as "this, not that" -> pairs about either side of the word "not".

    python -m training.contrasts CORPUS.jsonl contrasts.jsonl

A passage that says "71 million, not the 48 million the city named" holds both numbers of a claim
and says one of them is wrong. Sources that correct each other write like this, and data made by
people hardly ever does: a model that has not seen it takes any number it is asked for as said. The
facts are made up, as those of `training.comparisons` are, and stand among sentences of real news.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from evaluation.pairs import Pair
from training.comparisons import DEEDS, LATER, OFFICES, PLACES, Said, among, chosen, names
from training.copies import write_made

DATASET = "contrasts"
SPEAKERS = (
    "the city", "the ministry", "the council", "the company", "its director", "a spokesman",
    "the union", "the police", "an earlier report", "the newspaper", "the agency", "the museum",
)  # fmt: skip
CHECKED = (
    "an audit", "the court", "the regional office", "the inquiry", "a new count", "its records",
)  # fmt: skip
EVENTS = (
    "The bridge|opened|did not open", "The school|closed|did not close",
    "The contract|was signed|was not signed", "The tower|was finished|was not finished",
    "The strike|began|did not begin", "The law|took effect|did not take effect",
    "The festival|was founded|was not founded", "The ferry|sank|did not sink",
    "The treaty|expired|did not expire", "The factory|was sold|was not sold",
)  # fmt: skip


def main(
    corpus: Annotated[Path, typer.Argument(help="passages, one JSON object with a text a line")],
    out: Annotated[Path, typer.Argument(help="file to write")],
    most: Annotated[int, typer.Option(help="pairs to make")] = 2_000,
    seed: int = 1,
) -> None:
    """Write labelled pairs about made-up corrections."""
    write_made(contrasts, corpus, out, most, seed)


def contrasts(texts: Sequence[str], most: int, seed: int) -> list[Pair]:
    """`most` pairs; half of their facts stand among sentences of `texts`."""
    randomly = random.Random(seed)
    made: list[Pair] = []
    while len(made) < most:
        fact, claims = randomly.choice((_amount, _amount, _year, _person))(randomly)
        made += chosen(claims, among(fact, texts, randomly), DATASET, randomly)
    return made[:most]


def _amount(randomly: random.Random) -> tuple[str, list[Said]]:
    """So many, not as many as somebody had said."""
    one, other = names(randomly)
    past, base, things = randomly.choice(DEEDS).replace("_", " ").split("|")
    scale = randomly.choice((20, 100, 900, 20_000))
    right, wrong = randomly.sample(range(3, scale), 2)
    who, checked = randomly.choice(SPEAKERS), randomly.choice(CHECKED)
    when = randomly.choice(LATER)
    tail = f" {when}" if when else ""
    forms = (
        f"{one} {past} {right:,} {things}{tail}, not the {wrong:,} that {who} has named.",
        f"{one} {past} {right:,} {things}{tail}, not {wrong:,} as {who} had said.",
        f"{one} {past} {right:,} {things}{tail} rather than {wrong:,}, according to {checked}.",
        f"{one} did not {base} {wrong:,} {things}{tail}, as {who} claimed, but {right:,}.",
        f"Instead of the {wrong:,} {things} that {who} reported, {one} {past} {right:,}{tail}.",
        f"{who.capitalize()} said that {one} {past} {wrong:,} {things}{tail}; "
        f"{checked} found that the number was {right:,}.",
        f"{one} {past} {right:,} {things}{tail}.",
    )
    fact = randomly.choice(forms)
    claims: list[Said] = [
        (f"{one} {past} {right:,} {things}", "SUPPORTS"),
        (f"{one} {past} {right:,} {things}, not {wrong:,}.", "SUPPORTS"),
        (f"{one} did not {base} {wrong:,} {things}.", "SUPPORTS"),
        (f"{one} {past} {wrong:,} {things}", "REFUTES"),
        (f"{one} {past} {wrong:,} {things}.", "REFUTES"),
        (f"{one} {past} {wrong:,} {things}, not {right:,}", "REFUTES"),
        (f"{one} did not {base} {right:,} {things}", "REFUTES"),
        (f"{other} {past} {right:,} {things}", "NOT_ENOUGH_INFO"),
        (f"{other} {past} {wrong:,} {things}.", "NOT_ENOUGH_INFO"),
    ]
    if who in fact.lower():
        less = right < wrong
        claims.append((f"{one} {past} fewer {things} than {who} said",
                       "SUPPORTS" if less else "REFUTES"))  # fmt: skip
        claims.append((f"{one} {past} more {things} than {who} said.",
                       "REFUTES" if less else "SUPPORTS"))  # fmt: skip
    return fact, claims


def _year(randomly: random.Random) -> tuple[str, list[Said]]:
    """In one year, not in another."""
    what, past, negated = randomly.choice(EVENTS).split("|")
    place, elsewhere = randomly.sample(PLACES, 2)
    right, wrong = randomly.sample(range(1950, 2024), 2)
    who = randomly.choice(SPEAKERS)
    fact = randomly.choice((
        f"{what} in {place} {past} in {right}, not in {wrong}.",
        f"{what} in {place} {past} in {right}, not {wrong} as {who} had said.",
        f"{what} in {place} {past} in {right} rather than in {wrong}.",
        f"{what} in {place} {negated} in {wrong}, as {who} claimed, but in {right}.",
    ))  # fmt: skip
    earlier: Said = (
        f"{what} in {place} {past} before {max(right, wrong)}",
        "SUPPORTS" if right < wrong else "REFUTES",
    )
    return fact, [
        earlier,
        (f"{what} in {place} {past} in {right}", "SUPPORTS"),
        (f"{what} in {place} {past} in {right}, not in {wrong}.", "SUPPORTS"),
        (f"{what} in {place} {negated} in {wrong}", "SUPPORTS"),
        (f"{what} in {place} {past} in {wrong}", "REFUTES"),
        (f"{what} in {place} {past} in {wrong}.", "REFUTES"),
        (f"{what} in {place} {negated} in {right}.", "REFUTES"),
        (f"{what} in {elsewhere} {past} in {right}", "NOT_ENOUGH_INFO"),
    ]


def _person(randomly: random.Random) -> tuple[str, list[Said]]:
    """One, not another, has the office."""
    one, other = names(randomly)
    office, place = randomly.choice(OFFICES), randomly.choice(PLACES)
    who = randomly.choice(SPEAKERS)
    fact = randomly.choice((
        f"{one}, not {other}, was elected {office} of {place}.",
        f"It was {one} rather than {other} who became {office} of {place}.",
        f"Not {other} but {one} was chosen as {office} of {place}.",
        f"{who.capitalize()} had named {other} as {office} of {place}; in fact {one} was elected.",
    ))  # fmt: skip
    return fact, [
        (f"{one} became {office} of {place}", "SUPPORTS"),
        (f"{one} was elected {office} of {place}.", "SUPPORTS"),
        (f"{other} did not become {office} of {place}", "SUPPORTS"),
        (f"{other} became {office} of {place}", "REFUTES"),
        (f"{other} was elected {office} of {place}.", "REFUTES"),
        (f"{one} did not become {office} of {place}.", "REFUTES"),
        (f"{one} had been {office} of {place} before", "NOT_ENOUGH_INFO"),
        (f"{other} asked for a new count of the votes.", "NOT_ENOUGH_INFO"),
    ]


if __name__ == "__main__":
    typer.run(main)
