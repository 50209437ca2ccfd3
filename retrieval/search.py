"""Claim -> candidates: vectors + words, fused, best passage of each document."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass

from index.corpus import Corpus, Hit
from index.documents import Passage, Vectors
from retrieval.errors import QuoteMismatch
from retrieval.types import Candidate, Claim, Scores, Timed, untimed

# Weight of the cosine in the fused score.
DENSE_WEIGHT = 0.35
# Passages in a ranking for each document asked for: neighbouring windows of a document overlap.
PASSAGES_PER_DOCUMENT = 8
# Fewest passages in a ranking.
MIN_PASSAGES = 100
# Where a few long documents fill the rankings, so many times more passages are ranked, up to this
# number of them.
DEEPER, MOST_PASSAGES = 4, 1_600
# Fewest documents whose passages get both scores.
POOL_DOCUMENTS = 100
# Of reciprocal rank fusion: a vote is 1 / (RRF_K + rank).
RRF_K = 60


@dataclass(frozen=True, slots=True)
class Fusion:
    """Convex combination of two scores that are both at most 1.

        fused = dense_weight * cosine + (1 - dense_weight) * BM25 / ceiling

    `ceiling` is the BM25 that no passage can exceed for this claim, so the second term says what
    share of the claim's term weight the passage holds: a claim in other words than its source
    falls back on its vector by itself. (Bruch, Gai, Ingber: An Analysis of Fusion Functions for
    Hybrid Retrieval, TOIS 2023: normalisation by theoretical bounds.) The weight was chosen on
    train and dev judgements; docs/decisions/0002 has the table.
    """

    dense_weight: float = DENSE_WEIGHT

    def __call__(self, dense: float, lexical: float, ceiling: float) -> float:
        # Above 1 where the corpus changed between the two.
        share = min(lexical / ceiling, 1.0) if ceiling else 0.0
        return self.dense_weight * dense + (1 - self.dense_weight) * share


def search(
    claim: Claim, vector: Vectors, corpus: Corpus, fusion: Fusion, timed: Timed = untimed
) -> list[Candidate]:
    """The `claim.top_k` best documents, each with its best passage, best first.

    Ranks choose the documents that are scored, and scores order them. Far down a ranking scores
    hardly differ; being found by vectors and by words says more there (docs/decisions/0002).

    Args:
        vector: the claim's unit vector, shape (dim,).

    Raises:
        QuoteMismatch: the store contradicts itself.
    """
    by_vector, by_words, passages = _deep_rankings(claim, vector, corpus, timed)
    pool = _pool([by_vector, by_words], passages, max(POOL_DOCUMENTS, claim.top_k))
    keys = [key for key, passage in passages.items() if passage.document_id in pool]
    scores = _scores(claim, vector, corpus, fusion, by_vector, by_words, keys)
    found: dict[str, Candidate] = {}
    for key in sorted(scores, key=lambda key: (-scores[key].fused, key)):
        passage = passages[key]
        if passage.document_id in found:
            continue
        document = corpus.document_of(passage, claim.filters)
        if document is None:
            continue  # deleted, hidden, or dated anew, since it was found
        if document.text[passage.start : passage.end] != passage.text:
            if corpus.passages([key]) != {key: passage}:
                continue  # updated since it was found
            raise QuoteMismatch(f"passage {passage.id} is not in its document at its offsets")
        found[document.id] = Candidate(document, passage, scores[key])
        if len(found) == claim.top_k:
            break
    return list(found.values())


def _deep_rankings(
    claim: Claim, vector: Vectors, corpus: Corpus, timed: Timed
) -> tuple[list[Hit], list[Hit], dict[int, Passage]]:
    """Both rankings and their passages, deep enough that a long document hides no other."""
    depth = max(MIN_PASSAGES, PASSAGES_PER_DOCUMENT * claim.top_k)
    while True:
        by_vector, by_words = _rankings(claim, vector, corpus, depth, timed)
        passages = corpus.passages(list({hit.key: None for hit in by_vector + by_words}))
        documents = {passage.document_id for passage in passages.values()}
        all_there_is = max(len(by_vector), len(by_words)) < depth
        if len(documents) >= claim.top_k or all_there_is or depth >= MOST_PASSAGES:
            return by_vector, by_words, passages
        depth = min(DEEPER * depth, MOST_PASSAGES)


def _rankings(
    claim: Claim, vector: Vectors, corpus: Corpus, depth: int, timed: Timed
) -> tuple[list[Hit], list[Hit]]:
    """The passages of highest cosine and of highest BM25, made side by side; one that the mode
    leaves out is empty."""

    def dense() -> list[Hit]:
        with timed("dense"):
            return corpus.search_vector(vector, depth, claim.filters)

    def lexical() -> list[Hit]:
        with timed("lexical"):
            return corpus.search_words(claim.text, depth, claim.filters)

    if claim.mode == "lexical":
        return [], lexical()
    if claim.mode == "dense":
        return dense(), []
    with ThreadPoolExecutor(1) as beside:
        words = beside.submit(copy_context().run, lexical)  # spans know what they are under
        return dense(), words.result()


def _pool(
    rankings: Sequence[Sequence[Hit]], passages: Mapping[int, Passage], size: int
) -> set[str]:
    """Ids of the `size` documents with the most votes, 1 / (60 + rank) from each ranking.

    (Cormack, Clarke, Büttcher: Reciprocal Rank Fusion outperforms Condorcet and individual Rank
    Learning Methods, SIGIR 2009.) A document's rank is that of its best passage.
    """
    votes: dict[str, float] = defaultdict(float)
    for hits in rankings:
        found = (passages[hit.key].document_id for hit in hits if hit.key in passages)
        for rank, document in enumerate(dict.fromkeys(found), start=1):
            votes[document] += 1 / (RRF_K + rank)
    return set(heapq.nlargest(size, votes, key=lambda document: votes[document]))


def _scores(
    claim: Claim,
    vector: Vectors,
    corpus: Corpus,
    fusion: Fusion,
    by_vector: Sequence[Hit],
    by_words: Sequence[Hit],
    keys: Sequence[int],
) -> dict[int, Scores]:
    """Both scores of each passage, also where only one of the rankings holds it."""
    dense = {hit.key: hit.score for hit in by_vector}
    lexical = {hit.key: hit.score for hit in by_words}
    dense |= corpus.score_vector(vector, [key for key in keys if key not in dense])
    lexical |= corpus.score_words(claim.text, [key for key in keys if key not in lexical])
    ceiling = corpus.words_ceiling(claim.text)
    scores = {}
    for key in keys:
        if key not in dense:
            continue  # deleted since it was found
        cosine, bm25 = dense[key], lexical.get(key, 0.0)
        by_mode = {"dense": cosine, "lexical": bm25, "hybrid": fusion(cosine, bm25, ceiling)}
        scores[key] = Scores(cosine, bm25, by_mode[claim.mode])
    return scores
