"""Facts about two sides, told in many ways -> pairs whose label follows from comparing them.

    python -m training.comparisons CORPUS.jsonl comparisons.jsonl

"Each sent 60", "312 more than", "beat", "half of": to know what such a passage says of a claim one
has to compare two things that it says, which little of the data made by people asks for. The facts
are made up, so the label is arithmetic; they stand among sentences of real news passages.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from evaluation.pairs import Pair
from index.split import sentences
from retrieval.types import Stance
from training.copies import write_made

DATASET = "comparisons"


def _words(table: str) -> list[str]:
    return table.split()


PLACES = _words("""
Norway Sweden Finland Denmark Poland Hungary Austria Portugal Spain Italy Greece
Bulgaria Romania Ukraine Georgia Armenia Iran Iraq Egypt Morocco Kenya Ghana Nigeria Chad Mali
Peru Chile Brazil Bolivia Mexico Cuba Canada Japan
Vietnam Thailand Malaysia Indonesia India Pakistan Nepal
China Mongolia Kazakhstan Germany France Belgium Ireland Scotland Wales Texas Ohio Oregon Alaska
Boston Chicago Denver Seattle Leeds Bristol Glasgow Cardiff Madrid Milan Lyon Porto Prague Vienna
Warsaw Riga Oslo Osaka Lima Quito Lagos Nairobi Tunis Perth Sydney
""")
FIRST = _words("""
Anna Maria Elena Sofia Laura Ingrid Fatima Aisha Mei Yuki Priya Nadia Carmen Ruth Grace
Peter John Michael David Thomas Ahmed Omar Carlos Luis Ivan Viktor Kenji Raj Samuel Paul Erik
""")
LAST = _words("""
Berg Novak Silva Costa Moreau Keller Weber Rossi Ricci Dahl Larsen Smith Brown Walker Reed
Khan Hassan Patel Singh Tanaka Mori Chen Wong Okafor Mensah Ruiz Torres Ivanova Petrov Murphy
""")
FIRMS = _words("""
Alcor Veltran Nordex Quantia Bexley Halvorsen Tirrell Mondavo Castellan Orvik Pellworth
Rankine Sotheran Umbra Wexford Zephyr Larkspur Drayton Kestrel Ferrant
""")
KINDS = ("Corp", "Group", "Bank", "Motors", "Airlines", "Foods", "University", "United", "Rovers")
DEEDS = _words("""
sent|send|soldiers built|build|schools sold|sell|cars employed|employ|people
planted|plant|trees opened|open|branches won|win|medals received|receive|votes reported|report|cases
hired|hire|nurses issued|issue|visas cut|cut|jobs trained|train|pilots recorded|record|births
owned|own|ships published|publish|papers scored|score|points imported|import|tonnes_of_wheat
produced|produce|barrels_of_oil treated|treat|patients admitted|admit|students killed|kill|people
donated|donate|tents sank|sink|boats ordered|order|aircraft spent|spend|million_euros
lost|lose|seats closed|close|shops counted|count|wolves had|have|deaths had|have|members
attracted|attract|visitors carried|carry|passengers
""")
LATER = ("in May", "in 2014", "last year", "during the campaign", "by the end of June", "this week",
         "in the first quarter", "", "", "")  # fmt: skip
OFFICES = ("mayor", "president", "governor", "party leader", "chair of the committee", "captain")
SHARES = ((0.5, "half"), (1 / 3, "a third"), (0.25, "a quarter"), (2 / 3, "two thirds"),
          (0.75, "three quarters"), (0.2, "a fifth"))  # fmt: skip
GROUPS = ("voters", "residents", "patients", "students", "the staff", "households", "the members",
          "the seats", "the budget", "the beds", "drivers", "the harvest", "the fleet")  # fmt: skip
STATES = ("were vaccinated", "supported the plan", "were affected", "had no insurance",
          "were lost", "had been paid for", "were in use", "took part")  # fmt: skip

# Of what was had or got, one can say that a side has it.
HELD = {"sent", "employed", "owned", "had", "hired", "won", "scored", "received", "recorded",
        "admitted", "attracted", "imported", "trained"}  # fmt: skip

Said = tuple[str, Stance]


def main(
    corpus: Annotated[Path, typer.Argument(help="passages, one JSON object with a text a line")],
    out: Annotated[Path, typer.Argument(help="file to write")],
    most: Annotated[int, typer.Option(help="pairs to make")] = 6_000,
    seed: int = 1,
) -> None:
    """Write labelled pairs about made-up facts."""
    write_made(comparisons, corpus, out, most, seed)


def comparisons(texts: Sequence[str], most: int, seed: int) -> list[Pair]:
    """`most` pairs; half of their facts stand among sentences of `texts`."""
    randomly = random.Random(seed)
    made: list[Pair] = []
    while len(made) < most:
        fact, claims = randomly.choice((_amounts, _amounts, _contest, _part))(randomly)
        made += chosen(claims, among(fact, texts, randomly), DATASET, randomly)
    return made[:most]


def chosen(
    claims: Sequence[Said], evidence: str, dataset: str, randomly: random.Random
) -> Iterator[Pair]:
    """Two of the claims, of two stances."""
    by_stance: dict[Stance, list[str]] = {}
    for claim, stance in claims:
        by_stance.setdefault(stance, []).append(claim)
    for stance in randomly.sample(sorted(by_stance), min(2, len(by_stance))):
        yield Pair(randomly.choice(by_stance[stance]), evidence, stance, dataset)


def among(fact: str, texts: Sequence[str], randomly: random.Random) -> str:
    """A fact alone, or as often among three sentences of one of the texts."""
    if not texts or randomly.random() < 0.5:
        return fact
    text = randomly.choice(texts)
    around = [text[span.start : span.end] for span in sentences(text)][:3]
    around.insert(randomly.randint(0, len(around)), fact)
    return " ".join(around)


@dataclass(frozen=True, slots=True)
class _Side:
    name: str
    amount: int


def _amounts(randomly: random.Random) -> tuple[str, list[Said]]:
    return amounts(*names(randomly), randomly)


def amounts(one: str, other: str, randomly: random.Random) -> tuple[str, list[Said]]:
    """Two sides and how many of something each has."""
    past, base, things = randomly.choice(DEEDS).replace("_", " ").split("|")
    scale = randomly.choice((20, 100, 900, 20_000))
    a, b = randomly.randint(3, scale), randomly.randint(3, scale)
    when = randomly.choice(LATER)
    tail = f" {when}" if when else ""
    if randomly.random() < 0.35:
        equals = (
            f"{one} and {other} each {past} {a:,} {things}{tail}.",
            f"{one} {past} as many {things} as {other}{tail}: {a:,}.",
            f"Both {one} and {other} {past} {a:,} {things}{tail}.",
            f"{one} {past} {a:,} {things}{tail}, and so did {other}.",
            f"{one} {past} {a:,} {things}{tail}, the same number as {other}.",
            f"{one} {past} {a:,} {things} and {other} {a:,}{tail}.",
            f"{one} {past} {a:,} {things}{tail} and {other} {past} {a:,} {things}.",
            f"{one} and {other} each {past} {a:,} {things}{tail}, so that neither is ahead.",
        )
        return randomly.choice(equals), _compared(
            _Side(one, a), _Side(other, a), past, base, things
        )
    if a == b:
        b += 1
    if randomly.random() < 0.25:
        fact = f"{one} {past} {a:,} {things}{tail}."
        known = _Side(one, a)
        return fact, [*_alone(known, past, things, randomly), *_unknown(one, other, past, things)]
    more, fewer = (one, other) if a > b else (other, one)
    forms = (
        f"{one} {past} {a:,} {things} and {other} {b:,}{tail}.",
        f"{one} {past} {a:,} {things}{tail} and {other} {past} {b:,} {things}.",
        f"While {one} {past} {a:,} {things}{tail}, {other} {past} {b:,}.",
        f"{one} {past} {a:,} {things}{tail}. {other}, by contrast, {past} {b:,}.",
        f"{one} {past} {a:,} {things}{tail}, compared with {b:,} for {other}.",
        f"{more} {past} {abs(a - b):,} more {things} than {fewer}{tail}.",
        f"{fewer} {past} fewer {things} than {more}{tail}.",
    )
    fact = randomly.choice(forms)
    claims = _compared(_Side(one, a), _Side(other, b), past, base, things)
    if f"{a:,}" not in fact or f"{b:,}" not in fact:
        claims = [said for said in claims if not any(mark.isdigit() for mark in said[0])]
    return fact, claims


def _compared(one: _Side, other: _Side, past: str, base: str, things: str) -> list[Said]:
    a, b = one.amount, other.amount
    equal: Stance = "SUPPORTS" if a == b else "REFUTES"
    more: Stance = "SUPPORTS" if a > b else "REFUTES"
    fewer: Stance = "SUPPORTS" if a < b else "REFUTES"
    total = a + b
    held: list[Said] = [
        (f"{one.name} and {other.name} have equal {things}", equal),
        (f"{one.name} has more {things} than {other.name}.", more),
    ]
    return [
        *(held if past in HELD else []),
        (f"{one.name} and {other.name} {past} the same number of {things}", equal),
        (f"{one.name} and {other.name} {past} an equal number of {things}.", equal),
        (f"{one.name} and {other.name} {past} equal numbers of {things}", equal),
        (f"{other.name} {past} as many {things} as {one.name}.", equal),
        (f"{one.name} {past} more {things} than {other.name}", more),
        (f"{other.name} {past} fewer {things} than {one.name}.", more),
        (f"{one.name} did not {base} as many {things} as {other.name}", fewer),
        (f"{other.name} {past} more {things} than {one.name}.", fewer),
        (f"{one.name} {past} fewer {things} than {other.name}", fewer),
        (f"{one.name} and {other.name} together {past} {total:,} {things}.", "SUPPORTS"),
        (f"{one.name} and {other.name} {past} {total + max(3, total // 4):,} {things} in all",
         "REFUTES"),
        (f"{other.name} {past} {b:,} {things}", "SUPPORTS"),
        (f"{other.name} {past} {b + max(2, b // 3):,} {things}.", "REFUTES"),
    ]  # fmt: skip


def _alone(side: _Side, past: str, things: str, randomly: random.Random) -> Iterator[Said]:
    step = max(1, side.amount // randomly.choice((3, 5, 10)))
    yield f"{side.name} {past} more than {side.amount - step:,} {things}", "SUPPORTS"
    yield f"{side.name} {past} fewer than {side.amount + step:,} {things}.", "SUPPORTS"
    yield f"{side.name} {past} more than {side.amount + step:,} {things}", "REFUTES"
    yield f"{side.name} {past} fewer than {side.amount - step:,} {things}.", "REFUTES"


def _unknown(one: str, other: str, past: str, things: str) -> Iterator[Said]:
    yield f"{one} {past} more {things} than {other}", "NOT_ENOUGH_INFO"
    yield f"{one} and {other} {past} the same number of {things}.", "NOT_ENOUGH_INFO"
    yield f"{other} {past} fewer {things} than {one}.", "NOT_ENOUGH_INFO"


def _contest(randomly: random.Random) -> tuple[str, list[Said]]:
    """One side wins, the other loses, by so much."""
    winner, loser = names(randomly)
    told = _election if randomly.random() < 0.5 else _match
    return told(winner, loser, randomly)


def _election(winner: str, loser: str, randomly: random.Random) -> tuple[str, list[Said]]:
    office, place = randomly.choice(OFFICES), randomly.choice(PLACES)
    share = randomly.randint(501, 640) / 10
    margin = randomly.choice((randomly.randint(40, 900), randomly.randint(1_000, 30_000)))
    forms = (
        f"{winner} was elected {office} of {place} with {share} per cent of the vote, "
        f"{margin:,} votes more than {loser}.",
        f"{winner} will be the next {office} of {place}, {margin:,} votes ahead of {loser}.",
        f"{loser} conceded defeat to {winner}, who becomes {office} of {place} "
        f"by {margin:,} votes.",
        f"{winner} took {share} per cent and beat {loser} by {margin:,} votes in the vote "
        f"for {office} of {place}.",
    )
    less, more = margin - max(1, margin // 4), margin + max(1, margin // 3)
    claims: list[Said] = [
        (f"{winner} won the election for {office} of {place}", "SUPPORTS"),
        (f"{loser} lost the race for {office} of {place}.", "SUPPORTS"),
        (f"{winner} won by more than {less:,} votes", "SUPPORTS"),
        (f"{winner} beat {loser} by fewer than {more:,} votes.", "SUPPORTS"),
        (f"{loser} won the election for {office} of {place}", "REFUTES"),
        (f"{loser} became {office} of {place}.", "REFUTES"),
        (f"{winner} lost to {loser}", "REFUTES"),
        (f"{winner} won by more than {more:,} votes", "REFUTES"),
        (f"{winner} won by fewer than {less:,} votes.", "REFUTES"),
        (f"{loser} asked for a recount of the votes", "NOT_ENOUGH_INFO"),
        (f"{winner} had been {office} of {place} before.", "NOT_ENOUGH_INFO"),
    ]
    return randomly.choice(forms), claims


def _match(winner: str, loser: str, randomly: random.Random) -> tuple[str, list[Said]]:
    high = randomly.randint(2, 6)
    low = randomly.randint(0, high - 1)
    event = randomly.choice(
        ("the final", "the cup tie", "the semi-final", "the derby", "the match")
    )
    forms = (
        f"{winner} beat {loser} {high}-{low} in {event}.",
        f"{loser} lost {event} to {winner} {low}-{high}.",
        f"{winner} won {event} {high}-{low} against {loser}.",
        f"With {high} goals to {low}, {winner} knocked out {loser} in {event}.",
    )
    return randomly.choice(forms), [
        (f"{winner} won {event}", "SUPPORTS"),
        (f"{loser} were beaten by {winner}.", "SUPPORTS"),
        (f"{winner} scored more goals than {loser}", "SUPPORTS"),
        (f"{loser} won {event}", "REFUTES"),
        (f"{winner} and {loser} drew in {event}.", "REFUTES"),
        (f"{winner} lost {event}.", "REFUTES"),
        (f"{loser} beat {winner}", "REFUTES"),
        (f"{winner} had lost to {loser} the year before", "NOT_ENOUGH_INFO"),
        (f"{loser} were leading at half-time.", "NOT_ENOUGH_INFO"),
    ]


def _part(randomly: random.Random) -> tuple[str, list[Said]]:
    """A percentage, asked for as a fraction or the other way round."""
    whole, state = randomly.choice(GROUPS), randomly.choice(STATES)
    place = randomly.choice(PLACES)
    if randomly.random() < 0.3:
        value, word = randomly.choice(SHARES)
        percent = 100 * value
        fact = f"In {place}, {word} of {whole} {state}."
    else:
        percent = randomly.choice((float(randomly.randint(2, 98)), randomly.randint(21, 979) / 10))
        unit = randomly.choice((" per cent", " percent", "%"))
        fact = f"In {place}, {percent:g}{unit} of {whole} {state}."
    claims: list[Said] = []
    for value, word in SHARES:
        if abs(percent - 100 * value) < 1.5:
            claims.append((f"About {word} of {whole} in {place} {state}", "SUPPORTS"))
            continue
        over = percent > 100 * value
        yes: Stance = "SUPPORTS" if over else "REFUTES"
        no: Stance = "REFUTES" if over else "SUPPORTS"
        claims.append((f"More than {word} of {whole} in {place} {state}", yes))
        claims.append((f"Less than {word} of {whole} in {place} {state}.", no))
    most: Stance = "SUPPORTS" if percent > 50 else "REFUTES"
    if percent != 50:
        claims.append((f"Most of {whole} in {place} {state}.", most))
        claims.append((f"A majority of {whole} in {place} {state}", most))
        few: Stance = "REFUTES" if percent > 50 else "SUPPORTS"
        claims.append((f"Only a minority of {whole} in {place} {state}.", few))
    wrong = percent + randomly.choice((-1, 1)) * randomly.randint(5, 20)
    if 0 < wrong < 100 and percent * 10 % 1 == 0:
        claims.append((f"{wrong:g} per cent of {whole} in {place} {state}", "REFUTES"))
        claims.append((f"{percent:g} per cent of {whole} in {place} {state}.", "SUPPORTS"))
    elsewhere = randomly.choice([other for other in PLACES if other != place])
    claims.append((f"More than half of {whole} in {elsewhere} {state}", "NOT_ENOUGH_INFO"))
    return fact, claims


def names(randomly: random.Random) -> tuple[str, str]:
    """Two of one kind."""
    kind = randomly.randrange(3)
    if kind == 0:
        one, other = randomly.sample(PLACES, 2)
    elif kind == 1:
        firsts, lasts = randomly.sample(FIRST, 2), randomly.sample(LAST, 2)
        one, other = (f"{first} {last}" for first, last in zip(firsts, lasts, strict=True))
    else:
        firms = randomly.sample(FIRMS, 2)
        one, other = (f"{firm} {randomly.choice(KINDS)}" for firm in firms)
    return one, other


if __name__ == "__main__":
    typer.run(main)
