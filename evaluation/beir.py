"""Folder in BEIR's or SciFact's layout -> documents, queries and judgements."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, Field

from evaluation import scifact
from evaluation.errors import EvaluationError
from evaluation.lines import read_lines
from index.documents import Document, Refused
from index.read import read_jsonl


class _Query(BaseModel):
    id: int | str = Field(alias="_id")
    text: str = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Documents, queries by id, and for each judged one the grade of its documents (above 0 =
    relevant). `files` are what it was read from, `size` is the number of documents."""

    files: Sequence[Path]
    documents: Callable[[], Iterable[Document | Refused]]
    size: int
    queries: dict[str, str]
    qrels: dict[str, dict[str, int]]


def load(folder: Path, split: str) -> Benchmark:
    """Read and check everything before any work is done.

    Raises:
        EvaluationError: a file is missing, a line malformed, a judged query or document unknown.
    """
    if (folder / f"claims_{split}.jsonl").is_file():
        return _scifact(folder, split)
    corpus, judgements = folder / "corpus.jsonl", folder / "qrels" / f"{split}.tsv"
    for file in (corpus, folder / "queries.jsonl", judgements):
        if not file.is_file():
            raise EvaluationError(f"{file} is missing: no data set in BEIR's or SciFact's layout")
    known = set()
    for item in read_jsonl(corpus):
        if isinstance(item, Refused):
            raise EvaluationError(f"{item.source}: {item.reason}")
        if item.id in known:
            raise EvaluationError(f"{corpus}: a second document {item.id!r}")
        known.add(item.id)
    queries = _queries(folder / "queries.jsonl")
    qrels = _qrels(judgements)
    for query, graded in qrels.items():
        if query not in queries:
            raise EvaluationError(f"{judgements}: query {query!r} is not in queries.jsonl")
        if unknown := set(graded) - known:
            raise EvaluationError(f"{judgements}: {min(unknown)!r} is not in corpus.jsonl")
    files = (corpus, folder / "queries.jsonl", judgements)
    return Benchmark(files, lambda: read_jsonl(corpus), len(known), queries, qrels)


def _scifact(folder: Path, split: str) -> Benchmark:
    """Its claims as queries, the abstracts each one cites as what is relevant, as BEIR has it."""
    data = scifact.load(folder, split)
    return Benchmark(
        (folder / "corpus.jsonl", folder / f"claims_{split}.jsonl"),
        lambda: [scifact.as_document(id, *text) for id, text in data.abstracts.items()],
        len(data.abstracts),
        dict(data.claims),
        {claim: dict.fromkeys(cited, 1) for claim, cited in data.cited.items() if cited},
    )


def _queries(file: Path) -> dict[str, str]:
    queries: dict[str, str] = {}
    for number, line in enumerate(read_lines(file, _Query, EvaluationError), start=1):
        if str(line.id) in queries:
            raise EvaluationError(f"{file}:{number}: a second query {line.id}")
        queries[str(line.id)] = line.text
    return queries


def _qrels(file: Path) -> dict[str, dict[str, int]]:
    qrels: dict[str, dict[str, int]] = {}
    with file.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.reader(lines, delimiter="\t"), start=1):
            if number == 1 and row[:1] == ["query-id"]:
                continue
            try:
                query, document, grade = row
                qrels.setdefault(query, {})[document] = int(grade)
            except ValueError as error:
                raise EvaluationError(
                    f"{file}:{number}: needs query-id, corpus-id and an integer score"
                ) from error
    if not qrels:
        raise EvaluationError(f"{file}: holds no judgement")
    return qrels
