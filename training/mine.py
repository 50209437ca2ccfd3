"""Labelled pairs -> more pairs that say too little: a claim beside what a search brings up for it.

    python -m training.mine DATA mined.jsonl

Sentence-pair data never shows a model two texts that have nothing to do with each other, and a
model trained on it alone calls them a contradiction. A search brings up just such texts. So each
claim is looked up in our own index of other claims' evidence, and one of the best passages that is
not evidence for it becomes a NOT_ENOUGH_INFO pair; every third claim gets any passage at all.
"""

from __future__ import annotations

import random
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from evaluation.errors import EvaluationError
from evaluation.pairs import Pair, read_pairs, write_pairs
from index.corpus import Embedder
from index.documents import document
from index.embedded import open_corpus
from index.ingest import ingest
from index.terms import terms
from retrieval.claim import claim as normal_claim
from retrieval.embed import load_embedder
from retrieval.running.files import DEFAULT_EMBEDDING
from retrieval.search import Fusion, search
from retrieval.types import Candidate
from training.recipe import WITHOUT_CONTEXT

DATASET = "mined"
# Number of passages that are searched for each claim.
DEPTH = 10
# Largest share of a claim's terms that a passage may hold; with more it may decide the claim.
MOST_SHARED = 0.6
# Largest Jaccard similarity of two claims' terms; evidence for a more similar one may decide both.
MOST_ALIKE = 0.4


def main(
    data: Annotated[Path, typer.Argument(help="folder with stance_train.jsonl")],
    out: Annotated[Path, typer.Argument(help="file to write")],
    most: Annotated[int, typer.Option(help="pairs to make")] = 8_000,
    cache: Annotated[Path, typer.Option(help="compiled models")] = Path("~/.cache/claimdesk"),
    seed: int = 1,
) -> None:
    """Write NOT_ENOUGH_INFO pairs mined for the claims of the training pairs."""
    try:
        pairs = [
            pair
            for pair in read_pairs(data / "stance_train.jsonl")
            if pair.dataset not in WITHOUT_CONTEXT
        ]
    except EvaluationError as error:
        typer.echo(f"training: {error}", err=True)
        raise typer.Exit(1) from error
    embedder = load_embedder(DEFAULT_EMBEDDING, cache.expanduser())
    made = mine(pairs, embedder, most, seed)
    write_pairs(made, out)
    typer.echo(f"{out}: {len(made)} pairs")


def mine(pairs: Sequence[Pair], embedder: Embedder, most: int, seed: int) -> list[Pair]:
    """Make at most `most` NOT_ENOUGH_INFO pairs, one for each claim."""
    randomly = random.Random(seed)
    claims_of: dict[str, list[str]] = defaultdict(list)
    for pair in pairs:
        claims_of[pair.evidence].append(pair.claim)
    texts = list(claims_of)
    claims = list(dict.fromkeys(pair.claim for pair in pairs))
    randomly.shuffle(claims)
    made: list[Pair] = []
    for number, (claim, candidates) in enumerate(_searched(claims, texts, embedder)):
        if len(made) == most:
            break
        found = [
            text for text in _texts(candidates, texts) if _says_nothing(claim, text, claims_of)
        ]
        other = randomly.choice(texts)
        if number % 3 == 0 and _says_nothing(claim, other, claims_of):
            found = [other]
        if found:
            made.append(Pair(claim, randomly.choice(found), "NOT_ENOUGH_INFO", DATASET))
    return made


def _searched(
    claims: Sequence[str], texts: Sequence[str], embedder: Embedder
) -> Iterator[tuple[str, list[Candidate]]]:
    """Each claim with the best passages of the texts."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = open_corpus(
            Path(folder), identity=embedder.identity, dimension=embedder.dimension, writable=True
        )
        items = (document(str(at), text, language="en") for at, text in enumerate(texts))
        for _ in track(ingest(items, corpus, embedder), "indexing", len(texts)):
            pass
        corpus.sync()
        for text in track(claims, "searching"):
            asked = normal_claim(text, DEPTH)
            vector = embedder.embed_queries([asked.text])[0]
            yield text, search(asked, vector, corpus, Fusion())
        corpus.close()


def _texts(candidates: Iterable[Candidate], texts: Sequence[str]) -> Iterator[str]:
    return (texts[int(candidate.document.id)] for candidate in candidates)


def _says_nothing(claim: str, text: str, claims_of: Mapping[str, Sequence[str]]) -> bool:
    """Whether the text can be taken to be no evidence for the claim."""
    words = set(terms(claim))
    if not words or may_decide(words, text):
        return False
    return all(_alike(words, set(terms(other))) <= MOST_ALIKE for other in claims_of[text])


def may_decide(claim: set[str], text: str) -> bool:
    """Whether the text holds most of the claim's terms."""
    return len(claim & set(terms(text))) > MOST_SHARED * len(claim)


def _alike(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other)


if __name__ == "__main__":
    typer.run(main)
