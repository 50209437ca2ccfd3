"""Decided pairs -> pairs whose evidence lacks what decides.

    python -m training.omit DATA OUT.jsonl

A search mostly brings up evidence that is about the claim and does not decide it. Data sets of
well-matched pairs hold little of that. Evidence without the sentence that decides is such
evidence; so is a sentence without a date, a number, an apposition or its end (Atanasova et al.,
Fact Checking with Insufficient Evidence, TACL 2022). Evidence that lost a part that the claim does
not ask for still supports it: such pairs are made too, or the model would learn that shortened
evidence never decides.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from evaluation.errors import EvaluationError
from evaluation.pairs import Pair, read_pairs, write_pairs
from index.split import sentences
from index.terms import terms

DATASET = "omitted"
FILES = ("stance_train.jsonl", "more_train.jsonl")
# Data sets whose evidence is prose of one source; pairs of sentences have nothing to leave out.
SOURCES = frozenset({
    "rte_fever", "healthver", "scifact", "fm2", "fever_train", "feverous_programfc", "politihop",
    "covidfact", "averitec_train", "check_covid", "ex_fever",
})  # fmt: skip
# Most pairs of one data set to choose from, and most pairs to make.
MOST_OF_ONE, MOST = 9_000, 6_000
# Seeds of which pairs are chosen, and of what they lose.
CHOICE_SEED, OMISSION_SEED = 3, 7
# Share of the claim's terms above which the evidence that is left may still decide.
MOST_SHARED = 0.6
# Share of the claim's terms from which on the evidence that is left supports it as before.
LEAST_KEPT = 0.7
# Share of the SUPPORTS pairs that only lose a part which they can spare, and of the others that
# lose a part of a sentence where they could lose one.
SPARED, PARTS_FIRST = 1 / 3, 0.5
_TAIL = re.compile(r",\s|;\s|\s(?:in|on|at|by|from|for|with|after|during|because|which|who|and)\s")
_PARTS = (
    re.compile(r"\s\([^()]*\)"),
    re.compile(r",\s[^,.;]{3,90},(?=\s)"),
    re.compile(
        r"\s(?:in|on|since|until|during|from|by|between)\s(?:[A-Z][a-z]+\s)?(?:\d{1,2},?\s)?"
        r"(?:[A-Z][a-z]+\s)?\d{4}\b"
    ),
    re.compile(r"\b\d[\d,.]*\s(?=[a-z]{3,}s\b)"),
    re.compile(r"(?<=\bthe\s)[A-Za-z-]{4,}\s(?=[a-z]{4,})"),
)
_NAMES = re.compile(r"(?<!^)\b(?:[A-Z]\w+|\d[\d.,]*\d|\d)\b")


def main(
    data: Annotated[Path, typer.Argument(help=f"folder with {' and '.join(FILES)}")],
    out: Annotated[Path, typer.Argument(help="file of pairs to write")],
) -> None:
    """Write pairs whose evidence lacks what decides, made of the training pairs."""
    try:
        pairs = [pair for name in FILES for pair in read_pairs(data / name)]
    except EvaluationError as error:
        typer.echo(f"training: {error}", err=True)
        raise typer.Exit(1) from error
    made = omissions(_chosen(pairs), MOST, OMISSION_SEED)
    write_pairs(made, out)
    typer.echo(f"{len(made)} pairs: {out}")


def _chosen(pairs: list[Pair]) -> list[Pair]:
    """At most `MOST_OF_ONE` random pairs of each of the `SOURCES`."""
    random.Random(CHOICE_SEED).shuffle(pairs)
    taken: Counter[str] = Counter()
    chosen = []
    for pair in pairs:
        if pair.dataset in SOURCES and taken[pair.dataset] < MOST_OF_ONE:
            taken[pair.dataset] += 1
            chosen.append(pair)
    return chosen


def omissions(pairs: Iterable[Pair], most: int, seed: int) -> list[Pair]:
    """At most `most` new pairs, one of each decided pair that allows it: NOT_ENOUGH_INFO where what
    decides is left out, SUPPORTS where something else is."""
    randomly = random.Random(seed)
    decided = [pair for pair in pairs if pair.label != "NOT_ENOUGH_INFO"]
    randomly.shuffle(decided)
    made: list[Pair] = []
    for pair in decided:
        if len(made) == most:
            break
        spare = pair.label == "SUPPORTS" and randomly.random() < SPARED
        if spare and (spared := _without_part(pair, randomly, decides=False)):
            made.append(Pair(pair.claim, spared, "SUPPORTS", DATASET))
        elif left := _undeciding(pair, randomly):
            made.append(Pair(pair.claim, left, "NOT_ENOUGH_INFO", DATASET))
    return made


def _undeciding(pair: Pair, randomly: random.Random) -> str | None:
    """The evidence without what decides, or None where that cannot be told."""
    if pair.label == "REFUTES":
        return _without_sentence(pair)
    part = _without_part(pair, randomly, decides=True)
    if part and randomly.random() < PARTS_FIRST:
        return part
    return _without_sentence(pair) or _without_tail(pair, randomly) or part


def _without_part(pair: Pair, randomly: random.Random, *, decides: bool) -> str | None:
    """The evidence without one part of a sentence.

    The part decides if the evidence then lacks a number or two words of the claim; it does not
    if it holds none of the claim's words.
    """
    claim = set(terms(pair.claim))
    held = claim & set(terms(pair.evidence))
    left = []
    for found in (found for part in _PARTS for found in part.finditer(pair.evidence)):
        rest = pair.evidence[: found.start()] + pair.evidence[found.end() :]
        kept = claim & set(terms(rest))
        if decides:
            lost = held - kept
            usable = kept and (len(lost) > 1 or any(term.isdigit() for term in lost))
        else:
            touched = claim & set(terms(found.group()))
            usable = not touched and len(kept) >= LEAST_KEPT * len(claim)
        if usable:
            left.append(rest)
    return randomly.choice(left) if left else None


def _without_sentence(pair: Pair) -> str | None:
    """The evidence without the one sentence that shares most with the claim."""
    claim = set(terms(pair.claim))
    parts = [pair.evidence[span.start : span.end] for span in sentences(pair.evidence)]
    shared = [len(claim & set(terms(part))) for part in parts]
    if len(parts) < 2 or shared.count(max(shared)) > 1:
        return None
    most = shared.index(max(shared))
    rest = parts[:most] + parts[most + 1 :]
    held = claim & set(terms(" ".join(rest)))
    lost = claim & set(terms(parts[most])) - held
    if not held or not lost or len(held) / len(claim) > MOST_SHARED:
        return None
    return " ".join(rest)


def _without_tail(pair: Pair, randomly: random.Random) -> str | None:
    """The evidence up to before a name or number that the claim says too."""
    said = {name for name in _NAMES.findall(pair.claim) if name in pair.evidence}
    cuts = []
    for cut in _TAIL.finditer(pair.evidence):
        kept, tail = pair.evidence[: cut.start()], pair.evidence[cut.start() :]
        told = any(name in kept for name in said)
        if told and any(name in tail and name not in kept for name in said):
            cuts.append(kept)
    return randomly.choice(cuts) + "." if cuts else None


if __name__ == "__main__":
    typer.run(main)
