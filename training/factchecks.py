"""Fact-check pairs and their articles -> pair files whose data set says how a pair was made.

python -m training.factchecks FACTCHECK_FOLDER OUT.jsonl
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel

from evaluation.errors import EvaluationError
from evaluation.lines import read_lines
from evaluation.pairs import Pair, write_pairs
from retrieval.types import Stance
from training.errors import TrainingError


class _Line(BaseModel):
    claim: str
    evidence: str
    label: Stance
    how: str


# Ratings that forgive an inexact number: learned as SUPPORTS, they teach the model to forgive too.
FORGIVING = frozenset({"mostly-true", "barely-true", "half-true"})


def main(
    folder: Annotated[Path, typer.Argument(help="folder with pairs.jsonl and articles.jsonl")],
    out: Annotated[Path, typer.Argument(help="file of pairs to write")],
) -> None:
    """Name each fact-check pair `factcheck_HOW` and drop rulings that forgive inexact claims."""
    try:
        pairs = factcheck_pairs(folder)
    except (TrainingError, EvaluationError) as error:
        typer.echo(f"training: {error}", err=True)
        raise typer.Exit(1) from error
    write_pairs(pairs, out)
    typer.echo(f"{len(pairs)} pairs: {out}")


def factcheck_pairs(folder: Path) -> list[Pair]:
    """Pairs named after how they were made: factcheck_ruling, _statement, _other, _body.

    Raises:
        EvaluationError: a line is not a fact-check pair; names file, line and reason.
        TrainingError: the articles cannot be read.
    """
    rating = ratings(folder / "articles.jsonl")
    return [
        Pair(line.claim, line.evidence, line.label, f"factcheck_{line.how}")
        for line in read_lines(folder / "pairs.jsonl", _Line, EvaluationError)
        if line.how != "ruling" or rating.get(line.claim) not in FORGIVING
    ]


def ratings(articles: Path) -> dict[str, str]:
    """The checker's rating of each claim, in lower case."""
    try:
        with articles.open(encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        return {row["claim"]: row["verdict"].lower() for row in rows}
    except (OSError, ValueError, KeyError) as error:
        raise TrainingError(f"{articles}: {error}") from error


if __name__ == "__main__":
    typer.run(main)
