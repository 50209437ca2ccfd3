"""An answer -> the JSON that is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from api.schemas.claims import (
    DerivationBody,
    DifferenceBody,
    EvidenceBody,
    Excluded,
    Found,
    GapBody,
    NearestBody,
    NewestBody,
    PartBody,
    PassageBody,
    PeriodBody,
    Provenance,
    QuoteBody,
    RationaleBody,
    ScoresBody,
    SearchedBody,
    SearchResponse,
    SliceBody,
    Sources,
    VerifyResponse,
)
from api.schemas.documents import DocumentInfo, PlaceBody
from index.places import Place, place_of, unpacked
from retrieval.types import Answer, Evidence, Gap, Judgement, Quote


def _found(evidence: Evidence) -> dict[str, Any]:
    passage, scores, quotes = evidence.passage, evidence.scores, evidence.rationale
    places: list[Place] = []
    if quotes:
        within = min(one.start for one in quotes), max(one.end for one in quotes)
        places = unpacked(evidence.document.places, within)
    return {
        "document": DocumentInfo.of(evidence.document),
        "passage": PassageBody(
            id=passage.id, text=passage.text, start=passage.start, end=passage.end
        ),
        "rationale": [_placed(quote, places) for quote in quotes],
        "scores": ScoresBody(dense=scores.dense, lexical=scores.lexical, fused=scores.fused),
    }


def _quote(quote: Quote) -> QuoteBody:
    return QuoteBody(start=quote.start, end=quote.end, quote=quote.quote)


def _placed(quote: Quote, places: Sequence[Place]) -> RationaleBody:
    place = place_of(places, quote.start, quote.end)
    return RationaleBody(
        start=quote.start,
        end=quote.end,
        quote=quote.quote,
        place=PlaceBody.of(place) if place else None,
    )


def _evidence(evidence: Evidence) -> EvidenceBody:
    return EvidenceBody(
        **_found(evidence),
        stance=evidence.stance,
        stance_probabilities=_rounded(evidence.stance_probabilities),
        differences=[
            DifferenceBody(
                kind=one.kind, claim=SliceBody.of(one.claim), evidence=SliceBody.of(one.evidence)
            )
            for one in evidence.differences
        ],
        derivation=[
            DerivationBody(text=step.text, evidence=[SliceBody.of(at) for at in step.evidence])
            for step in evidence.derivation
        ],
        language_not_judged=evidence.language_not_judged,
        voice=evidence.voice,
        attributed_to=SliceBody.of(evidence.attributed_to) if evidence.attributed_to else None,
        title_quote=_quote(evidence.title_quote) if evidence.title_quote else None,
    )


def _newest(judgement: Judgement | None) -> NewestBody | None:
    if judgement is None or judgement.newest is None:
        return None
    verdict: Literal["SUPPORTED", "REFUTED"] = (
        "SUPPORTED" if judgement.newest.stance == "SUPPORTS" else "REFUTED"
    )
    return NewestBody(verdict=verdict, date=judgement.newest.date)


def _gap(gap: Gap) -> GapBody:
    dated = gap.since is not None or gap.until is not None
    nearest = gap.nearest
    return GapBody(
        documents=gap.documents,
        publishers=gap.publishers,
        period=PeriodBody(from_=gap.since, to=gap.until) if dated else None,
        nearest=NearestBody(
            document=gap.document, start=nearest.start, end=nearest.end, quote=nearest.quote
        )
        if nearest and gap.document is not None
        else None,
        lacks=gap.lacks,
    )


def _searched(answer: Answer) -> SearchedBody:
    return SearchedBody(documents=answer.searched.documents, undated=answer.searched.undated)


def _rounded(probabilities: Mapping[Any, float] | None) -> dict[Any, float] | None:
    """Probabilities to four decimals; further digits are not the same on every processor."""
    if not probabilities:
        return None
    return {name: round(value, 4) for name, value in probabilities.items()}


def verify_response(answer: Answer, provenance: Provenance, took_ms: float) -> VerifyResponse:
    """Stance and verdict are null where there is no stance model: never a made-up value."""
    judgement = answer.judgement
    probabilities = _rounded(judgement.probabilities) if judgement else None
    return VerifyResponse(
        claim=answer.claim,
        verdict=judgement.verdict if judgement else None,
        probability=probabilities[judgement.verdict] if judgement and probabilities else None,
        probabilities=probabilities,
        reason=judgement.reason if judgement else None,
        language_not_judged=judgement.language_not_judged if judgement else None,
        newest=_newest(judgement),
        parts=[
            PartBody(
                text=part.claim.quote,
                start=part.claim.start,
                end=part.claim.end,
                verdict=part.verdict,
                probability=round(part.probability, 4),
            )
            for part in answer.parts
        ],
        gap=_gap(answer.gap) if answer.gap else None,
        evidence=[_evidence(item) for item in answer.evidence],
        sources=Sources(supporting=judgement.supporting, refuting=judgement.refuting)
        if judgement
        else None,
        searched=_searched(answer),
        excluded=Excluded(undated=answer.searched.undated_excluded),
        withheld=answer.searched.withheld,
        provenance=provenance,
        took_ms=took_ms,
    )


def search_response(answer: Answer, provenance: Provenance, took_ms: float) -> SearchResponse:
    return SearchResponse(
        query=answer.claim,
        results=[Found(**_found(item)) for item in answer.evidence],
        searched=_searched(answer),
        excluded=Excluded(undated=answer.searched.undated_excluded),
        withheld=answer.searched.withheld,
        provenance=provenance,
        took_ms=took_ms,
    )
