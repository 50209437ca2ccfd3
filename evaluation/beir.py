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
from index.read import read


class _Query(BaseModel):
    id: int | str = Field(alias="_id")
    text: str = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A corpus, the texts of queries by id, and the judgements.

    files: what it was read from. documents: makes an iterator over the corpus. size: the number of
    documents. qrels: for each judged query the grades of documents; above 0 is relevant.
    """

    files: Sequence[Path]
    documents: Callable[[], Iterable[Document | Refused]]
    size: int
    queries: dict[str, str]
    qrels: dict[str, dict[str, int]]


def load(folder: Path, split: str) -> Benchmark:
    """The data set of a folder, read and checked before any work is done.

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
    for item in read(corpus):
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
    return Benchmark(files, lambda: read(corpus), len(known), queries, qrels)


def _scifact(folder: Path, split: str) -> Benchmark:
    """The claims as queries; the abstracts that one cites are relevant, as in BEIR."""
    data = scifact.load(folder, split)
    return Benchmark(
        (folder / "corpus.jsonl", folder / f"claims_{split}.jsonl"),
        lambda: [scifact.as_document(id, *text) for id, text in data.abstracts.items()],
        len(data.abstracts),
        dict(data.claims),
        {claim: dict.fromkeys(cited, 1) for claim, cited in data.cited.items() if cited},
    )


def _queries(file: Path) -> dict[str, str]:
    """The texts of queries by id."""
    queries: dict[str, str] = {}
    for number, line in enumerate(read_lines(file, _Query, EvaluationError), start=1):
        if str(line.id) in queries:
            raise EvaluationError(f"{file}:{number}: a second query {line.id}")
        queries[str(line.id)] = line.text
    return queries


def _qrels(file: Path) -> dict[str, dict[str, int]]:
    """The grades of documents by query."""
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
