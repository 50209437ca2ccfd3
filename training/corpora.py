"""Labelled data -> corpora with claims whose right verdict over them is known."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from evaluation.articles import load as load_articles
from evaluation.pairs import Pair
from evaluation.scifact import Gold, SciFact, as_document
from evaluation.verdict import load as load_claims
from index.documents import Document, document
from index.read import read
from index.terms import terms
from retrieval.types import Stance, Verdict
from training.factchecks import ratings

# Data sets in which a claim has one evidence and a label by people. In the others it cannot be told
# what is right over a corpus that holds some of a claim's evidence.
ONE_EVIDENCE = {"rte_fever", "feverous_programfc", "fm2", "scifact"}
# Number of texts of evidence that make one document.
PARAGRAPHS = 3
DECIDED: Mapping[Stance, Verdict] = {"SUPPORTS": "SUPPORTED", "REFUTES": "REFUTED"}
# Number of other texts of evidence, and of other abstracts: what a search has to choose from.
AROUND, ABSTRACTS = 6_000, 1_500
# Fewest paragraphs of a fact-check article: shorter ones are summaries.
ARTICLE_PARAGRAPHS = 5
# Data sets of sentence pairs without a source: their claims cannot be looked up in a corpus.
WITHOUT_CONTEXT = {"lingnli", "conjnli", "cad_nli"}
# Share of a claim's terms above which a text may decide it.
MOST_SHARED = 0.6
# Ratings of fact-checks that leave no shade between true and false.
PLAIN_RATINGS = {"true", "false", "pants-fire", "pants on fire", "not true"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A claim, the documents of a corpus that hold its evidence, its verdict over that corpus."""

    claim: str
    evidence: Collection[str]
    verdict: Verdict


AskedCorpus = tuple[list[Document], list[Asked]]


def of_articles(file: Path, most: int, seed: int) -> AskedCorpus:
    """Fact-check articles whose rating is plainly true or false, and their claims.

    Every fourth claim is asked after its article was left out.
    """
    rating = ratings(file)
    articles = [
        article
        for article in load_articles(file)
        if rating[article.claim] in PLAIN_RATINGS
        and article.document.text.count("\n\n") + 1 >= ARTICLE_PARAGRAPHS
    ]
    articles = random.Random(seed).sample(articles, min(most, len(articles)))
    left_out = {article.document.id for article in articles[::4]}
    return (
        [article.document for article in articles if article.document.id not in left_out],
        [
            Asked(article.claim, (), "NOT_ENOUGH_EVIDENCE")
            if article.document.id in left_out
            else Asked(article.claim, {article.document.id}, DECIDED[cast(Stance, article.label)])
            for article in articles
        ],
    )


def of_newsroom(folder: Path) -> AskedCorpus:
    """News articles and the claims that were written over them."""
    return (
        [one for one in read(folder / "articles.jsonl") if isinstance(one, Document)],
        [
            Asked(one.claim, one.documents, one.verdict)
            for one in load_claims(folder / "claims.jsonl")
        ],
    )


def of_pairs(dev: Sequence[Pair], train: Sequence[Pair], most: int, seed: int) -> AskedCorpus:
    """Documents of the pairs' evidence, and at most `most` dev claims."""
    randomly = random.Random(seed)
    asked = [p for p in dev if p.dataset in ONE_EVIDENCE and p.label != "NOT_ENOUGH_INFO"]
    randomly.shuffle(asked)
    asked = asked[:most]
    left_out = {pair.evidence for pair in asked[::2]}
    around = [p.evidence for p in train if p.dataset not in WITHOUT_CONTEXT]
    randomly.shuffle(around)
    # Another claim's evidence may well decide a claim whose own evidence is left out.
    alone = [set(terms(pair.claim)) for pair in asked if pair.evidence in left_out]
    texts = [pair.evidence for pair in asked] + [
        text for text in around[:AROUND] if not any(may_decide(words, text) for words in alone)
    ]
    kept = list(dict.fromkeys(text for text in texts if text not in left_out))
    randomly.shuffle(kept)
    ids = {text: f"e{number // PARAGRAPHS}" for number, text in enumerate(kept)}
    documents: dict[str, list[str]] = {}
    for text, id in ids.items():
        documents.setdefault(id, []).append(text)
    return (
        [document(id, "\n\n".join(texts), language="en") for id, texts in documents.items()],
        [
            Asked(pair.claim, {ids[pair.evidence]}, DECIDED[pair.label])
            if pair.evidence in ids
            else Asked(pair.claim, (), "NOT_ENOUGH_EVIDENCE")
            for pair in asked
        ],
    )


def of_scifact(data: SciFact, train: Sequence[Pair], most: int, seed: int) -> AskedCorpus:
    """The abstracts that claims cite with others around them, and at most `most` claims of which
    no training pair is made."""
    randomly = random.Random(seed)
    seen = {pair.claim for pair in train}
    unseen = [id for id, claim in data.claims.items() if claim not in seen]
    randomly.shuffle(unseen)
    asked = unseen[:most]
    others = list(data.abstracts)
    randomly.shuffle(others)
    ids = dict.fromkeys([*(cited for id in asked for cited in data.cited[id]), *others[:ABSTRACTS]])
    return (
        [as_document(id, *data.abstracts[id]) for id in ids],
        [Asked(data.claims[id], data.gold[id], _verdict(data.gold[id].values())) for id in asked],
    )


def may_decide(claim: set[str], text: str) -> bool:
    """Whether the text holds most of the claim's terms."""
    return len(claim & set(terms(text))) > MOST_SHARED * len(claim)


def _verdict(gold: Iterable[Gold]) -> Verdict:
    verdicts = {DECIDED[one.label] for one in gold}
    if len(verdicts) > 1:
        return "CONFLICTING_EVIDENCE"
    return verdicts.pop() if verdicts else "NOT_ENOUGH_EVIDENCE"
