"""Candidates of a claim -> their stances, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from index.documents import Vectors
from index.regroup import regroup
from retrieval.newer import too_early, was_then
from retrieval.outweighed import without_outweighed
from retrieval.reading import Reading, predict_stances, quotes, search_scores
from retrieval.reversals import reversed_rows
from retrieval.ruling import ruling_on, within_rating
from retrieval.ruling_lines import Ruling
from retrieval.successors import REFUTES_BY, other_holders
from retrieval.types import STANCES, Calibration, Quote, StanceModel
from retrieval.verdict import (
    NEI,
    REFUTES,
    STRONG,
    SUPPORTS,
    discount,
    probability_about,
    stance_of,
    without_side,
    worth_reading,
)
from retrieval.voice import content_words, voice_of, voice_of_title
from retrieval.wording import says_otherwise

# Least share of the claim's words in a passage that reports something: then it reports the claim.
MENTIONED_FROM = 0.6


def score_evidence(found: Sequence[Sequence[Reading]], model: StanceModel) -> list[list[Reading]]:
    """Readings with their stances, for each claim in the order in which they are shown.

    The model reads the passages that may be about their claim: the stance of the others would
    hardly count. Only judged readings change places; the others stay behind them.
    """
    flat = [reading for each in found for reading in each]
    about = probability_about(search_scores(flat), model.calibration)
    worth = worth_reading(about, thorough=_thorough(flat))
    worth &= np.array([reading.language_not_judged is None for reading in flat], bool)
    rows = np.flatnonzero(worth).tolist()
    for row, ruled in zip(rows, _rated([flat[row] for row in rows], model), strict=True):
        flat[row] = ruled
    rows = [row for row in rows if flat[row].stance is None]
    for row, read in zip(rows, predict_stances([flat[row] for row in rows], model), strict=True):
        flat[row] = _without_unvouched_support(read)
    sizes = [len(each) for each in found]
    return [_in_order(each, model.calibration) for each in regroup(flat, sizes)]


def _rated(readings: Sequence[Reading], model: StanceModel) -> list[Reading]:
    """Readings; that of a document that rules on the claim has the stance of the ruling.

    Where the document tells the claim in other words, the model reads the section that rates it.
    If it finds another stance there, the reading gets no stance yet, only the rating.
    """
    rulings = [ruling_on(reading.claim, reading.candidate.document) for reading in readings]
    asked = [
        (reading.in_context(ruling.section), reading.claim)
        for reading, ruling in zip(readings, rulings, strict=True)
        if ruling is not None and ruling.section is not None
    ]
    told = iter(model.predict(asked) if asked else ())
    rated = []
    for reading, ruling in zip(readings, rulings, strict=True):
        if ruling is None:
            rated.append(reading)
        elif ruling.section is None:
            rated.append(_ruled(reading, ruling, ruling.stance))
        else:
            label = ruling.rating.stance
            stance = within_rating(label, next(told)[: len(STANCES)])
            agrees = stance_of(stance) == label or label == "NOT_ENOUGH_INFO"
            rated.append(
                _ruled(reading, ruling, stance) if agrees else replace(reading, rated=label)
            )
    return rated


def _ruled(reading: Reading, ruling: Ruling, stance: Vectors) -> Reading:
    """A reading with a stance and with the passage and the sentence of the ruling."""
    candidate = replace(reading.candidate, passage=ruling.passage)
    return replace(
        reading,
        candidate=candidate,
        stance=stance,
        key_sentences=(ruling.sentence,),
        by_title=ruling.by_title,
        voice="rejected" if ruling.rating.stance == "REFUTES" else None,
        rated=ruling.rating.stance,
    )


def _without_unvouched_support(reading: Reading) -> Reading:
    """A reading whose support is NOT_ENOUGH_INFO where its sentences are a rumour, or say something
    else with the claim's words. One that says too little and reports the claim is a mention."""
    assert reading.stance is not None
    label = stance_of(reading.stance)
    if label == "NOT_ENOUGH_INFO":
        if not _reports_the_claim(reading):
            return reading
        return replace(reading, mention=True, key_sentences=(_nearest_sentence(reading),))
    if label == "REFUTES":
        return reading
    document = reading.candidate.document
    voiced = (
        voice_of_title(reading.claim, document, "SUPPORTS")
        if reading.by_title
        else voice_of(
            reading.claim,
            reading.key_sentences,
            reading.candidate.passage,
            document,
            "SUPPORTS",
        )
    )
    other = not reading.by_title and _say_otherwise(reading)
    if not (voiced.mention or other):
        return reading
    undecided = without_side(reading.stance, SUPPORTS)
    return replace(reading, stance=undecided, mention=voiced.mention)


def _say_otherwise(reading: Reading) -> bool:
    """Whether all sentences that carry the stance say something else with the claim's words, or
    say it of another time."""
    document = reading.candidate.document
    said = [
        says_otherwise(reading.claim, quote.quote) or was_then(reading.claim, quote.quote, document)
        for quote in reading.key_sentences
    ]
    return bool(said) and all(said)


def _reports_the_claim(reading: Reading) -> bool:
    """Whether the model predicts "reported" and the passage holds most of the claim's words: the
    model learned voices only from passages about the claim."""
    claim = content_words(reading.claim)
    held = len(claim & content_words(reading.candidate.passage.text))
    return reading.voice == "reported" and held >= MENTIONED_FROM * len(claim) > 0


def _nearest_sentence(reading: Reading) -> Quote:
    """The sentence of the passage that holds most of the claim's words, the first of such."""
    claim = content_words(reading.claim)
    return max(quotes(reading.candidate), key=lambda quote: len(claim & content_words(quote.quote)))


def as_shown(
    stances: Vectors,
    scores: Vectors,
    fitted: Calibration,
    *,
    thorough: npt.ArrayLike = True,
) -> tuple[Vectors, list[int]]:
    """Stances discounted by P(about) of their passages, and the rows in the order shown.

    Ordered by ranking score. Where strong sources disagree, the best of each camp come first.

    Args:
        stances: as the model gives them, shape (n, 3).
        scores: search scores of the passages, shape (n,).
        thorough: of the claim, or of each passage's: see `Claim`.
    """
    counted = discount(stances, probability_about(scores, fitted), thorough=thorough)
    order = np.argsort(-_ranking_scores(counted, scores, fitted.relevance), kind="stable").tolist()
    strongest = [
        next((row for row in order if counted[row, camp] >= STRONG), None)
        for camp in (SUPPORTS, REFUTES)
    ]
    if None not in strongest:
        order.sort(key=lambda row: row not in strongest)
    return counted, order


def _ranking_scores(stances: Vectors, scores: Vectors, relevance: float) -> npt.NDArray[np.float64]:
    """What evidence is ordered by, shape (n,): how decided it is, and how well it was found.

    1 - P(NOT_ENOUGH_INFO) alone would put first a passage that is sure of another matter.
    """
    decided = 1 - stances[:, NEI].astype(np.float64)
    return relevance * decided + (1 - relevance) * scores.astype(np.float64)


def _in_order(readings: Sequence[Reading], fitted: Calibration) -> list[Reading]:
    """The readings of one claim, judged ones first, with stances that are discounted."""
    judged = [reading for reading in readings if reading.judged]
    others = [reading for reading in readings if not reading.judged]
    counted, order = as_shown(
        _raw_stances(judged), search_scores(judged), fitted, thorough=_thorough(judged)
    )
    if judged:
        documents = [reading.candidate.document for reading in judged]
        rate = [reading.rated is not None for reading in judged]
        counted = without_outweighed(documents, rate, counted)
        for row, sides in reversed_rows(judged).items():
            for side in sides:
                counted[row] = without_side(counted[row], side)
        for row in too_early(judged[0].claim, judged):
            counted[row] = without_side(counted[row], REFUTES)
        for row, sentence in other_holders(judged, counted).items():
            counted[row] = REFUTES_BY
            judged[row] = replace(judged[row], key_sentences=(sentence,), mention=False)
    shown = _mentions_last([replace(judged[row], stance=counted[row]) for row in order])
    about = probability_about(search_scores(others), fitted)
    rest = discount(_raw_stances(others), about, thorough=_thorough(others))
    return shown + [
        reading if reading.language_not_judged else replace(reading, stance=row)
        for reading, row in zip(others, rest, strict=True)
    ]


def _mentions_last(readings: Sequence[Reading]) -> list[Reading]:
    """Mentions come after the last reading that decides."""
    last = max((row for row, reading in enumerate(readings) if reading.decided), default=-1)
    deciding, rest = readings[: last + 1], readings[last + 1 :]
    mentions = [reading for reading in deciding if reading.mention]
    return [*(r for r in deciding if not r.mention), *mentions, *rest]


def _raw_stances(readings: Sequence[Reading]) -> Vectors:
    """Shape (n, 3). A passage that was not read has zeros, which `discount` does not look at."""
    unread = np.zeros(len(STANCES), np.float32)
    rows = [unread if reading.stance is None else reading.stance for reading in readings]
    return np.array(rows, np.float32).reshape(-1, len(STANCES))


def _thorough(readings: Sequence[Reading]) -> npt.NDArray[np.bool_]:
    return np.array([reading.thorough for reading in readings], bool)
