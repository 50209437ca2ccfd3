"""An article to check -> its statements, and the lines of the answer: what HTTP and the command
line share."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from api.errors import TooManyStatements
from api.problems import line_problem
from api.schemas.claims import SliceBody, VerifyResponse
from api.schemas.desk import (
    CheckLine,
    CheckRequest,
    CheckSummary,
    CheckSummaryLine,
    FailedStatementLine,
    LeftOutBody,
    StatementLine,
    TextLine,
)
from api.schemas.quotes import QuotationBody, QuoteMatch
from api.service import Service
from index.documents import Span
from index.errors import CorpusError, DocumentTooLarge, UnreadableFile
from index.read.html import read_html
from index.read.origin import refused
from retrieval.check import Statement, Statements, find_statements
from retrieval.checkworthy import load_checkworthiness
from retrieval.errors import ClaimTooLong, InvalidClaim, RetrievalError
from retrieval.quotes.find import MAX_SPEAKER_CHARS, find_quote
from retrieval.quotes.speaker import said_by
from retrieval.quotes.text import quotations, words_of
from retrieval.types import Claim

# Statements of one article that the models read together.
STATEMENTS_AT_ONCE = 24
# Words from which on a quotation is looked for in the archive, and most quotations of a statement.
QUOTED_WORDS, MOST_QUOTATIONS = 4, 5


@dataclass(frozen=True, slots=True)
class Article:
    """A text, the statements found in it, and the quotations by the index of their statement."""

    text: str
    found: Statements
    quoted: Mapping[int, Sequence[Span]]


def read_article(body: CheckRequest, service: Service) -> Article:
    """The text of a request and its statements.

    Raises:
        DocumentTooLarge: the text is longer than a document may be.
        UnreadableFile: a page has no main text, or cannot be parsed.
        TooManyStatements: it has more of them than a check takes.
    """
    settings, stance = service.settings, service.models.stance
    if body.html is not None:
        text = _text_of_page(body.html, settings.max_document_chars)
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
    return Article(text, found, _quoted(text, found))


def _text_of_page(html: str, max_chars: int) -> str:
    # The mark says that it is UTF-8 now, whatever encoding the page names.
    page = f"\ufeff{html}".encode()
    try:
        return read_html(page, "page", max_chars).text
    except CorpusError:
        raise
    except Exception as error:  # the request is at fault, not the service
        raise UnreadableFile(refused("page", error).reason) from error


def _quoted(text: str, found: Statements) -> dict[int, list[Span]]:
    """The longer direct quotations, each with the first statement that holds a part of it."""
    quoted: dict[int, list[Span]] = {}
    for span in quotations(text) if found.statements else ():
        if len(words_of(text, span.start, span.end).keys) < QUOTED_WORDS:
            continue
        for index, statement in enumerate(found.statements):
            if statement.start < span.end and span.start < statement.end:
                if len(own := quoted.setdefault(index, [])) < MOST_QUOTATIONS:
                    own.append(span)
                break
    return quoted


def quotations_of(
    index: int, article: Article, body: CheckRequest, service: Service
) -> list[QuotationBody]:
    """The quotations of a statement, looked for in the archive. It blocks."""
    filters = body.to_filters(service.settings.include_undated)
    made = []
    for span in article.quoted.get(index, ()):
        text = article.text[span.start : span.end]
        said = said_by(article.text, span.start).speaker
        speaker = said.quote if said and len(said.quote) <= MAX_SPEAKER_CHARS else None
        with suppress(InvalidClaim):  # too many parts, or marks that no script has
            found = find_quote(text, service.corpus, speaker, filters, most=1)
            made.append(
                QuotationBody(
                    start=span.start, end=span.end, text=text, speaker=speaker,
                    result=found.result,
                    match=QuoteMatch.of(found.matches[0]) if found.matches else None,
                )
            )  # fmt: skip
    return made


def answer_lines(
    article: Article, body: CheckRequest, service: Service, request_id: str
) -> Iterator[CheckLine]:
    """The lines of an answer in the order of the text, from the models of this process.

    The first statement is read alone, so that its line is soon there; the others share batches.
    """
    if body.html is not None:
        yield TextLine(text=article.text)
    sent: list[CheckLine] = []
    for line in _statement_lines(article, body, service, request_id):
        # The sum needs what each line says, not the evidence.
        sent.append(line.model_copy(update={"evidence": []}))
        yield line
    yield summary_line(article.found, sent, request_id)


def _statement_lines(
    article: Article, body: CheckRequest, service: Service, request_id: str
) -> Iterator[CheckLine]:
    batch: list[tuple[int, Statement, Claim]] = []
    at_once = 1
    for index, statement in enumerate(article.found.statements):
        try:
            batch.append((index, *claim_of(statement, body, service)))
        except InvalidClaim as error:
            yield from _batch_lines(batch, article, body, service, request_id)
            batch.clear()
            yield failed_line(index, statement, error, request_id)
        if len(batch) >= at_once:
            yield from _batch_lines(batch, article, body, service, request_id)
            batch.clear()
            at_once = STATEMENTS_AT_ONCE
    yield from _batch_lines(batch, article, body, service, request_id)


def _batch_lines(
    batch: Sequence[tuple[int, Statement, Claim]],
    article: Article,
    body: CheckRequest,
    service: Service,
    request_id: str,
) -> Iterator[CheckLine]:
    """The lines of statements that are read together; after a failure each is tried alone."""
    started = time.perf_counter()
    if not batch:
        return
    made: list[CheckLine] = []
    try:
        answers = service.answer([claim for _, _, claim in batch])
        for (index, statement, claim), answer in zip(batch, answers, strict=True):
            quoted = quotations_of(index, article, body, service)
            response = service.response(answer, request_id, started, claim)
            made.append(statement_line(index, statement, response, quoted))
        service.wait_until_kept()
    except (CorpusError, RetrievalError) as error:
        if len(batch) == 1:
            ((index, statement, _),) = batch
            yield failed_line(index, statement, error, request_id)
            return
        for one in batch:
            yield from _batch_lines([one], article, body, service, request_id)
        return
    yield from made


def claim_of(statement: Statement, body: CheckRequest, service: Service) -> tuple[Statement, Claim]:
    """What is verified for a statement: without its context where both are too long together.

    Raises:
        InvalidClaim: the statement alone is none, or too long.
    """

    def made(text: str) -> Claim:
        return service.admit(body.to_statement(text, service.settings.include_undated))

    if statement.context is not None:
        try:
            return statement, made(statement.claim)
        except ClaimTooLong:
            statement = replace(statement, context=None)
    return statement, made(statement.claim)


def statement_line(
    index: int, statement: Statement, response: VerifyResponse, quoted: list[QuotationBody]
) -> StatementLine:
    """The line of a statement that was verified."""
    return StatementLine(**_place(index, statement), **dict(response), quotations=quoted)


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
