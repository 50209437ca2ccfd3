"""Candidates of a claim -> their stances, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from index.documents import Passage, Vectors
from index.regroup import regroup
from retrieval.holding import unless_outweighed
from retrieval.rating import without_ratings
from retrieval.read import further_passages, takes_back
from retrieval.ruling import Ruling, ruling_on, within_rating
from retrieval.types import (
    STANCES,
    VOICES,
    Calibration,
    Candidate,
    Quote,
    Stance,
    StanceModel,
    Voice,
)
from retrieval.values.reading import as_read, settled
from retrieval.verdict import (
    NEI,
    REFUTES,
    STRONG,
    SUPPORTS,
    discount,
    probability_about,
    stance_of,
    worth_reading,
)
from retrieval.voice import content_words, voice_of, voice_of_title
from retrieval.wording import says_otherwise

# Most sentences that are quoted for a stance.
RATIONALE_SENTENCES = 2
# A second sentence is quoted from this probability of the stance on.
SECOND_SENTENCE_FROM = 0.5
# A title is quoted in place of sentences from this probability of the stance in it alone on.
TITLE_CARRIES_FROM = 0.5
# From this P(NOT_ENOUGH_INFO) of a whole passage on, its sentences are not read one by one.
SKIP_SENTENCES_FROM = 0.5
# Below this P(NOT_ENOUGH_INFO) a passage may decide for its document.
MAY_DECIDE_BELOW = 0.5
# Share of the claim's words from which on a passage that reports something reports the claim.
MENTIONED_FROM = 0.6
# From this P(about) on, a document is read on even where its best passage says too little.
READ_ON_FROM = 0.6
# Avoids a division by zero where no reading says anything.
TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Reading:
    """A candidate of a claim, and what it says of the claim.

    claim, vector: text of the claim, and its unit vector of shape (dim,). judged: whether the
    verdict is made of this candidate; how much evidence is shown must not change that.
    language_not_judged: the language of a passage that is found and not read. stance:
    probabilities of shape (3,); None until the stance model has read the passage. key_sentences:
    those that carry the stance most. mention: they tell what nobody vouches for, so the passage
    does not support. by_title: the title carries the stance, and not they. voice: whose word the
    passage is to the model; None where the model does not tell. thorough: see `Claim`.
    rated: what the document likely rates the claim; what contradicts that in it does not count.
    """

    candidate: Candidate
    claim: str
    vector: Vectors
    judged: bool
    language_not_judged: str | None = None
    stance: Vectors | None = None
    key_sentences: tuple[Quote, ...] = ()
    mention: bool = False
    by_title: bool = False
    voice: Voice | None = None
    thorough: bool = True
    rated: Stance | None = None

    @property
    def decided(self) -> bool:
        return self.stance is not None and stance_of(self.stance) != "NOT_ENOUGH_INFO"

    def in_context(self, text: str) -> str:
        """Text of the passage under its title, which says what "it" and "the city" are, with its
        values written as the claim writes them."""
        document = self.candidate.document
        titled = f"{document.title}. {text}" if document.title else text
        return as_read(self.claim, titled, document.language, document.published_at)

    def read_of(self, passage: Passage) -> tuple[str, list[Quote]]:
        """What is read of a passage of the document, and the sentences of that; nothing where it
        but rates what is told elsewhere."""
        every = quotes(replace(self.candidate, passage=passage))
        kept = without_ratings(self.claim, self.candidate.document.title, every)
        if len(kept) == len(every):
            return passage.text, every
        return " ".join(each.quote for each in kept), kept or every


def score_evidence(found: Sequence[Sequence[Reading]], model: StanceModel) -> list[list[Reading]]:
    """Readings with their stances, for each claim in the order in which they are shown.

    The model reads the passages that may be about their claim: the stance of the others would
    hardly count. Only judged readings change places; the others stay behind them.
    """
    flat = [reading for each in found for reading in each]
    about = probability_about(_search_scores(flat), model.calibration)
    worth = worth_reading(about, thorough=_thorough(flat))
    worth &= np.array([reading.language_not_judged is None for reading in flat], bool)
    rows = np.flatnonzero(worth).tolist()
    for row, ruled in zip(rows, _rated([flat[row] for row in rows], model), strict=True):
        flat[row] = ruled
    rows = [row for row in rows if flat[row].stance is None]
    for row, read in zip(rows, predict_stances([flat[row] for row in rows], model), strict=True):
        flat[row] = _vouched_for(read)
    sizes = [len(each) for each in found]
    return [_in_order(each, model.calibration) for each in regroup(flat, sizes)]


def _rated(readings: Sequence[Reading], model: StanceModel) -> list[Reading]:
    """Readings, those with their stances whose document rules on the claim.

    Where it repeats the claim in other words, the model has to find the same: in what rates the
    claim, or else in what the document tells beside that.
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
    """The reading of a document that rules on the claim: no passage says more plainly what it
    holds."""
    candidate = replace(reading.candidate, passage=ruling.passage)
    return replace(
        reading,
        candidate=candidate,
        stance=stance,
        key_sentences=(ruling.sentence,),
        voice="rejected" if ruling.rating.stance == "REFUTES" else None,
        rated=ruling.rating.stance,
    )


def _vouched_for(reading: Reading) -> Reading:
    """A reading without support that nobody vouches for: that of a rumour, or of sentences that say
    something else with the claim's words. One that says too little, and reports the claim, is a
    mention."""
    assert reading.stance is not None
    label = stance_of(reading.stance)
    if label == "NOT_ENOUGH_INFO":
        return replace(reading, mention=_reports_the_claim(reading))
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
    supports, refutes, silent = reading.stance
    undecided = np.array([0, refutes, silent + supports], np.float32)
    return replace(reading, stance=undecided, mention=voiced.mention)


def _say_otherwise(reading: Reading) -> bool:
    """Whether all sentences that carry the stance say something else with the claim's words."""
    said = [says_otherwise(reading.claim, quote.quote) for quote in reading.key_sentences]
    return bool(said) and all(said)


def _reports_the_claim(reading: Reading) -> bool:
    """Whether the model hears another's word, and the passage holds most of the claim: the model
    learned voices from passages that speak of the claim, and knows nothing of the others."""
    claim = content_words(reading.claim)
    held = len(claim & content_words(reading.candidate.passage.text))
    return reading.voice == "reported" and held >= MENTIONED_FROM * len(claim) > 0


def predict_stances(readings: Sequence[Reading], model: StanceModel) -> list[Reading]:
    """Readings with the passage that decides for each document, and its stance.

    The stance comes from the whole passage and from each of its sentences alone. A sentence that
    decides can be lost on the model among others that do not; what several say together, only the
    whole passage tells. Where the whole likely says too little, its sentences are not read.
    """
    texts = [reading.read_of(reading.candidate.passage)[0] for reading in readings]
    first = _whole(texts, readings, model)
    readings, whole = _deciding_passages(readings, first, model)
    sentences = [reading.read_of(reading.candidate.passage)[1] for reading in readings]
    pairs = [
        [(reading.in_context(quote.quote), reading.claim) for quote in quoted]
        if len(quoted) > 1 and row[NEI] < SKIP_SENTENCES_FROM
        else []
        for reading, quoted, row in zip(readings, sentences, whole, strict=True)
    ]
    # A title that holds more of the claim than each sentence may be what decides: it is read alone.
    titled = [
        row[NEI] < MAY_DECIDE_BELOW and _says_more(reading, quoted)
        for reading, quoted, row in zip(readings, sentences, whole, strict=True)
    ]
    for reading, each, is_titled in zip(readings, pairs, titled, strict=True):
        if is_titled:
            each.append((reading.candidate.document.title, reading.claim))
    single = model.predict([pair for each in pairs for pair in each])
    stances = []
    width = len(STANCES)
    for reading, quoted, row, is_titled, rows in zip(
        readings,
        sentences,
        whole,
        titled,
        regroup(single, [len(each) for each in pairs]),
        strict=True,
    ):
        voices = row[width:]
        row, rows = row[:width], [each[:width] for each in rows]
        alone, title = (rows[:-1], rows[-1:]) if is_titled else (rows, [])
        row, *alone = [
            within_rating(reading.rated, each) for each in _settled(reading, quoted, [row, *alone])
        ]
        stance = combine_readings(np.array([row, *alone], np.float32))
        label = int(np.argmax(stance))
        shares = [float(each[label]) for each in alone or [row] * len(quoted)]
        stances.append(
            replace(
                reading,
                stance=stance,
                key_sentences=_key(quoted, shares),
                by_title=label != NEI and any(each[label] >= TITLE_CARRIES_FROM for each in title),
                voice=VOICES[int(np.argmax(voices))] if len(voices) else None,
            )
        )
    return stances


def _whole(texts: Sequence[str], readings: Sequence[Reading], model: StanceModel) -> Vectors:
    """The stances of texts, each of the document of a reading, shape (n, 3) or with voices (n, 6);
    an empty one says too little."""
    pairs = [
        (reading.in_context(text), reading.claim)
        for text, reading in zip(texts, readings, strict=True)
        if text
    ]
    told = model.predict(pairs)
    rows = np.zeros((len(texts), told.shape[1]), np.float32)
    rows[:, NEI] = 1
    rows[[at for at, text in enumerate(texts) if text]] = told
    for row, reading in zip(rows, readings, strict=True):
        row[: len(STANCES)] = within_rating(reading.rated, row[: len(STANCES)])
    return rows


def _settled(
    reading: Reading, sentences: Sequence[Quote], stances: Sequence[Vectors]
) -> list[Vectors]:
    """The stances of a passage and of its sentences, each moved to what its values say. Where the
    passage likely says too little, its values are of something else."""
    if stances[0][NEI] >= SKIP_SENTENCES_FROM:
        return list(stances)
    texts = [reading.candidate.passage.text, *(quote.quote for quote in sentences)]
    language = reading.candidate.document.language
    return [
        settled(stance, reading.claim, text, language)
        for stance, text in zip(stances, texts, strict=False)
    ]


def _says_more(reading: Reading, sentences: Sequence[Quote]) -> bool:
    """Whether the title holds more of the claim's words than any sentence does."""
    claim = content_words(reading.claim)
    held = len(claim & content_words(reading.candidate.document.title))
    return held > max(len(claim & content_words(quote.quote)) for quote in sentences)


def _deciding_passages(
    readings: Sequence[Reading], stances: Vectors, model: StanceModel
) -> tuple[list[Reading], list[Vectors]]:
    """Readings of the passage that decides for each document, and the stance of that passage.

    Where the best passage of a document decides, the document is read on for what takes that back;
    where it says too little and is surely about the claim, for what says more.

    Args:
        stances: of the best passages, shape (n, 3), with voices (n, 6).
    """
    about = probability_about(_search_scores(readings), model.calibration)
    further = [
        further_passages(
            reading.candidate.document,
            reading.candidate.passage,
            decides=bool(row[NEI] < MAY_DECIDE_BELOW),
        )
        if row[NEI] < MAY_DECIDE_BELOW or share >= READ_ON_FROM
        else []
        for reading, row, share in zip(readings, stances, about, strict=True)
    ]
    texts = [
        reading.read_of(passage)[0]
        for reading, passages in zip(readings, further, strict=True)
        for passage in passages
    ]
    rows = _whole(
        texts,
        [r for r, passages in zip(readings, further, strict=True) for _ in passages],
        model,
    )
    decided, deciding = [], []
    for reading, row, passages, others in zip(
        readings, stances, further, regroup(rows, [len(each) for each in further]), strict=True
    ):
        read = [reading.candidate.passage, *passages]
        every = [row, *others]
        texts = [reading.read_of(passage)[0] for passage in read]
        at = deciding_passage(texts, np.array(every, np.float32))
        candidate = replace(reading.candidate, passage=read[at])
        decided.append(replace(reading, candidate=candidate))
        deciding.append(every[at])
    return decided, deciding


def deciding_passage(texts: Sequence[str], stances: Vectors) -> int:
    """The row of the passage that speaks for its document; the first where none decides.

    What corrects, retracts or rates stands above the rest of the text; else the most decided
    passage speaks.

    Args:
        stances: of the passages, shape (n, 3) or with voices (n, 6); the first row is that of the
            best one found.
    """
    decides = [row for row in range(len(texts)) if stances[row, NEI] < MAY_DECIDE_BELOW]
    takes = [row for row in decides if takes_back(texts[row])]
    return min(takes or decides or [0], key=lambda row: float(stances[row, NEI]))


def combine_readings(readings: Vectors) -> Vectors:
    """One stance, shape (3,), of several readings of a passage, shape (n, 3).

    It is as decided as the most decided reading. All readings share in its direction, each as far
    as it is decided: the most decided one alone may be a misreading.
    """
    decided = 1 - readings[:, NEI].min()
    camps = readings[:, [SUPPORTS, REFUTES]].sum(axis=0)
    supports, refutes = decided * camps / max(float(camps.sum()), TINY)
    return np.array([supports, refutes, 1 - decided], np.float32)


def as_shown(
    stances: Vectors,
    scores: Vectors,
    fitted: Calibration,
    *,
    thorough: npt.ArrayLike = True,
) -> tuple[Vectors, list[int]]:
    """Stances as far as their passages are about the claim, and the rows in the order shown.

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
        _raw_stances(judged), _search_scores(judged), fitted, thorough=_thorough(judged)
    )
    if judged:
        documents = [reading.candidate.document for reading in judged]
        rate = [reading.rated is not None for reading in judged]
        counted = unless_outweighed(judged[0].claim, documents, rate, counted)
    shown = _mentions_last([replace(judged[row], stance=counted[row]) for row in order])
    about = probability_about(_search_scores(others), fitted)
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


def _search_scores(readings: Sequence[Reading]) -> Vectors:
    return np.array([reading.candidate.scores.fused for reading in readings], np.float32)


def _key(sentences: Sequence[Quote], shares: Sequence[float]) -> tuple[Quote, ...]:
    """The sentence that carries the stance most, and a second that carries it too.

    Args:
        shares: the probability of the stance in each sentence.
    """
    ranked = sorted(zip(shares, sentences, strict=True), key=lambda item: -item[0])
    ranked = ranked[:RATIONALE_SENTENCES]
    kept = [
        quote
        for at, (share, quote) in enumerate(ranked)
        if at == 0 or share >= SECOND_SENTENCE_FROM
    ]
    return tuple(sorted(kept, key=lambda quote: quote.start))


def quotes(candidate: Candidate) -> list[Quote]:
    """The sentences of a passage, with their offsets in the document."""
    text = candidate.document.text
    return [Quote(s.start, s.end, text[s.start : s.end]) for s in candidate.passage.sentences]
