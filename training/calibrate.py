"""A stance model and pairs it has not seen -> what makes its probabilities honest.

    python -m training.calibrate models/stance DATA --scifact SCIFACT --articles ARTICLES.jsonl \\
        --newsroom evaluation/sets/newsroom/courts

writes `calibration.json` beside the weights. Two things are fitted, on nothing that was trained on:

1. The stance temperature, which minimises the negative log-likelihood of the labels of the one data
   set of stance_dev.jsonl that no round learned from (Guo et al., On Calibration of Modern Neural
   Networks, 2017). What a newsroom brings was not learned from either, and there a model is less
   often right than it thinks (Ovadia et al., Can You Trust Your Model's Uncertainty?, 2019). Dev
   pairs of the sets that were learned from would say that it is right to be surer.
2. The verdict's parameters, on claims verified over several corpora. The evidence of the dev pairs,
   with evidence of train pairs around it, becomes documents of a few paragraphs; every second claim
   is asked after its own evidence was left out, so that its right verdict is NOT_ENOUGH_EVIDENCE.
   SciFact's training claims, those that no training pair is made of, over its abstracts: whole
   documents, most of which share the claim's words and are about something else. Claims over whole
   fact-check articles, and over the news articles of `--newsroom` folders. about,
   about_width, sharpness and verdict_temperature minimise the negative log-likelihood of the
   verdict, each verdict counting the same: of those within a hundredth of the least, those by
   which most passages are not read. Then `relevance` is the least that gives the best mean
   reciprocal rank of the claim's own evidence, to a hundredth.

With `--work FOLDER` a run that was cut off goes on from what the models had said.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import math
import tempfile
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.progress import track
from scipy.optimize import minimize_scalar

from evaluation.errors import EvaluationError
from evaluation.pairs import Pair, read_pairs
from evaluation.resume import Journal
from evaluation.scifact import load
from index.documents import Document, Vectors
from index.embedded import open_corpus
from index.ingest import ingest
from retrieval.claim import claim as normal_claim
from retrieval.embed import CompiledEmbedder, load_embedder
from retrieval.errors import ModelUnavailable
from retrieval.reading import Reading, predict_stances
from retrieval.running.files import DEFAULT_EMBEDDING
from retrieval.search import Fusion
from retrieval.sources import independent_sources
from retrieval.stance import CALIBRATION, CompiledCrossEncoder, load_stance, softmax
from retrieval.types import STANCES, Calibration, Candidate, Verdict
from retrieval.verdict import judge, probability_about, worth_reading
from retrieval.verify import Models, candidates
from retrieval.weigh import as_shown
from training.corpora import Asked, AskedCorpus, of_articles, of_newsroom, of_pairs, of_scifact
from training.errors import TrainingError
from training.recipe import UNSEEN

# All pairs that are learned and calibrated on are English.
LANGUAGES = ("en",)
# Values that are tried for about, about_width, relevance, sharpness and verdict_temperature of a
# `Calibration`.
ABOUT = (0.15, 0.2, 0.225, 0.25, 0.275, 0.3, 0.35, 0.4)
ABOUT_WIDTHS = (0.02, 0.035, 0.05, 0.075, 0.1)
# Dev claims would take more, but they stand in a small corpus of short texts: docs/decisions/0006.
# Not none: the order is to say what decides, also where it costs the ranking nothing.
RELEVANCES = (0.1, 0.2, 0.3)
SHARPNESSES = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0)
TEMPERATURES = (0.7, 0.85, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0)
# Largest difference of a loss, or of a mean reciprocal rank, at which one is as good as another.
AS_GOOD = 0.01
# Which documents are read on while the stances of all are predicted, before it is fitted.
BEFORE_FITTING = Calibration(about=0.275, about_width=0.075)


@dataclass(frozen=True, slots=True)
class Case:
    """A claim over a corpus: the best passage of each document found, their stances (n, 3), the
    documents that hold its own evidence, its verdict."""

    candidates: Sequence[Candidate]
    stances: Vectors
    evidence: Collection[str]
    verdict: Verdict


def main(
    model: Annotated[Path, typer.Argument(help="folder with the weights")],
    data: Annotated[Path, typer.Argument(help="folder with stance_train.jsonl, stance_dev.jsonl")],
    cache: Annotated[Path, typer.Option(help="compiled models")] = Path("~/.cache/claimdesk"),
    scifact: Annotated[
        Path | None, typer.Option(help="folder with SciFact's corpus.jsonl and claims_train.jsonl")
    ] = None,
    articles: Annotated[
        Path | None, typer.Option(help="fact-check articles with claims, as JSON lines")
    ] = None,
    newsroom: Annotated[
        list[Path] | None, typer.Option(help="folder with articles.jsonl and claims.jsonl")
    ] = None,
    claims: Annotated[int, typer.Option(help="to verify over each corpus, at most")] = 150,
    work: Annotated[Path | None, typer.Option(help="folder for a run to go on from")] = None,
    seed: int = 1,
) -> None:
    """Fit on dev pairs and write calibration.json beside the weights."""
    try:
        own = list(read_pairs(data / "stance_dev.jsonl"))
        unseen = [pair for pair in own if pair.dataset == UNSEEN]
        if not unseen:
            raise TrainingError(f"{data / 'stance_dev.jsonl'} has no pair of {UNSEEN}")
        train = list(read_pairs(data / "stance_train.jsonl"))
        corpora = [of_pairs(own, train, claims, seed)]
        if scifact is not None:
            corpora.append(of_scifact(load(scifact, "train"), train, claims, seed))
        if articles is not None:
            corpora.append(of_articles(articles, claims, seed))
        corpora += [of_newsroom(folder) for folder in newsroom or ()]
        cache = cache.expanduser()
        weigher = load_stance(str(model), cache)
    except (TrainingError, EvaluationError, ModelUnavailable) as error:
        typer.echo(f"training: {error}", err=True)
        raise typer.Exit(1) from error
    embedder = load_embedder(DEFAULT_EMBEDDING, cache)
    with tempfile.TemporaryDirectory() as scratch:
        place = work or Path(scratch)
        place.mkdir(parents=True, exist_ok=True)
        _calibrate(model, unseen, corpora, weigher, embedder, place)


def _calibrate(
    model: Path,
    unseen: Sequence[Pair],
    corpora: Sequence[AskedCorpus],
    weigher: CompiledCrossEncoder,
    embedder: CompiledEmbedder,
    work: Path,
) -> None:
    names = {"stance": weigher.identity, "embedding": embedder.identity}
    logits = _dev_logits(
        weigher, [(p.evidence, p.claim) for p in unseen], Journal(work / "pairs.jsonl", names)
    )
    labels = np.array([STANCES.index(pair.label) for pair in unseen])
    fitted = Calibration(temperature=fit_temperature(logits, labels), languages=LANGUAGES)
    weigher.calibration = replace(BEFORE_FITTING, temperature=fitted.temperature)
    journal = Journal(work / "claims.jsonl", {**names, "temperature": fitted.temperature})
    cases = [case for corpus in corpora for case in _cases(*corpus, weigher, embedder, journal)]
    plain = fitted
    fitted = fit_verdict(cases, fitted)
    relevances = [replace(fitted, relevance=relevance) for relevance in RELEVANCES]
    ranked = [rank(cases, one) for one in relevances]
    # Where more of the stance gains next to nothing, less is kept.
    enough = next(at for at, value in enumerate(ranked) if value >= max(ranked) - AS_GOOD)
    fitted = relevances[enough]
    (model / CALIBRATION).write_text(json.dumps(asdict(fitted), indent=1) + "\n")
    losses = [loss([weigh(case, one) for case in cases], one) for one in (plain, fitted)]
    typer.echo(f"{fitted}\n{len(cases)} claims, without and with what was fitted:")
    searched = rank(cases, replace(fitted, relevance=0.0))
    typer.echo(f"reciprocal rank {searched:.3f}, {ranked[enough]:.3f}")
    typer.echo(f"verdict loss {losses[0]:.3f}, {losses[1]:.3f}")
    unread = np.concatenate(
        [case.stances[~worth_reading(_probabilities_about(case, fitted))] for case in cases]
    )
    if len(unread):
        typer.echo(f"{len(unread)} passages not worth reading say {unread.mean(axis=0).round(2)}")


def fit_temperature(logits: Vectors, labels: Vectors) -> float:
    """The temperature of least negative log-likelihood.

    Args:
        logits: of shape (n, 3).
        labels: their right columns, of shape (n,).
    """
    rows = np.arange(len(logits))

    def likelihood(log_temperature: float) -> float:
        chosen = softmax(logits / math.exp(log_temperature))[rows, labels]
        return -float(np.log(np.maximum(chosen, 1e-12)).mean())

    return round(math.exp(minimize_scalar(likelihood, bounds=(-2, 2), method="bounded").x), 3)


def rank(cases: Sequence[Case], fitted: Calibration) -> float:
    """Mean reciprocal rank of the claims' own evidence, where it is in the corpus."""
    values = []
    for case in cases:
        if case.evidence:
            order = [case.candidates[row].document.id for row in _order(case, fitted)]
            ranks = [at for at, id in enumerate(order) if id in case.evidence]
            values.append(1 / (1 + ranks[0]) if ranks else 0.0)
    return float(np.mean(values))


def fit_verdict(cases: Sequence[Case], fitted: Calibration) -> Calibration:
    """about, about_width, sharpness and verdict_temperature: as good as any, and least to read."""
    tried: list[tuple[int, float, Calibration]] = []
    for about, width in itertools.product(ABOUT, ABOUT_WIDTHS):
        near = replace(fitted, about=about, about_width=width)
        weighed = [weigh(case, near) for case in cases]
        read = sum(int(worth_reading(_probabilities_about(case, near)).sum()) for case in cases)
        for sharpness, temperature in itertools.product(SHARPNESSES, TEMPERATURES):
            one = replace(near, sharpness=sharpness, verdict_temperature=temperature)
            tried.append((read, loss(weighed, one), one))
    enough = min(value for _, value, _ in tried) + AS_GOOD
    return min((one for one in tried if one[1] <= enough), key=lambda one: one[:2])[2]


@dataclass(frozen=True, slots=True)
class Weighed:
    """Stances of a claim's documents, shape (d, 3), the source of each, the right verdict."""

    stances: Vectors
    sources: Sequence[int]
    verdict: Verdict


def weigh(case: Case, fitted: Calibration) -> Weighed:
    """A case as its verdict is made of it."""
    counted, rows = as_shown(case.stances, _search_scores(case), fitted)
    stances = counted[rows]
    found = [case.candidates[row] for row in rows]
    documents, texts = [one.document for one in found], [one.passage.text for one in found]
    return Weighed(stances, independent_sources(documents, texts, stances), case.verdict)


def loss(weighed: Sequence[Weighed], fitted: Calibration) -> float:
    """Mean negative log-likelihood of the right verdicts, each verdict counting the same."""
    total = 0.0
    times = Counter(one.verdict for one in weighed)
    for one in weighed:
        answer = judge(
            one.stances,
            one.sources,
            sharpness=fitted.sharpness,
            temperature=fitted.verdict_temperature,
        )
        total -= math.log(max(answer.probabilities[one.verdict], 1e-6)) / times[one.verdict]
    return total / len(times)


def _order(case: Case, fitted: Calibration) -> list[int]:
    """Rows of the documents, best first."""
    return as_shown(case.stances, _search_scores(case), fitted)[1]


def _probabilities_about(case: Case, fitted: Calibration) -> Vectors:
    return probability_about(_search_scores(case), fitted)


def _search_scores(case: Case) -> Vectors:
    return np.array([candidate.scores.fused for candidate in case.candidates], np.float32)


def _cases(
    documents: Sequence[Document],
    asked: Sequence[Asked],
    weigher: CompiledCrossEncoder,
    embedder: CompiledEmbedder,
    journal: Journal,
) -> list[Case]:
    """The claims with what the service would read for them."""
    models = Models(embedder, weigher, Fusion())
    cases = []
    with tempfile.TemporaryDirectory() as folder:
        corpus = open_corpus(
            Path(folder),
            identity=embedder.identity,
            dimension=embedder.dimension,
            writable=True,
        )
        for _ in track(ingest(documents, corpus, embedder), "indexing", len(documents)):
            pass
        corpus.sync()
        for one in track(asked, "verifying"):
            claim = normal_claim(one.claim)
            vector = embedder.embed_queries([claim.text])[0]
            found = candidates(claim, vector, corpus, models)
            texts = [
                (read.candidate.document.title, read.candidate.passage.text, read.claim)
                for read in found
            ]
            stances = journal.once(_key(texts), partial(_predicted, found, weigher))
            cases.append(
                Case(
                    [read.candidate for read in found],
                    np.array(stances, np.float32).reshape(-1, len(STANCES)),
                    one.evidence,
                    one.verdict,
                )
            )
        corpus.close()
    return cases


def _predicted(found: Sequence[Reading], weigher: CompiledCrossEncoder) -> list[list[float]]:
    return [np.asarray(read.stance).tolist() for read in predict_stances(found, weigher)]


def _dev_logits(
    weigher: CompiledCrossEncoder, pairs: Sequence[tuple[str, str]], journal: Journal
) -> Vectors:
    order = sorted(range(len(pairs)), key=lambda row: len(pairs[row][0]))
    logits = np.zeros((len(pairs), len(STANCES)), np.float32)
    for at in track(range(0, len(order), 128), "weighing dev pairs"):
        rows = order[at : at + 128]
        asked = [pairs[row] for row in rows]
        logits[rows] = journal.once(_key(asked), partial(_logits, asked, weigher))
    return logits


def _logits(asked: Sequence[tuple[str, str]], weigher: CompiledCrossEncoder) -> list[list[float]]:
    return [row.tolist() for row in weigher.logits(asked)]


def _key(texts: Sequence[tuple[str, ...]]) -> str:
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()


if __name__ == "__main__":
    typer.run(main)
