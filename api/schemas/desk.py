"""JSON of the desk: an article that is checked."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from pydantic import BaseModel, Field, model_validator

from api.schemas.claims import QueryFields, SliceBody, VerifyResponse
from api.schemas.fields import FailedLine, Problem
from api.schemas.quotes import QuotationBody
from retrieval.types import Claim, Verdict

ARTICLE = "The bridge cost 48 million euros. It opened in May. Isn't it beautiful?"


class CheckRequest(QueryFields):
    """An article, as text or as a page."""

    text: str | None = Field(None, min_length=1, examples=[ARTICLE])
    html: str | None = Field(
        None, min_length=1, description="A page, of which the main text is checked."
    )
    thorough: bool = Field(
        False,
        description="Whether each statement is read as /v1/verify reads a claim. Otherwise only "
        "documents are read that are likelier about it than not: others cannot decide.",
    )

    def to_statement(self, text: str, include_undated: bool) -> Claim:
        """
        Raises:
            InvalidClaim: the text is none.
        """
        return replace(self.to_claim(text, include_undated), thorough=self.thorough)

    @model_validator(mode="after")
    def _one_of_both(self) -> CheckRequest:
        if (self.text is None) == (self.html is None):
            raise ValueError("send either text or html")
        return self


class TextLine(BaseModel):
    """The first line for a page: the text that was found in it, which offsets are into."""

    text: str


class _Place(BaseModel):
    index: int = Field(description="Of the statement in the text; lines come as they are ready.")
    statement: str
    start: int = Field(description="text[start:end] is the statement, in code points.")
    end: int
    check_worthiness: float
    refers_back: bool = Field(description="Whether it begins with a pronoun, such as He.")
    context: SliceBody | None = Field(
        description="The sentence before that such a statement is verified with: `claim` holds "
        "both. Where there is none, the statement is verified alone."
    )


class StatementLine(VerifyResponse, _Place):
    """A statement with its verdict and evidence, as /v1/verify gives them."""

    quotations: list[QuotationBody] = Field(
        [],
        description="Direct quotations of at least four words in it, each as /v1/quotes finds it.",
    )


class FailedStatementLine(_Place):
    error: Problem


class LeftOutBody(BaseModel):
    """Sentences that were not verified, by the reason."""

    not_a_statement: int = Field(0, description="Questions, orders, bare names.")
    opinion: int = 0
    not_check_worthy: int = 0


class CheckSummary(BaseModel):
    sentences: int
    statements: int
    verdicts: dict[Verdict, int]
    not_judged: int = Field(description="Statements without a verdict; `reason` says why.")
    failed: int
    left_out: LeftOutBody
    language_not_judged: str | None = Field(
        description="The text's language, if it is one that is not judged: nothing is verified."
    )
    message: Literal["nothing to check", "language not judged"] | None


class CheckSummaryLine(BaseModel):
    """The last line of an answer that is whole."""

    summary: CheckSummary
    request_id: str


CheckLine = TextLine | StatementLine | FailedStatementLine | CheckSummaryLine | FailedLine
