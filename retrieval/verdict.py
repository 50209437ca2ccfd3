"""Stances -> verdict: pure functions from the probabilities of single passages to one answer.

Each independent source s supports the claim with probability p_s, refutes it with r_s, and says too
little with n_s, p_s + r_s + n_s = 1. Taking sources as independent trials, the four verdicts are
the four things that can happen among them, and their probabilities sum to 1:

    NOT_ENOUGH_EVIDENCE   = prod n_s                              no source says anything
    SUPPORTED             = prod (1 - r_s) - prod n_s             some support, none refutes
    REFUTED               = prod (1 - p_s) - prod n_s             some refute, none supports
    CONFLICTING_EVIDENCE  = 1 - the other three                   some support and some refute

A passage about another matter says nothing of the claim, however sure the stance model is: "it was
released in 1997" refutes a date only if "it" is what the claim is about. So a stance counts as far
as its passage is about the claim, which is read off the search score x:

    P(about) = 1 / (1 + exp((about - x) / about_width))
    p_s = P(about) p,   r_s = P(about) r,   n_s = 1 - p_s - r_s

This is the noisy-or of Pearl (Probabilistic Reasoning in Intelligent Systems, 1988, section 4.3)
with two opposite effects. With a single source it gives back that source's own stance.

If SUPPORTS (or REFUTES) is no source's likeliest stance, half of the probability of its verdict
moves to NOT_ENOUGH_EVIDENCE: many weak signals add up, nothing can be quoted for them, and they
must not decide (docs/decisions/0006).

Sources are not quite independent, and many weak ones would add up to a strong one: stances are
sharpened first (p ** sharpness, normalised), and the result is tempered (verdict ** 1/temperature,
normalised; Guo et al. 2017). All these parameters are fitted on training claims and lie beside the
weights.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from index.documents import Vectors
from retrieval.types import STANCES, VERDICTS, Calibration, Judgement, Stance

# Columns of a stance, in the order of `STANCES`.
SUPPORTS, REFUTES, NEI = range(3)
# A source is strong from this probability of SUPPORTS or REFUTES on.
STRONG = 0.7
# The stance model reads passages from this P(about) on, of a claim that is read thoroughly or not.
# The others get UNREAD, roughly the mean stance of such passages: docs/decisions/0006. Below a half
# the likeliest stance is always NOT_ENOUGH_INFO: docs/decisions/0030.
READ_FROM, DECIDES_FROM = 0.1, 0.5
UNREAD = np.array([0.1, 0.1, 0.8], np.float32)
# Share of the probability of a conflict that moves to the newer camp, where one is newer.
NEWER_SHARE = 0.6


def stance_of(probabilities: Vectors) -> Stance:
    """The likeliest stance of one row, shape (3,)."""
    return STANCES[int(np.argmax(probabilities))]


def without_side(stance: Vectors, side: int) -> Vectors:
    """A stance, shape (3,) or with voices (6,), whose probability of a side is NOT_ENOUGH_INFO's.

    Args:
        side: SUPPORTS or REFUTES, the column.
    """
    moved = np.array(stance)
    moved[NEI] += moved[side]
    moved[side] = 0
    return moved


def judge(
    stances: Vectors,
    sources: Sequence[int],
    *,
    sharpness: float = 1.0,
    temperature: float = 1.0,
    threshold: float = 0.0,
    newer: Stance | None = None,
) -> Judgement:
    """One verdict over passages.

    Args:
        stances: probabilities of shape (n, 3), columns as in `STANCES`.
        sources: number of each passage's source; passages of one source count once, with the most
            decided stance among them.
        threshold: below this probability the verdict is NOT_ENOUGH_EVIDENCE (abstention).
        newer: the camp that is newer than the other, of a claim about what can change.
    """
    firm = _stances_of_sources(stances, sources)
    sharp = firm**sharpness
    sharp /= sharp.sum(axis=1, keepdims=True)
    nothing = float(np.prod(sharp[:, NEI]))
    supported = float(np.prod(1 - sharp[:, REFUTES])) - nothing
    refuted = float(np.prod(1 - sharp[:, SUPPORTS])) - nothing
    conflict = 1 - supported - refuted - nothing
    if newer == "SUPPORTS":
        supported, conflict = supported + NEWER_SHARE * conflict, (1 - NEWER_SHARE) * conflict
    elif newer == "REFUTES":
        refuted, conflict = refuted + NEWER_SHARE * conflict, (1 - NEWER_SHARE) * conflict
    if conflict > 0 and not (_any_strong(firm, SUPPORTS) and _any_strong(firm, REFUTES)):
        # One camp is too weak to speak of a conflict: the two sides share its probability.
        share = supported / (supported + refuted) if supported + refuted else 0.5
        supported, refuted = supported + conflict * share, refuted + conflict * (1 - share)
        conflict = 0.0
    raw = np.clip([supported, refuted, conflict, nothing], 0, 1)
    tempered = raw ** (1 / temperature)
    tempered /= tempered.sum()
    for side in (SUPPORTS, REFUTES):
        if not (firm[:, side] >= firm.max(axis=1, initial=0)).any():
            tempered[side] /= 2
            tempered[-1] += tempered[side]
    best = int(np.argmax(tempered))
    verdict = VERDICTS[best] if tempered[best] >= threshold else "NOT_ENOUGH_EVIDENCE"
    labels = firm.argmax(axis=1)
    return Judgement(
        verdict,
        dict(zip(VERDICTS, map(float, tempered), strict=True)),
        supporting=int((labels == SUPPORTS).sum()),
        refuting=int((labels == REFUTES).sum()),
    )


def probability_about(scores: Vectors, fitted: Calibration) -> Vectors:
    """P(about) of passages with these search scores, both of shape (n,).

    A calibration without a width takes every passage to be about the claim.
    """
    if not fitted.about_width:
        return np.ones_like(scores)
    shares = 1 / (1 + np.exp((fitted.about - scores) / fitted.about_width))
    return np.asarray(shares, np.float32)


def worth_reading(shares: Vectors, *, thorough: npt.ArrayLike = True) -> npt.NDArray[np.bool_]:
    """Which passages the stance model has to read, shape (n,), given P(about) of each.

    Args:
        thorough: of each claim that a passage is read for, or of all: see `Claim`.
    """
    return shares >= np.where(thorough, READ_FROM, DECIDES_FROM)


def discount(stances: Vectors, shares: Vectors, *, thorough: npt.ArrayLike = True) -> Vectors:
    """Stances of passages, shape (n, 3), each times its P(about); the rest is NOT_ENOUGH_INFO.

    Args:
        stances: as the model gives them, shape (n, 3). The row of a passage that is not worth
            reading is not used.
        shares: P(about) of each passage, shape (n,).
        thorough: as in `worth_reading`.
    """
    read = worth_reading(shares, thorough=thorough)
    counted = np.where(read[:, None], stances, UNREAD) * shares[:, None]
    counted[:, NEI] += 1 - shares
    return np.asarray(counted, np.float32)


def _stances_of_sources(stances: Vectors, sources: Sequence[int]) -> npt.NDArray[np.float64]:
    """The most decided stance of each source, shape (sources, 3)."""
    chosen: dict[int, int] = {}
    for row, source in enumerate(sources):
        if source not in chosen or stances[row, NEI] < stances[chosen[source], NEI]:
            chosen[source] = row
    rows = [stances[row] for row in chosen.values()]
    return np.array(rows, np.float64).reshape(-1, len(STANCES))


def _any_strong(stances: npt.NDArray[np.float64], column: int) -> bool:
    return bool((stances[:, column] >= STRONG).any())
