"""An article to check -> its statements, and the lines of the answer: what HTTP and the command
line share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from api.desk_schemas import (
    CheckLine,
    CheckRequest,
    CheckSummary,
    CheckSummaryLine,
    FailedStatementLine,
    LeftOutBody,
    StatementLine,
)
from api.errors import TooManyStatements
from api.problems import line_problem
from api.schemas import SliceBody
from api.service import Service
from index.errors import DocumentTooLarge
from index.read.html import read_html
from retrieval.check import Statement, Statements, find_statements
from retrieval.checkworthy import load_checkworthiness
from retrieval.errors import ClaimTooLong
from retrieval.types import Answer, Claim


@dataclass(frozen=True, slots=True)
class Article:
    """A text, and the statements found in it."""

    text: str
    found: Statements


def read_article(body: CheckRequest, service: Service) -> Article:
    """The text of a request and its statements.

    Raises:
        DocumentTooLarge: the text is longer than a document may be.
        UnreadableFile: a page has no main text.
        TooManyStatements: it has more of them than a check takes.
    """
    settings, stance = service.settings, service.models.stance
    if body.html is not None:
        text = read_html(body.html.encode(), "page", settings.max_document_chars).text
    else:
        text = body.text or ""
        if len(text) > settings.max_document_chars:
            raise DocumentTooLarge(
                f"text has {len(text):,} characters, more than the "
                f"{settings.max_document_chars:,} allowed"
            )
    languages = stance.calibration.languages if stance else ()
    found = find_statements(text, load_checkworthiness(), languages)
    if len(found.statements) > settings.max_check_statements:
        raise TooManyStatements(
            f"the text has {len(found.statements):,} statements, more than the "
            f"{settings.max_check_statements:,} that are checked at once: send it in parts"
        )
    return Article(text, found)


def claim_of(statement: Statement, body: CheckRequest, service: Service) -> tuple[Statement, Claim]:
    """What is verified for a statement: without its context where both are too long together.

    Raises:
        InvalidClaim: the statement alone is none, or too long.
    """

    def made(text: str) -> Claim:
        return service.admit(body.to_claim(text, service.settings.include_undated))

    if statement.context is not None:
        try:
            return statement, made(statement.claim)
        except ClaimTooLong:
            statement = Statement(
                statement.sentence,
                statement.start,
                statement.end,
                statement.check_worthiness,
                statement.refers_back,
            )
    return statement, made(statement.claim)


def statement_line(
    index: int,
    statement: Statement,
    answer: Answer,
    service: Service,
    request_id: str,
    started: float,
) -> StatementLine:
    """The line of a statement that was verified; `started` as for `Service.response`."""
    response = service.response(answer, request_id, started)
    return StatementLine(**_place(index, statement), **dict(response))


def failed_line(
    index: int, statement: Statement, error: Exception, request_id: str
) -> FailedStatementLine:
    """The line of a statement that could not be verified."""
    return FailedStatementLine(**_place(index, statement), error=line_problem(error, request_id))


def summary_line(
    found: Statements, lines: Sequence[CheckLine], request_id: str
) -> CheckSummaryLine:
    """The last line, from all that were sent."""
    answered = [line for line in lines if isinstance(line, StatementLine)]
    message: Any = None
    if found.language_not_judged:
        message = "language not judged"
    elif not found.statements:
        message = "nothing to check"
    return CheckSummaryLine(
        summary=CheckSummary(
            sentences=found.sentences,
            statements=len(found.statements),
            verdicts=dict(Counter(line.verdict for line in answered if line.verdict)),
            not_judged=sum(line.verdict is None for line in answered),
            failed=sum(isinstance(line, FailedStatementLine) for line in lines),
            left_out=LeftOutBody.model_validate(found.left_out),
            language_not_judged=found.language_not_judged,
            message=message,
        ),
        request_id=request_id,
    )


def _place(index: int, statement: Statement) -> dict[str, Any]:
    return {
        "index": index,
        "statement": statement.sentence,
        "start": statement.start,
        "end": statement.end,
        "check_worthiness": statement.check_worthiness,
        "refers_back": statement.refers_back,
        "context": SliceBody.of(statement.context) if statement.context else None,
    }
