"""What is stored is examined by its contents alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from index.contents import StoredDocument, StoredVersion
from index.exact import ExactCorpus
from index.examine import examine
from index.ingest import ingest
from tests.conftest import articles
from tests.fakes import FakeEmbedder

Change = Callable[[StoredVersion], StoredVersion]


@pytest.fixture
def stored() -> list[StoredDocument]:
    corpus = ExactCorpus()
    list(ingest(articles(), corpus, FakeEmbedder()))
    return list(corpus.contents.documents())


def findings(documents: list[StoredDocument]) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    contents = SimpleNamespace(count=lambda: len(documents), documents=lambda: iter(documents))
    for found in examine(contents):
        yield found.check.partition(":")[0], found.looked_at, found.problems


def test_what_is_whole_is_whole(stored: list[StoredDocument]) -> None:
    passages = sum(one.passages for one in stored)
    assert list(findings(stored)) == [
        ("documents and versions", 3, ()),
        ("passages and sentences", passages, ()),
        ("vectors", passages, ()),
    ]


def first_passage(**changes: object) -> Change:
    return lambda one: replace(
        one, passages=(replace(one.passages[0], **changes), *one.passages[1:])
    )


CHANGES: dict[str, Change] = {
    "it is not that part": first_passage(text="Another text."),
    "not that part of its document": first_passage(ordinal=7),
    "a#0: it is not that": first_passage(start=3),
    "it has no passages": lambda one: replace(one, passages=(), vectors=one.vectors[:0]),
    "another number of vectors": lambda one: replace(one, vectors=one.vectors[:0]),
    "not of unit length": lambda one: replace(one, vectors=one.vectors * 1.1),
    "its vector is not of unit": lambda one: replace(one, vectors=one.vectors * float("nan")),
    "not of one model": lambda one: replace(one, vectors=one.vectors.repeat(2, axis=1) / 2**0.5),
}


@pytest.mark.parametrize(("said", "change"), CHANGES.items())
def test_what_is_not_is_named(stored: list[StoredDocument], said: str, change: Change) -> None:
    stored[0] = StoredDocument((change(stored[0].versions[0]),))
    problems = [problem for _, _, found in findings(stored) for problem in found]
    assert any(said in problem for problem in problems), problems


def test_a_version_without_passages_has_no_model(stored: list[StoredDocument]) -> None:
    none = np.zeros((0, 0), np.float32)  # as a folder and a database give them
    empty = replace(stored[0].versions[0], passages=(), vectors=none)
    stored[0] = StoredDocument((empty,))
    assert [problem for *_, found in findings(stored) for problem in found] == [
        "a: it has no passages"
    ]
