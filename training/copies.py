"""News passages -> pairs of a sentence and an edited copy of it, labelled by what was edited.

    python -m training.copies CORPUS.jsonl copies.jsonl

A claim that repeats its source almost word for word and still says something else is what data
made by people shows least and a newsroom meets most. Here the label follows from the edit: another
number or a bound that holds or fails (`training/swaps.py`), a name of the same passage in the place
of another, or a passage that lacks the sentence or its end, and then says too little. The three
stances come out about even, or a model would learn that whatever was edited is refuted.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel

from evaluation.lines import read_lines
from evaluation.pairs import Pair, write_pairs
from index.split import sentences
from retrieval.types import STANCES
from training.edits import edited
from training.errors import TrainingError
from training.omit import without_tail
from training.swaps import MONTH, variants

DATASET = "copies"
MOST_CUT = 0.4
# What follows these may turn what came before: "not before May", "nothing but".
_BINDING = re.compile(
    r"\b(?:not?|never|none|nothing|n't|only|if|unless|without|may|might|deny|denied)\b"
)
SHORTEST_WORDS, LONGEST_WORDS = 7, 32
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}(?: [A-Z][a-z]{2,})*")
# Days and months are names too, but another one is often as true.
_NO_NAME = re.compile(rf"[A-Z][a-z]+day\b|{MONTH}")


# Texts, how many pairs at most, a seed.
Maker = Callable[[Sequence[str], int, int], list[Pair]]


class _Passage(BaseModel):
    text: str


def main(
    corpus: Annotated[Path, typer.Argument(help="passages, one JSON object with a text a line")],
    out: Annotated[Path, typer.Argument(help="file to write")],
    most: Annotated[int, typer.Option(help="pairs to make")] = 8_000,
    seed: int = 1,
) -> None:
    """Write labelled pairs made of the passages' own sentences."""
    write_made(copies, corpus, out, most, seed)


def write_made(make: Maker, corpus: Path, out: Path, most: int, seed: int) -> None:
    """What `make` makes of the corpus, as a pair file; one line and exit 1 where it is not one."""
    try:
        texts = [line.text for line in read_lines(corpus, _Passage, TrainingError)]
    except TrainingError as error:
        typer.echo(f"training: {error}", err=True)
        raise typer.Exit(1) from error
    made = make(texts, most, seed)
    write_pairs(made, out)
    typer.echo(f"{out}: {len(made)} pairs")


def copies(texts: Sequence[str], most: int, seed: int) -> list[Pair]:
    """At most `most` pairs, of passages in an order that `seed` decides."""
    randomly = random.Random(seed)
    shuffled = randomly.sample(texts, len(texts))
    made: list[Pair] = []
    for pair in (pair for text in shuffled for pair in _pairs(text, randomly)):
        if len(made) == most:
            break
        made.append(pair)
    return made


def _pairs(text: str, randomly: random.Random) -> Iterator[Pair]:
    """Of one passage: nothing, or two pairs of different stances about one of its sentences."""
    parts = [text[span.start : span.end] for span in sentences(text)]
    usable = [at for at, part in enumerate(parts) if _usable(part)]
    if len(parts) < 2 or not usable:
        return
    at = randomly.choice(usable)
    said, rest = parts[at], parts[:at] + parts[at + 1 :]
    near = [at + step for step in (-1, 0, 1) if 0 <= at + step < len(parts)]
    evidence = " ".join(parts[i] for i in near) if randomly.random() < 0.5 else said
    whole = Pair(said, evidence, "SUPPORTS", DATASET)
    made = [
        [replace(pair, dataset=DATASET) for pair in variants(whole, randomly)],
        [Pair(claim, evidence, stance, DATASET) for claim, stance in edited(said, randomly)],
        _renamed(whole, rest, randomly),
        [whole, Pair(said, " ".join(rest), "NOT_ENOUGH_INFO", DATASET)],
        _cut(said, evidence, randomly),
    ]
    by_stance = {
        stance: [
            kind for kind in ([p for p in pairs if p.label == stance] for pairs in made) if kind
        ]
        for stance in STANCES
    }
    if all(by_stance.values()):  # a sentence that has them all, so that none tells its stance
        for stance in randomly.sample(STANCES, 2):
            yield randomly.choice(randomly.choice(by_stance[stance]))


def _usable(sentence: str) -> bool:
    words = len(sentence.split())
    quoted = any(mark in sentence for mark in '"“”?!')
    return SHORTEST_WORDS <= words <= LONGEST_WORDS and sentence.endswith(".") and not quoted


def _renamed(pair: Pair, rest: Iterable[str], randomly: random.Random) -> list[Pair]:
    """The claim with another name of the passage in the place of one of its own."""
    own = [m for m in _NAME.finditer(pair.claim) if not _NO_NAME.search(m.group())]
    others = [
        name
        for part in rest
        for name in _NAME.findall(part)
        if name not in pair.claim and not _NO_NAME.search(name)
    ]
    if not own or not others:
        return []
    at, other = randomly.choice(own), randomly.choice(others)
    claim = pair.claim[: at.start()] + other + pair.claim[at.end() :]
    return [Pair(claim, pair.evidence, "REFUTES", DATASET)]


def _cut(said: str, evidence: str, randomly: random.Random) -> list[Pair]:
    """A sentence against its own beginning: that says too little, and is itself supported."""
    beginning = without_tail(Pair(said, said, "SUPPORTS", DATASET), randomly)
    if not beginning:
        return []
    made = [Pair(said, beginning, "NOT_ENOUGH_INFO", DATASET)]
    whole = len(said.split())
    if whole - len(beginning.split()) <= MOST_CUT * whole and not _BINDING.search(said):
        made.append(Pair(beginning, evidence, "SUPPORTS", DATASET))
    return made


if __name__ == "__main__":
    typer.run(main)
