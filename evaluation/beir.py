"""Folder in BEIR's layout -> queries and judgements."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

from evaluation.errors import EvaluationError
from index.ingest import Refused
from index.read import read_jsonl


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Queries by id, and for each judged one the grade of its documents (above 0 = relevant)."""

    corpus: Path
    queries: dict[str, str]
    qrels: dict[str, dict[str, int]]


def load(folder: Path, split: str) -> Benchmark:
    """Read and check everything before any work is done.

    Raises:
        EvaluationError: a file is missing, a line malformed, a judged query or document unknown.
    """
    corpus, judgements = folder / "corpus.jsonl", folder / "qrels" / f"{split}.tsv"
    for file in (corpus, folder / "queries.jsonl", judgements):
        if not file.is_file():
            raise EvaluationError(f"{file} is missing: {folder} is not in BEIR's layout")
    known = set()
    for item in read_jsonl(corpus):
        if isinstance(item, Refused):
            raise EvaluationError(f"{item.source}: {item.reason}")
        known.add(item.id)
    queries = _queries(folder / "queries.jsonl")
    qrels = _qrels(judgements)
    for query, graded in qrels.items():
        if query not in queries:
            raise EvaluationError(f"{judgements}: query {query!r} is not in queries.jsonl")
        if unknown := set(graded) - known:
            raise EvaluationError(f"{judgements}: {min(unknown)!r} is not in corpus.jsonl")
    return Benchmark(corpus, queries, qrels)


def _queries(file: Path) -> dict[str, str]:
    queries = {}
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                row = json.loads(line)
                queries[str(row["_id"])] = str(row["text"])
            except (ValueError, KeyError, TypeError) as error:
                raise EvaluationError(f"{file}:{number}: needs _id and text") from error
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
