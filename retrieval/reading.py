"""A document that was found for a claim -> what it says of the claim, by the passages that are read
of it and their sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from index.documents import Passage, Vectors
from index.regroup import regroup
from retrieval.mentions import only_mentions, without_mentions
from retrieval.rating import title_beside, without_ratings
from retrieval.reading_on import further_passages, takes_back
from retrieval.ruling import within_rating
from retrieval.types import STANCES, VOICES, Candidate, Quote, Stance, StanceModel, Voice
from retrieval.values.reading import as_read, settled
from retrieval.verdict import NEI, REFUTES, SUPPORTS, probability_about, stance_of
from retrieval.voice import content_words

# Most sentences that are quoted for a stance.
RATIONALE_SENTENCES = 2
# Least probability of the stance in a second sentence that is quoted.
SECOND_SENTENCE_FROM = 0.5
# Least probability of the stance in a title, read alone, that is quoted in place of sentences.
TITLE_CARRIES_FROM = 0.5
# Least P(NOT_ENOUGH_INFO) of a whole passage whose sentences are not read one by one.
SKIP_SENTENCES_FROM = 0.5
# P(NOT_ENOUGH_INFO) below which a passage may decide for its document.
MAY_DECIDE_BELOW = 0.5
# Least P(about) of a document that is read on even where its best passage says too little.
READ_ON_FROM = 0.6
# Number of sentences that a whole passage weighs as much as, where they disagree.
WHOLE_WEIGHS = 3
# Avoids a division by zero where no reading says anything.
TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Reading:
    """A candidate of a claim, and what it says of the claim.

    claim, vector: text of the claim, and its unit vector of shape (dim,). judged: whether the
    verdict is made of this candidate; how much evidence is shown must not change that.
    language_not_judged: the language of a passage that is found and not read. stance:
    probabilities of shape (3,); None until the stance model has read the passage. key_sentences:
    the sentences that carry the stance most. mention: nobody vouches for what they tell, so the
    passage does not support. by_title: the title carries the stance, not the key sentences. voice:
    that of the passage as the model predicts it; None where the model predicts no voices.
    thorough: see `Claim`. rated: the stance of the rating that the document likely gives the claim;
    the model's probability of the opposite stance does not count.
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
        title = title_beside(self.claim, document.title)
        titled = f"{title}. {text}" if title else text
        return as_read(self.claim, titled, document.language, document.published_at)

    def read_of(self, passage: Passage) -> tuple[str, list[Quote]]:
        """The text of a passage that the model reads, and the sentences of that text. The text is
        empty where the passage only rates what another one tells."""
        every = quotes(replace(self.candidate, passage=passage))
        document = self.candidate.document
        kept = without_ratings(self.claim, document.title, every, document.text)
        if len(kept) == len(every):
            return passage.text, every
        return " ".join(each.quote for each in kept), kept or every


def predict_stances(readings: Sequence[Reading], model: StanceModel) -> list[Reading]:
    """Readings with the passage that decides for each document, and its stance.

    The stance comes from the whole passage and from each of its sentences alone. A sentence that
    decides can be lost on the model among others that do not; what several say together, only the
    whole passage tells. Where the whole likely says too little, its sentences are not read.
    """
    texts = [reading.read_of(reading.candidate.passage)[0] for reading in readings]
    first = _stances_of(texts, readings, model)
    readings, whole = _deciding_passages(readings, first, model)
    sentences = [reading.read_of(reading.candidate.passage)[1] for reading in readings]
    asked: list[list[tuple[str, str]]] = []
    titled = []
    for reading, quoted, row in zip(readings, sentences, whole, strict=True):
        apart = quoted if len(quoted) > 1 and row[NEI] < SKIP_SENTENCES_FROM else []
        asked.append([(reading.in_context(quote.quote), reading.claim) for quote in apart])
        # A title that holds more of the claim than each sentence may be what decides.
        titled.append(row[NEI] < MAY_DECIDE_BELOW and _title_holds_most(reading, quoted))
        if titled[-1]:
            asked[-1].append((reading.candidate.document.title, reading.claim))
    single = model.predict([pair for each in asked for pair in each])
    stances = []
    width = len(STANCES)
    for reading, quoted, row, is_titled, rows in zip(
        readings,
        sentences,
        whole,
        titled,
        regroup(single, [len(each) for each in asked]),
        strict=True,
    ):
        voices = row[width:]
        row, rows = row[:width], [each[:width] for each in rows]
        alone, title = (rows[:-1], rows[-1:]) if is_titled else (rows, [])
        row, *alone = without_mentions(
            reading.claim,
            reading.candidate.document,
            reading.candidate.passage,
            quoted,
            [
                within_rating(reading.rated, each)
                for each in _settled(reading, quoted, [row, *alone])
            ],
            decides_below=MAY_DECIDE_BELOW,
        )
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


def _stances_of(texts: Sequence[str], readings: Sequence[Reading], model: StanceModel) -> Vectors:
    """The stances of texts, each of the document of a reading, shape (n, 3) or with voices (n, 6).
    An empty text is NOT_ENOUGH_INFO."""
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
    """The stances of a passage and of its sentences, each corrected by its numbers and dates. Where
    the passage likely says too little, these are of something else, and nothing is corrected."""
    if stances[0][NEI] >= SKIP_SENTENCES_FROM:
        return list(stances)
    texts = [reading.candidate.passage.text, *(quote.quote for quote in sentences)]
    language = reading.candidate.document.language
    return [
        settled(stance, reading.claim, text, language)
        for stance, text in zip(stances, texts, strict=False)
    ]


def _title_holds_most(reading: Reading, sentences: Sequence[Quote]) -> bool:
    """Whether the title holds more of the claim's words than any sentence does."""
    claim = content_words(reading.claim)
    held = len(claim & content_words(reading.candidate.document.title))
    return held > max(len(claim & content_words(quote.quote)) for quote in sentences)


def _deciding_passages(
    readings: Sequence[Reading], stances: Vectors, model: StanceModel
) -> tuple[list[Reading], list[Vectors]]:
    """Readings of the passage that decides for each document, and the stance of that passage.

    Where the best passage of a document decides, the document is read on for what takes that back;
    where it only mentions the claim, or says too little and is surely about it, for what says more.

    Args:
        stances: of the best passages, shape (n, 3), with voices (n, 6).
    """
    about = probability_about(search_scores(readings), model.calibration)
    further = [
        further_passages(
            reading.candidate.document,
            reading.candidate.passage,
            decides=bool(row[NEI] < MAY_DECIDE_BELOW)
            and not _only_mentions(reading, reading.candidate.passage, row),
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
    rows = _stances_of(
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
        at = deciding_passage(texts, _vouched_for(reading, read, np.array(every, np.float32)))
        candidate = replace(reading.candidate, passage=read[at])
        decided.append(replace(reading, candidate=candidate))
        deciding.append(every[at])
    return decided, deciding


def _vouched_for(reading: Reading, passages: Sequence[Passage], stances: Vectors) -> Vectors:
    """The stances of passages, shape (n, 3) or with voices (n, 6). Where another one decides, one
    that only mentions the claim says nothing."""
    decide = stances[:, NEI] < MAY_DECIDE_BELOW
    if decide.sum() < 2:
        return stances
    mention = [
        bool(decides) and _only_mentions(reading, passage, row)
        for decides, passage, row in zip(decide, passages, stances, strict=True)
    ]
    if mention == decide.tolist():
        return stances
    counted = np.array(stances)
    counted[mention, : len(STANCES)] = [0, 0, 1]
    return counted


def _only_mentions(reading: Reading, passage: Passage, stance: Vectors) -> bool:
    return only_mentions(reading.claim, reading.candidate.document, passage, stance)


def deciding_passage(texts: Sequence[str], stances: Vectors) -> int:
    """The row of the passage whose stance is that of its document; 0 where no passage decides.

    Passages that correct, retract or rate go before the others that decide. Among them it is the
    most decided one.

    Args:
        stances: of the passages, shape (n, 3) or with voices (n, 6); the first row is that of the
            best one found.
    """
    decides = [row for row in range(len(texts)) if stances[row, NEI] < MAY_DECIDE_BELOW]
    takes = [row for row in decides if takes_back(texts[row])]
    return min(takes or decides or [0], key=lambda row: float(stances[row, NEI]))


def combine_readings(readings: Vectors) -> Vectors:
    """One stance, shape (3,), of several readings of a passage, shape (n, 3), the whole one first.

    It is as decided as the most decided reading. All readings share in its direction, each as far
    as it is decided: the most decided one alone may be a misreading. The whole passage has most
    weight, because a sentence that is read without its neighbours often seems to refute.
    """
    decided = 1 - readings[:, NEI].min()
    alone = readings[1:, [SUPPORTS, REFUTES]].sum(axis=0)
    camps = WHOLE_WEIGHS * readings[0, [SUPPORTS, REFUTES]] + alone
    supports, refutes = decided * camps / max(float(camps.sum()), TINY)
    return np.array([supports, refutes, 1 - decided], np.float32)


def search_scores(readings: Sequence[Reading]) -> Vectors:
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
