"""Request and response JSON."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    model_serializer,
)

from api.keys import asking
from index.corpus import Filters
from index.documents import (
    MAX_FIELD_CHARS,
    MAX_ID_CHARS,
    Document,
    parse_date,
    primary_language,
    publisher_key,
)
from index.errors import InvalidDocument
from index.places import Place, unpacked
from index.rights import PubStatus, parse_moment, parse_pubstatus
from index.versions import Version
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
Short = Annotated[str, StringConstraints(max_length=MAX_FIELD_CHARS)]
CLAIM = "Turkey and Russia have equal servicemen at the monitoring center"


def _date_string(value: Any) -> Any:
    """Dates come as ISO 8601 strings alone: the number 0 is no day."""
    if value is None or isinstance(value, dt.date):
        return value
    with suppress(InvalidDocument):  # its message would name another field
        if isinstance(value, str) and value:
            return parse_date(value)
    raise ValueError("not an ISO 8601 date such as 2021-06-15")


def _moment_string(value: Any) -> Any:
    """As `_date_string`, for moments."""
    with suppress(InvalidDocument):
        if isinstance(value, str | dt.datetime) and value:
            return parse_moment(value, "")
    raise ValueError("not an ISO 8601 moment such as 2026-12-01T06:00:00Z")


def _status_string(value: Any) -> Any:
    try:
        return parse_pubstatus(value)
    except InvalidDocument as error:
        raise ValueError(str(error)) from error


def _read_by(reader: Callable[[str], str]) -> BeforeValidator:
    """Validates a string by a function that raises InvalidDocument."""

    def read(value: Any) -> Any:
        try:
            return reader(value) if isinstance(value, str) else value
        except InvalidDocument as error:
            raise ValueError(str(error)) from error

    return BeforeValidator(read, json_schema_input_type=Short)


Language = Annotated[Short, _read_by(primary_language)]
Publisher = Annotated[Short, _read_by(publisher_key)]
Date = Annotated[dt.date, BeforeValidator(_date_string, json_schema_input_type=dt.date)]
Moment = Annotated[dt.datetime, BeforeValidator(_moment_string, json_schema_input_type=dt.datetime)]
Status = Annotated[PubStatus, BeforeValidator(_status_string)]


class Problem(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str


class _Request(BaseModel):
    # Strict: 5.0, "5" and true are not the number 5. Dates still come as JSON strings.
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False)


class FilterFields(_Request):
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


class _Query(_Request):
    top_k: int = Field(5, ge=1, le=MAX_TOP_K, strict=True, description="Most documents to return.")
    as_of: Date | None = Field(
        None,
        description="Only what was published on this day or before. What has no date is left out, "
        "unless CLAIMDESK_INCLUDE_UNDATED is set; excluded.undated says how many.",
        examples=["2021-06-15"],
    )
    filters: FilterFields = FilterFields()

    def to_claim(self, text: str, include_undated: bool, mode: Mode = "hybrid") -> Claim:
        """
        Raises:
            InvalidClaim: the text is none.
        """
        given = self.filters
        filters = Filters(
            publisher=tuple(given.publisher),
            language=tuple(given.language),
            as_of=self.as_of,
            include_undated=include_undated,
            published_after=given.published_after,
            access=asking.get().access,
        )
        return claim(text, self.top_k, filters, mode)


class VerifyRequest(_Query):
    claim: ClaimText = Field(
        examples=[CLAIM],
        description="One statement, of no more tokens than /v1/info names: about a hundred words.",
    )


class SearchRequest(_Query):
    query: ClaimText = Field(examples=[CLAIM])
    mode: Mode = Field("hybrid", description="Both ways of searching, or one of them alone.")


class BatchRequest(_Query):
    claims: list[Any] = Field(
        min_length=1,
        description="One statement each, as for verify. A bad one fails its own line only.",
        examples=[[CLAIM, "The centre is in Baku"]],
    )


class DocumentDetails(_Request):
    """What may be known of a document beside its text."""

    title: Short | None = Field(None, examples=["Monitoring centre opens"])
    url: Short | None = Field(None, examples=["https://example.org/centre"])
    publisher: Short | None = Field(None, examples=["Example Wire"])
    published_at: Date | None = Field(None, examples=["2021-01-30"])
    modified_at: Date | None = Field(
        None,
        examples=["2021-02-01"],
        description="When it was changed last: from this day on `as_of` finds "
        "a new text under a known id, and the earlier one before it.",
    )
    language: Short | None = Field(None, examples=["en"], description="Detected when left out.")
    embargoed_until: Moment | None = Field(
        None,
        examples=[None],
        description="In no answer before this moment. Without an offset: UTC.",
    )
    pubstatus: Status | None = Field(
        None,
        description="usable, where nothing is said. What is withheld or canceled is in no answer, "
        "at any `as_of`.",
    )
    expires: Moment | None = Field(
        None, examples=[None], description="In no answer from this moment on."
    )
    usageterms: Short | None = Field(None, examples=[None])
    rights: Short | None = Field(None, examples=[None])
    access: Short | None = Field(
        None,
        examples=[None],
        description="The access group whose keys see it; everybody does, where none is named.",
    )


class DocumentRequest(DocumentDetails):
    text: str = Field(
        min_length=1, examples=["Turkey and Russia each sent 60 servicemen to the centre."]
    )


class PlaceBody(BaseModel):
    """Where the text in `[start, end)` was written; what does not apply is left out.

    Pages and rows are counted from 1.
    """

    start: int
    end: int
    page: int | None = None
    box: tuple[float, float, float, float] | None = Field(
        None, description="Left, bottom, right, top, in points from the page's lower left corner."
    )
    chapter: str | None = Field(None, description="Of a book: its file in it and its heading.")
    entry: str | None = Field(None, description="Of a feed: the entry's id.")
    record: str | None = Field(None, description="Of a web archive: the record's id.")
    digest: str | None = Field(None, description="Of that record's payload.")
    row: int | None = Field(None, description="Of a table in CSV: its line.")

    @classmethod
    def of(cls, place: Place) -> PlaceBody:
        return cls(**{name: getattr(place, name) for name in cls.model_fields})

    @model_serializer(mode="wrap")
    def _without_none(self, serialize: SerializerFunctionWrapHandler):  # type: ignore[no-untyped-def]
        # Without an annotation, for that would be described in the place of the fields.
        return {name: value for name, value in serialize(self).items() if value is not None}


class DocumentInfo(BaseModel):
    id: str
    title: str
    url: str | None
    publisher: str | None
    published_at: dt.date | None
    modified_at: dt.date | None
    language: str | None
    version: int = Field(
        1,
        exclude_if=lambda number: number == 1,
        description="The number of this text among those that were stored under the id; left out "
        "for the first.",
    )

    @classmethod
    def of(cls, document: Document) -> DocumentInfo:
        return cls(**{name: getattr(document, name) for name in DocumentInfo.model_fields})


def _is_none(value: object) -> bool:
    return value is None


T = TypeVar("T")
Stated = Annotated[T | None, Field(exclude_if=_is_none)]
"""What is left out where it is not stated."""


class DocumentBody(DocumentInfo):
    text: str = Field(description="As stored (NFC): what every offset points into.")
    places: list[PlaceBody] = Field(
        description="Where each stretch of the text was written, in order: page and box of a PDF, "
        "chapter, entry of a feed, record of a web archive, row. Empty for other formats.",
    )
    embargoed_until: Stated[dt.datetime] = Field(
        None, description="The moment from which on it may be in answers."
    )
    expires: Stated[dt.datetime] = Field(
        None, description="The moment from which on it may not any more."
    )
    usageterms: Stated[str] = None
    rights: Stated[str] = None
    access: Stated[str] = None

    @classmethod
    def of(cls, document: Document) -> DocumentBody:
        stated = {*cls.model_fields} - {"places"}
        fields = {name: getattr(document, name) for name in stated}
        return cls(**fields, places=[PlaceBody.of(place) for place in unpacked(document.places)])


class ChangeBody(BaseModel):
    """Sentences that a version says otherwise than the one before; one side may be empty."""

    old: str
    new: str


class VersionBody(BaseModel):
    """A text that was stored under an id, and the days on which it stood."""

    version: int
    title: str
    published_at: dt.date | None
    modified_at: dt.date | None
    since: dt.date | None = Field(description="The first day on which `as_of` finds it.")
    until: dt.date | None = Field(
        description="The first day on which `as_of` finds it no more; null for what stands now."
    )
    current: bool
    changes: list[ChangeBody] | None = Field(
        description="What it changed of the version before it; null for the first that is kept."
    )
    text: str = Field(description="What the offsets of evidence from this version point into.")

    @classmethod
    def of(cls, version: Version) -> VersionBody:
        document, period, changes = version.document, version.period, version.changes
        return cls(
            version=document.version,
            title=document.title,
            published_at=document.published_at,
            modified_at=document.modified_at,
            since=period.since,
            until=period.until,
            current=period.is_current,
            changes=None
            if changes is None
            else [ChangeBody(old=one.old, new=one.new) for one in changes],
            text=document.text,
        )


class VersionsBody(BaseModel):
    id: str
    versions: list[VersionBody] = Field(description="In the order in which they were stored.")


class DocumentPage(BaseModel):
    documents: list[DocumentInfo]
    next_cursor: str | None = Field(description="Pass as `cursor` for more; null at the end.")


class Stored(BaseModel):
    id: str
    status: Literal["added", "updated", "unchanged"]
    passages: int = Field(description="Passages written; 0 when unchanged.")


class DocumentLine(DocumentRequest):
    """A line to import. Other fields are not kept, and counted in the last line of the answer."""

    model_config = ConfigDict(extra="ignore")
    id: str = Field(min_length=1, max_length=MAX_ID_CHARS)
    places: list[PlaceBody] = Field(
        [], description="Where the text was written: as `claimdesk add --url` reads it in a file."
    )


class StoredLine(Stored):
    line: int


class RefusedLine(BaseModel):
    line: int
    status: Literal["refused"] = "refused"
    reason: str


class FailedLine(BaseModel):
    """What stopped an import or a batch; the lines before it hold."""

    error: Problem


class Counts(BaseModel):
    added: int
    updated: int
    unchanged: int
    refused: int


class SumLine(BaseModel):
    summary: Counts
    unknown_fields: dict[str, int] = Field(
        default_factory=dict,
        description="Fields that were not kept, each with its number of lines.",
    )
    request_id: str


ImportLine = StoredLine | RefusedLine | FailedLine | SumLine


class PublisherInfo(BaseModel):
    name: str = Field(description="As most of its documents spell it.")
    documents: int


class Publishers(BaseModel):
    publishers: list[PublisherInfo]


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
        exclude_if=_is_none,
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
    limits: Limits


class Health(BaseModel):
    status: Literal["ok"]


class Readiness(BaseModel):
    """What /readyz answers. Searches answer from the index generation; it follows the store's."""

    status: Literal["ok"] = "ok"
    store_generation: int
    index_generation: int
