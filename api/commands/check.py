"""claimdesk check: an article's statements, each verified, for people, programs and workflows."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError
from rich.text import Text

from api.options import (
    FORESEEN,
    After,
    AsOf,
    Data,
    Language,
    Publisher,
    of_field,
    said,
    searched,
    settings,
)
from api.terminal import fail, origin_of, out, printable, say, show_verdict

if TYPE_CHECKING:
    # Loaded by the command when it runs: `claimdesk --help` needs no FAISS.
    from api.checking import Article
    from api.schemas.desk import (
        CheckLine,
        CheckRequest,
        CheckSummary,
        FailedStatementLine,
        StatementLine,
    )
    from api.service import Service

# Exit statuses.
NOTHING_REFUTED, REFUTED, NOT_CHECKED = 0, 1, 2
STDIN = "-"
PAGES = (".html", ".htm", ".xhtml")
# By which standard input is told to be a page.
_IS_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|body|main|article|section|div|h[1-6]|p)\b",
    re.IGNORECASE,
)
_LINE_END = re.compile(r"\r\n?|\n")
# Of a workflow command: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
_IN_MESSAGE = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTY = {**_IN_MESSAGE, ":": "%3A", ",": "%2C"}
_STYLES = {
    "SUPPORTED": "green", "REFUTED": "bold red", "CONFLICTING_EVIDENCE": "yellow",
    "NOT_ENOUGH_EVIDENCE": "dim",
}  # fmt: skip


class Format(StrEnum):
    """How the answer is printed."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


def check(
    file: Annotated[str, typer.Argument(help="A text or a page (.html); - for standard input.")],
    as_of: AsOf = None,
    after: After = None,
    publisher: Publisher = None,
    language: Language = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 also where a statement is undecided.")
    ] = False,
    thorough: Annotated[
        bool, typer.Option("--thorough", help="Read each statement as verify reads a claim.")
    ] = False,
    form: Annotated[
        Format, typer.Option("--format", help="github: annotations of a workflow.")
    ] = Format.TEXT,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the lines of the HTTP body and nothing else.")
    ] = False,
    data: Data = None,
) -> None:
    """Verify the statements of an article.

    Exit status: 0 nothing is refuted, 1 something is, 2 it could not be checked.
    """
    try:
        from api.schemas.desk import CheckRequest
        from api.service import Service

        # A limit for many clients: who waits here has one machine to himself.
        chosen = settings(data).model_copy(update={"max_check_statements": sys.maxsize})
        part = read(file)
        try:
            body = CheckRequest.model_validate(
                {**part, **searched(as_of, after, publisher, language), "thorough": thorough}
            )
        except ValidationError as error:
            fail(of_field(error), NOT_CHECKED)
        with Service.open(chosen, writable=False) as service:
            status = checked(body, service, file, Format.JSON if as_json else form, strict)
    except FORESEEN as error:
        fail(said(error), NOT_CHECKED)
    raise typer.Exit(status)


def read(file: str) -> dict[str, str]:
    """The `text` or `html` of a request, from a file or, for `-`, from standard input.

    Raises:
        UnreadableFile: it is empty, too large, or in an encoding that is not told.
        OSError: it cannot be read.
    """
    from index.errors import UnreadableFile
    from index.read.content import DAMAGED, MAX_FILE_BYTES, contents, decoded, kind
    from index.read.encoding import html_text

    if file == STDIN:
        content = sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
        if len(content) > MAX_FILE_BYTES:
            raise UnreadableFile(f"larger than {MAX_FILE_BYTES // 2**20} MiB")
        is_page = _IS_PAGE.match(content) is not None
    else:
        try:
            content = contents(Path(file))
        except DAMAGED as error:
            raise UnreadableFile(f"the compressed file is damaged: {error}") from error
        is_page = kind(Path(file)) in PAGES
    if not content.strip():
        raise UnreadableFile("nothing stands in it")
    return {"html": html_text(content)} if is_page else {"text": decoded(content)}


def checked(body: CheckRequest, service: Service, file: str, form: Format, strict: bool) -> int:
    """Print the answer as it is made; the exit status of it.

    Args:
        file: what annotations name.
    """
    from api.checking import answer_lines, read_article
    from api.schemas.desk import CheckSummaryLine, FailedStatementLine, StatementLine

    article = read_article(body, service)
    show = _printer(form, article, body, file, strict)
    statuses = {NOTHING_REFUTED}
    for line in answer_lines(article, body, service, "cli"):
        show(line)
        if isinstance(line, StatementLine):
            statuses.add(_status(line, strict))
        elif isinstance(line, FailedStatementLine):
            statuses.add(NOT_CHECKED)
            say(f"not verified: {line.error.detail}")
        elif isinstance(line, CheckSummaryLine) and line.summary.language_not_judged:
            statuses.add(NOT_CHECKED)
            say(f"the text is in a language that is not judged: {line.summary.language_not_judged}")
    if service.models.stance is None and article.found.statements:
        statuses.add(NOT_CHECKED)
        say("no stance model is set: see CLAIMDESK_STANCE_MODEL")
    return REFUTED if REFUTED in statuses else max(statuses)


def _status(line: StatementLine, strict: bool) -> int:
    if line.verdict == "REFUTED" or (strict and line.verdict != "SUPPORTED"):
        return REFUTED
    return NOTHING_REFUTED


def _printer(
    form: Format, article: Article, body: CheckRequest, file: str, strict: bool
) -> Callable[[CheckLine], None]:
    from api.schemas.desk import CheckSummaryLine, FailedStatementLine, StatementLine

    if form is Format.JSON:
        return lambda line: print(line.model_dump_json(), flush=True)
    marked = _Marked(article.text)

    def show(line: CheckLine) -> None:
        if isinstance(line, CheckSummaryLine):
            if form is Format.TEXT:
                marked.end()
            out.print(_sum(line.summary), markup=False)
        elif isinstance(line, (StatementLine, FailedStatementLine)):
            if form is Format.TEXT:
                marked.show(line)
            elif annotation := annotated(line, article.text, body.html, file, strict):
                print(annotation, flush=True)

    return show


class _Marked:
    """Prints a text as far as its statements are verified, each marked with its verdict."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.lines: list[StatementLine] = []

    def show(self, line: StatementLine | FailedStatementLine) -> None:
        from api.schemas.desk import StatementLine

        shown = Text(printable(self.text[self.at : line.start]))
        verdict = "not verified"
        style = "magenta"
        if isinstance(line, StatementLine):
            self.lines.append(line)
            verdict = (line.verdict or "no verdict").replace("_", " ").lower()
            style = _STYLES.get(line.verdict or "", "dim")
        shown.append(printable(line.statement), style)
        shown.append(f" [{line.index + 1}: {verdict}]", style)
        self.at = line.end
        out.print(shown, end="")

    def end(self) -> None:
        """Print what is left of the text, and what each verdict rests on."""
        out.print(Text(printable(self.text[self.at :].rstrip())))
        for line in self.lines:
            out.print(f"\n[{line.index + 1}]", markup=False, end=" ")
            show_verdict(line)
            for basis in _basis(line)[:2]:
                out.print(f"   {printable(basis)}", markup=False)
        out.print()


def _sum(summary: CheckSummary) -> str:
    number = summary.statements
    counts = [f"{n} {v.replace('_', ' ').lower()}" for v, n in summary.verdicts.items()]
    if summary.not_judged:
        counts.append(f"{summary.not_judged} without a verdict")
    if summary.failed:
        counts.append(f"{summary.failed} not verified")
    found = summary.message or f"{number} statement{'' if number == 1 else 's'}"
    return f"{found}: {', '.join(counts)}" if counts else found


def _basis(line: StatementLine) -> list[str]:
    """What a verdict rests on, the best first: a quotation with its source."""
    found = []
    for one in line.evidence:
        if one.stance not in ("SUPPORTS", "REFUTES"):
            continue
        quotes = [quote.quote for quote in one.rationale]
        if not quotes and one.title_quote:
            quotes = [one.title_quote.quote]
        quoted = " … ".join(quotes)
        found.append(f"“{quoted}” ({origin_of(one.document) or one.document.id})")
    return found


def annotated(
    line: StatementLine | FailedStatementLine,
    text: str,
    html: str | None,
    file: str,
    strict: bool,
) -> str | None:
    """The workflow command that annotates a statement; None where it needs none.

    An error is what makes the exit status 1, a warning what is disputed or was not verified.

    Args:
        text: that the statement's offsets are into.
        html: the page that the text was found in; its line is named where the statement stands in
            it once, in one piece.
    """
    from api.schemas.desk import StatementLine

    level = "warning"
    if isinstance(line, StatementLine):
        if _status(line, strict) == REFUTED:
            level = "error"
        elif line.verdict != "CONFLICTING_EVIDENCE":
            return None
        title = (line.verdict or "no verdict").replace("_", " ").capitalize()
        if line.probability is not None:
            title += f", {line.probability:.2f}"
        message = [line.statement, *_basis(line)[:1]]
    else:
        title, message = "Not verified", [line.statement, line.error.detail]
    place = _place_in_text(text, line.start, line.end)
    if html is not None:
        place = _place_in_page(html, line.statement)
    properties = {} if file == STDIN else {"file": _relative(file), **place}
    properties["title"] = title
    written = ",".join(f"{n}={_escaped(str(v), _IN_PROPERTY)}" for n, v in properties.items())
    return f"::{level} {written}::{_escaped(printable(chr(10).join(message)), _IN_MESSAGE)}"


def _place_in_text(text: str, start: int, end: int) -> dict[str, int]:
    first, column = _line_and_column(text, start)
    last, end_column = _line_and_column(text, end)
    place = {"line": first, "endLine": last, "col": column}
    return {**place, "endColumn": end_column} if first == last else place


def _place_in_page(html: str, statement: str) -> dict[str, int]:
    words = r"\s+".join(map(re.escape, statement.split()))
    found = re.finditer(words, html)
    first, second = next(found, None), next(found, None)
    if first is None or second is not None:
        return {}
    return {"line": _line_and_column(html, first.start())[0]}


def _line_and_column(text: str, at: int) -> tuple[int, int]:
    """The line and the column of a place, both from 1."""
    ends: Sequence[re.Match[str]] = list(_LINE_END.finditer(text, 0, at))
    return len(ends) + 1, at - (ends[-1].end() if ends else 0) + 1


def _relative(file: str) -> str:
    path = Path(file)
    here = Path.cwd()
    return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()


def _escaped(text: str, signs: dict[str, str]) -> str:
    return "".join(signs.get(char, char) for char in text)
