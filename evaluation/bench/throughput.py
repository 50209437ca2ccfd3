"""Texts and pairs -> items a second of each model beside the plain library, and the difference."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from evaluation.bench.limit import reached
from evaluation.bench.plain import load_embedder, load_stance
from evaluation.bench.workplace import Workplace
from retrieval.embed import CompiledEmbedder
from retrieval.stance import CompiledCrossEncoder, output_labels, softmax
from retrieval.types import STANCES

ROUNDS = 2  # timed runs of each side


def embedding(texts: Sequence[str], ours: CompiledEmbedder, work: Workplace) -> dict[str, Any]:
    """Passages a second beside `SentenceTransformer.encode`, and the least cosine of the two."""
    plain = load_embedder(work.embedding)
    run, encode = ours.embed, _encoder(plain)
    speeds = _alternate({"ours": lambda: run(texts), "plain": lambda: encode(texts)}, len(texts))
    cosine = (run(texts) * encode(texts)).sum(axis=1)
    return {**speeds, "least_cosine": round(float(cosine.min()), 5)}


def _encoder(model: Any) -> Callable[[Sequence[str]], Any]:
    return lambda texts: model.encode_document(list(texts), normalize_embeddings=True)


def stance(
    pairs: Sequence[tuple[str, str]], ours: CompiledCrossEncoder, work: Workplace
) -> dict[str, Any]:
    """Pairs a second beside `CrossEncoder.predict`, and the share of pairs with the same label."""
    plain = load_stance(work.stance)
    speeds = _alternate(
        {"ours": lambda: ours.logits(pairs), "plain": lambda: plain.predict(list(pairs))},
        len(pairs),
    )
    labels = output_labels(plain.model.config.id2label, str(work.stance))
    columns = [labels.index(stance) for stance in STANCES]
    said, exact = ours.logits(pairs), np.asarray(plain.predict(list(pairs)))[:, columns]
    apart = np.abs(softmax(said) - softmax(exact)).mean()
    same = (said.argmax(axis=1) == exact.argmax(axis=1)).mean()
    return {
        **speeds,
        **reached(pairs, speeds["ours_per_second"], work.served),
        "same_label": round(float(same), 4),
        "mean_probability_difference": round(float(apart), 4),
    }


def _alternate(ways: dict[str, Callable[[], Any]], items: int) -> dict[str, Any]:
    """Items a second of each way, which take turns.

    The fastest round counts, because other work on the machine can only slow one down.
    """
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for round_ in range(ROUNDS + 1):
        for name, way in ways.items():
            started = time.perf_counter()
            way()
            if round_:  # the first one warms up
                seconds[name].append(time.perf_counter() - started)
    return {f"{name}_per_second": round(items / min(spent), 2) for name, spent in seconds.items()}
