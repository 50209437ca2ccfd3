"""JSON of the quote desk: a quotation that is looked for, and where the archive has it."""

from __future__ import annotations

from pydantic import BaseModel, Field

from api.schemas.claims import QueryFields, SliceBody
from api.schemas.documents import DocumentInfo
from retrieval.quotes.align import Op
from retrieval.quotes.find import (
    MAX_CONTEXT_CHARS,
    MAX_QUOTE_CHARS,
    MAX_SPEAKER_CHARS,
)
from retrieval.quotes.match import Match, Note, QuoteResult

QUOTE = "We stayed within the budget to the last cent"


class QuoteRequest(QueryFields):
    """A quotation to look for, and who is said to have said it."""

    quote: str = Field(min_length=1, max_length=MAX_QUOTE_CHARS, examples=[QUOTE])
    speaker: str | None = Field(
        None, min_length=1, max_length=MAX_SPEAKER_CHARS, examples=["Mr. Aaltonen"]
    )
    context: str | None = Field(
        None,
        max_length=MAX_CONTEXT_CHARS,
        description="The paragraphs that the quote stands in: whom they give it to is the speaker, "
        "where none is named.",
    )


class QuoteDifferenceBody(BaseModel):
    """Words of the quote beside those of the archive, in order; one side may be empty."""

    op: Op = Field(description="added: in the quote alone. left_out: in the archive alone.")
    quote: str
    archive: str


class QuoteLeftOutBody(BaseModel):
    """What stands in the archive where the quote has an ellipsis."""

    start: int
    end: int
    text: str | None = Field(description="null where it is long.")
    words: int
    negations: list[str]


class QuoteMatch(BaseModel):
    """A document's words for a quote. Offsets are into its text: text[start:end] is the text."""

    result: QuoteResult
    notes: list[Note] = Field(
        description="far_apart: parts with many words between them. out_of_order: parts that "
        "stand in another order. negation_left_out: by an ellipsis. bracketed: words of the quote "
        "in square brackets are not the archive's; they count as an ellipsis."
    )
    document: DocumentInfo
    passage: SliceBody = Field(description="The sentences around the words.")
    found: list[SliceBody] = Field(description="The words for each part of the quote, in order.")
    speaker: SliceBody | None = Field(
        description="Who says them, as the text attributes them; null where no rule finds him."
    )
    is_speaker: bool | None = Field(
        description="Whether that is the speaker asked about; null where it cannot be told."
    )
    in_quotation_marks: bool = Field(description="Whether the text quotes the words, too.")
    differences: list[QuoteDifferenceBody] = Field(description="Empty where no word differs.")
    left_out: list[QuoteLeftOutBody]
    similarity: float = Field(description="Of the words, 0 to 1.")

    @classmethod
    def of(cls, match: Match) -> QuoteMatch:
        return cls(
            result=match.result,
            notes=list(match.notes),
            document=DocumentInfo.of(match.document),
            passage=SliceBody.of(match.passage),
            found=[SliceBody.of(one) for one in match.found],
            speaker=SliceBody.of(match.speaker) if match.speaker else None,
            is_speaker=match.is_speaker,
            in_quotation_marks=match.in_marks,
            differences=[
                QuoteDifferenceBody(op=one.op, quote=one.quote, archive=one.archive)
                for one in match.differences
            ],
            left_out=[
                QuoteLeftOutBody(
                    start=one.start, end=one.end, text=one.text, words=one.words,
                    negations=list(one.negations),
                )
                for one in match.left_out
            ],
            similarity=match.similarity,
        )  # fmt: skip


class QuoteSearched(BaseModel):
    """The documents that the quote was looked for in."""

    documents: int = Field(description="Documents that pass `as_of` and `filters`.")


class QuoteProvenance(BaseModel):
    """What the answer was made from; no model takes part."""

    request_id: str
    index_generation: int
    version: str


class QuoteResponse(BaseModel):
    """Where the archive has a quote."""

    quote: str = Field(description="As it was read: NFC, with one space between words.")
    speaker: str | None = Field(description="As it was asked, or as the context names him.")
    result: QuoteResult = Field(
        description="Of the best match. verbatim: its very words. altered: others among them. "
        "shortened: its words, with some left out at an ellipsis. other_speaker: its words, which "
        "the text gives to somebody else. not_found: nothing like it."
    )
    matches: list[QuoteMatch] = Field(description="A document each, the best first.")
    searched: QuoteSearched
    provenance: QuoteProvenance
    took_ms: float


class QuotationBody(BaseModel):
    """A direct quotation in a text that is checked: offsets into that text."""

    start: int
    end: int
    text: str
    speaker: str | None = Field(description="As the checked text attributes it.")
    result: QuoteResult
    match: QuoteMatch | None = Field(description="The best one; null where it is not found.")
