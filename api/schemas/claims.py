"""Request and response JSON for claims and searches."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.keys.keyring import asking
from api.schemas.documents import DocumentInfo, PlaceBody
from api.schemas.fields import (
    Date,
    FailedLine,
    Language,
    Problem,
    Publisher,
    RequestFields,
    is_none,
)
from index.corpus import Filters
from retrieval.claim import claim
from retrieval.types import (
    MAX_CLAIM_CHARS,
    MAX_TOP_K,
    Claim,
    Lack,
    Mode,
    Quote,
    Reason,
    Stance,
    Verdict,
    Voice,
)

ClaimText = Annotated[str, StringConstraints(min_length=1, max_length=MAX_CLAIM_CHARS)]
CLAIM = "Turkey and Russia have equal servicemen at the monitoring center"


class FilterFields(RequestFields):
    publisher: list[Publisher] = Field(
        [],
        max_length=100,
        description="Any of these; letter case and white space do not count.",
        examples=[["Example Wire"]],
    )
    language: list[Language] = Field(
        [],
        max_length=100,
        description="Any of these: tags (BCP 47), ISO 639 codes or English names; a region does "
        "not count.",
        examples=[["en"]],
    )
    published_after: Date | None = Field(
        None,
        description="Only what was published on this day or later. What has no date is left out, "
        "as for `as_of`.",
        examples=["2021-01-01"],
    )


class QueryFields(RequestFields):
    top_k: int = Field(5, ge=1, le=MAX_TOP_K, strict=True, description="Most documents to return.")
    as_of: Date | None = Field(
        None,
        description="Only what was published on this day or before. What has no date is left out, "
        "unless CLAIMDESK_INCLUDE_UNDATED is set; excluded.undated says how many.",
        examples=["2021-06-15"],
    )
    filters: FilterFields = FilterFields()

    def to_filters(self, include_undated: bool) -> Filters:
        """The filters that a request asks for, and what whoever asks may see."""
        given = self.filters
        return Filters(
            publisher=tuple(given.publisher),
            language=tuple(given.language),
            as_of=self.as_of,
            include_undated=include_undated,
            published_after=given.published_after,
            access=asking.get().access,
        )

    def to_claim(self, text: str, include_undated: bool, mode: Mode = "hybrid") -> Claim:
        """
        Raises:
            InvalidClaim: the text is none.
        """
        return claim(text, self.top_k, self.to_filters(include_undated), mode)


class VerifyRequest(QueryFields):
    claim: ClaimText = Field(
        examples=[CLAIM],
        description="One statement, of no more tokens than /v1/info names: about a hundred words.",
    )


class SearchRequest(QueryFields):
    query: ClaimText = Field(examples=[CLAIM])
    mode: Mode = Field("hybrid", description="Both ways of searching, or one of them alone.")


class BatchRequest(QueryFields):
    claims: list[Any] = Field(
        min_length=1,
        description="One statement each, as for verify. A bad one fails its own line only.",
        examples=[[CLAIM, "The centre is in Baku"]],
    )


class PassageBody(BaseModel):
    id: str
    text: str
    start: int
    end: int


class QuoteBody(BaseModel):
    start: int
    end: int
    quote: str


class RationaleBody(QuoteBody):
    place: PlaceBody | None = Field(
        description="Where it was written, if the format tells. Of a quote that goes on on another "
        "page, the part on its first page.",
    )


class ScoresBody(BaseModel):
    dense: float = Field(description="Cosine of claim and passage.")
    lexical: float = Field(description="BM25.")
    fused: float = Field(description="Both: a search orders by it, a verification in part.")


class Found(BaseModel):
    document: DocumentInfo
    passage: PassageBody
    rationale: list[RationaleBody]
    scores: ScoresBody


class SliceBody(BaseModel):
    start: int
    end: int
    text: str

    @classmethod
    def of(cls, quote: Quote) -> SliceBody:
        return cls(start=quote.start, end=quote.end, text=quote.quote)


class DifferenceBody(BaseModel):
    """A point on which claim and evidence differ: offsets into the answer's `claim`, and into the
    document's text."""

    kind: Literal["number", "comparison", "date", "negation"]
    claim: SliceBody
    evidence: SliceBody


class DerivationBody(BaseModel):
    """A step of working out, and the slices of the document's text that it uses."""

    text: str
    evidence: list[SliceBody]


class EvidenceBody(Found):
    stance: Stance | None
    stance_probabilities: dict[Stance, float] | None
    differences: list[DifferenceBody] = Field(
        description="What evidence that refutes, or well may, says otherwise; empty where nothing "
        "is certain."
    )
    language_not_judged: str | None = Field(
        description="The passage's language, if it is one that the stance model does not know: "
        "such a passage is found, and has no stance."
    )
    voice: Voice | None = Field(
        description="stated: the text's own word. reported: another's, or a rumour's, which never "
        "supports. rejected: the text says that it is not so. null without a stance."
    )
    attributed_to: SliceBody | None = Field(
        description="Who says so, where a rule finds him: offsets into the document's text."
    )
    title_quote: QuoteBody | None = Field(
        description="The document's title, where that carries the stance: offsets into the title. "
        "`rationale` holds sentences that share enough of the claim's words beside it, or none."
    )
    derivation: list[DerivationBody] = Field(
        description="How numbers of the rationale decide, in steps: a sum, a difference, a share. "
        "Empty where nothing has to be worked out."
    )


class ModelNames(BaseModel):
    embedding: str
    stance: str | None


class Provenance(BaseModel):
    request_id: str
    index_generation: int
    models: ModelNames
    version: str
    verdict_id: str | None = Field(
        None,
        description="Under which the verdict is kept (GET /v1/verdicts/{id}); null where none is.",
    )


class Sources(BaseModel):
    supporting: int
    refuting: int


class Excluded(BaseModel):
    undated: int = Field(description="Documents left out only because they carry no date.")


class SearchedBody(BaseModel):
    """The documents that an answer was looked for in."""

    documents: int = Field(description="Documents that pass `as_of` and `filters`.")
    undated: int = Field(description="Of these, documents that carry no date.")


Withheld = Annotated[
    int | None,
    Field(
        exclude_if=is_none,
        description="Documents that pass `as_of` and `filters` and are embargoed, withheld, "
        "canceled or expired now; only with CLAIMDESK_SHOW_WITHHELD.",
    ),
]


class SearchResponse(BaseModel):
    query: str = Field(description="As it was read: NFC, with one space between words.")
    results: list[Found]
    searched: SearchedBody
    excluded: Excluded
    withheld: Withheld = None
    provenance: Provenance
    took_ms: float


class NewestBody(BaseModel):
    """The newer of two camps, and the day of its newest document."""

    verdict: Literal["SUPPORTED", "REFUTED"]
    date: dt.date


class PartBody(BaseModel):
    """One of the statements that a claim joins, with its own verdict: offsets into `claim`."""

    text: str
    start: int
    end: int
    verdict: Verdict
    probability: float


class PeriodBody(BaseModel):
    """The days that the filters admit; null where they set no limit."""

    from_: dt.date | None = Field(alias="from")
    to: dt.date | None
    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)


class NearestBody(QuoteBody):
    """A sentence: offsets into the text of its document."""

    document: str = Field(description="Its id.")


class GapBody(BaseModel):
    """What was searched without a decision, and what the nearest statement lacks of the claim."""

    documents: int
    publishers: int = Field(description="Publishers that the filter by publisher admits.")
    period: PeriodBody | None = Field(description="null where no filter restricts dates.")
    nearest: NearestBody | None = Field(
        description="Of the sentences read, that which holds most of the claim's words."
    )
    lacks: Lack | None = Field(
        description="Of the claim. only_mentioned: told, and not vouched for. nothing: no rule "
        "finds a lack, and yet it does not decide. null where there is no nearest statement."
    )


class VerifyResponse(BaseModel):
    claim: str = Field(
        description="As it was read: NFC, with one space between words. Offsets are into this."
    )
    verdict: Verdict | None
    probability: float | None = Field(
        description="Of the verdict; null where there is none, or no document to judge by."
    )
    probabilities: dict[Verdict, float] | None
    reason: Reason | None = Field(
        description="no_documents: no document that is indexed passes the filters. The verdict is "
        "NOT_ENOUGH_EVIDENCE then, without a probability. not_a_statement: a question, an order or "
        "a bare name gets no verdict. language_not_judged: the claim, or all that was found for "
        "it, is in a language that the stance model does not know."
    )
    language_not_judged: str | None = Field(
        description="The claim's language (BCP 47, und where it cannot be told), if that is why "
        "there is no verdict."
    )
    newest: NewestBody | None = Field(
        description="Where sources of different days disagree: which camp is newer. A claim that "
        "names no year leans to it."
    )
    parts: list[PartBody] = Field(
        description="Where a claim joins statements that can be told apart, the verdict on each. "
        "It is SUPPORTED if all are, REFUTED if one is, else NOT_ENOUGH_EVIDENCE. Empty otherwise."
    )
    gap: GapBody | None = Field(description="With NOT_ENOUGH_EVIDENCE.")
    evidence: list[EvidenceBody]
    sources: Sources | None
    searched: SearchedBody
    excluded: Excluded
    withheld: Withheld = None
    provenance: Provenance
    took_ms: float


class _Indexed(BaseModel):
    index: int = Field(description="Of the claim in the request.")


class ClaimLine(VerifyResponse, _Indexed):
    pass


class FailedClaimLine(_Indexed):
    error: Problem


BatchLine = ClaimLine | FailedClaimLine | FailedLine


class Limits(BaseModel):
    claim_chars: int
    claim_tokens: int | None = Field(
        description="Of a claim to verify, as the stance model counts; null without one."
    )
    top_k: int
    batch_claims: int
    body_bytes: int
    import_bytes: int
    document_chars: int


class Info(BaseModel):
    version: str
    models: ModelNames
    documents: int
    passages: int
    store_generation: int
    index_generation: int
    connections: dict[str, int] | None = Field(
        None,
        description="To the database of this process: most, open, in_use, and waiting for one; "
        "null where the corpus is in a folder.",
    )
    limits: Limits


class Health(BaseModel):
    status: Literal["ok"]


class Readiness(BaseModel):
    """What /readyz answers. Searches answer from the index generation; it follows the store's."""

    status: Literal["ok"] = "ok"
    store_generation: int
    index_generation: int
