"""The whole way of a claim: claim -> vector -> candidates -> rationale -> answer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.types import Corpus, Embedder, Vectors
from retrieval.search import Fusion, search
from retrieval.types import Answer, Candidate, Claim, Evidence, Quote


def verify(
    claims: Sequence[Claim], corpus: Corpus, embedder: Embedder, fusion: Fusion
) -> list[Answer]:
    """Evidence for each claim, in order; one pass of the model over all of them.

    Stance and verdict are not decided yet: until the stance model is there an answer holds
    evidence and says nothing about support.
    """
    generation = corpus.stats().generation
    vectors = embedder.embed([claim.text for claim in claims])
    found = [
        search(claim, vector, corpus, fusion) for claim, vector in zip(claims, vectors, strict=True)
    ]
    rationales = iter(_rationales(found, vectors, embedder))
    return [
        Answer(
            claim.text,
            tuple(Evidence(c.document, c.passage, next(rationales), c.scores) for c in candidates),
            generation,
            corpus.count_undated(claim.filters),
        )
        for claim, candidates in zip(claims, found, strict=True)
    ]


def _rationales(
    found: Sequence[Sequence[Candidate]], vectors: Vectors, embedder: Embedder
) -> list[tuple[Quote, ...]]:
    """For each candidate the sentence nearest to its claim. All sentences go in one batch."""
    flat = [(row, candidate) for row, candidates in enumerate(found) for candidate in candidates]
    sentences = [
        Quote(span.start, span.end, candidate.document.text[span.start : span.end])
        for _, candidate in flat
        for span in candidate.passage.sentences
    ]
    near = embedder.embed([sentence.quote for sentence in sentences])
    rationales: list[tuple[Quote, ...]] = []
    at = 0
    for row, candidate in flat:
        size = len(candidate.passage.sentences)
        best = at + int(np.argmax(near[at : at + size] @ vectors[row]))
        rationales.append((sentences[best],))
        at += size
    return rationales
