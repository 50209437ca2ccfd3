"""Claim -> candidates: vectors + words, fused, best passage of each document."""

from __future__ import annotations

from dataclasses import dataclass

from index.types import Corpus, Vectors
from retrieval.errors import InvalidClaim, QuoteMismatch
from retrieval.types import Candidate, Claim, Scores

DENSE_WEIGHT = 0.35
# Neighbouring windows of one document overlap, so more passages than documents are looked at.
PASSAGES_PER_DOCUMENT = 8
MIN_PASSAGES = 100


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
        share = lexical / ceiling if ceiling else 0.0
        return self.dense_weight * dense + (1 - self.dense_weight) * share


def search(claim: Claim, vector: Vectors, corpus: Corpus, fusion: Fusion) -> list[Candidate]:
    """The `claim.top_k` best documents, each with its best passage.

    Args:
        vector: the claim's unit vector, shape (dim,).

    Raises:
        InvalidClaim: nothing but white space.
        QuoteMismatch: the store contradicts itself.
    """
    if not claim.text.strip():
        raise InvalidClaim("the claim is empty")
    depth = max(MIN_PASSAGES, PASSAGES_PER_DOCUMENT * claim.top_k)
    ranked = _scored(claim, vector, corpus, fusion, depth)
    passages = corpus.passages([key for key, _ in ranked])
    best: dict[str, Candidate] = {}
    for key, scores in ranked:
        passage = passages.get(key)
        if passage is None or passage.document_id in best:
            continue
        document = corpus.get(passage.document_id)
        if document is None:
            continue  # deleted since it was found
        if document.text[passage.start : passage.end] != passage.text:
            if corpus.passages([key]) != {key: passage}:
                continue  # updated since it was found
            raise QuoteMismatch(f"passage {passage.id} is not in its document at its offsets")
        best[document.id] = Candidate(document, passage, scores)
        if len(best) == claim.top_k:
            break
    return list(best.values())


def _scored(
    claim: Claim, vector: Vectors, corpus: Corpus, fusion: Fusion, depth: int
) -> list[tuple[int, Scores]]:
    """Passage keys with scores, best first. What one side found is scored by the other too."""
    dense: dict[int, float] = {}
    lexical: dict[int, float] = {}
    if claim.mode != "lexical":
        found = corpus.search_vector(vector, depth, claim.filters)
        dense = {hit.key: hit.score for hit in found}
    if claim.mode != "dense":
        found = corpus.search_words(claim.text, depth, claim.filters)
        lexical = {hit.key: hit.score for hit in found}
    keys = [*dense, *(key for key in lexical if key not in dense)]
    dense |= corpus.score_vector(vector, [key for key in keys if key not in dense])
    lexical |= corpus.score_words(claim.text, [key for key in keys if key not in lexical])
    ceiling = corpus.words_ceiling(claim.text)
    ranked = []
    for key in keys:
        if key not in dense:
            continue  # deleted since it was found
        cosine, bm25 = dense[key], lexical.get(key, 0.0)
        by_mode = {"dense": cosine, "lexical": bm25, "hybrid": fusion(cosine, bm25, ceiling)}
        ranked.append((key, Scores(cosine, bm25, by_mode[claim.mode])))
    return sorted(ranked, key=lambda item: (-item[1].fused, item[0]))
