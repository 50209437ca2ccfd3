"""Answers and messages -> lines on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from api.schemas.claims import Excluded, VerifyResponse

out, err = Console(highlight=False, soft_wrap=True), Console(stderr=True, highlight=False)
_COLOURS = {
    "SUPPORTED": "green", "SUPPORTS": "green", "REFUTED": "red", "REFUTES": "red",
    "CONFLICTING_EVIDENCE": "yellow",
}  # fmt: skip
_CONTROLS = {code: "�" for code in [*range(32), *range(127, 160)] if chr(code) not in "\n\t"}


def say(message: str) -> None:
    """Print a message to stderr, in one line."""
    err.print(f"claimdesk: {' '.join(message.split())}", markup=False, soft_wrap=True)


def fail(message: str, status: int = 1) -> NoReturn:
    """Print a message to stderr, in one line, and exit."""
    say(message)
    raise typer.Exit(status)


def printable(text: str) -> str:
    """Without the control characters by which a document could steer the terminal."""
    return text.translate(_CONTROLS)


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Any]:
    """Show a bar with rate and time left on a terminal; nothing in a pipe. Yields `advance()`."""
    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, disable=not err.is_terminal, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)


@contextmanager
def steps() -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar for each step; nothing in a pipe. Yields `tell(step, done, of)`."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err, disable=not err.is_terminal, transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def tell(step: str, done: int, total: int) -> None:
            task = tasks.get(step)
            if task is None:
                task = tasks[step] = bar.add_task(step)
            bar.update(task, completed=done, total=total)

        yield tell


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.0f}/s" if task.speed else "")


def show_verdict(answer: VerifyResponse) -> None:
    """Print the claim and its verdict."""
    out.print(f"[bold]{escape(printable(answer.claim))}[/bold]\n{_verdict(answer)}")


def _verdict(answer: VerifyResponse) -> str:
    if answer.reason == "not_a_statement":
        return "no verdict: a question, an order or a name states nothing to verify"
    if answer.reason == "language_not_judged":
        spoken = f" ({answer.language_not_judged})" if answer.language_not_judged else ""
        return f"no verdict: in a language{spoken} that the stance model does not know"
    if answer.verdict is None:
        return "no verdict: no stance model is set"
    if answer.probability is None:
        return "not enough evidence: no document to judge by"
    colour = _COLOURS.get(answer.verdict, "dim")
    said = answer.verdict.replace("_", " ").lower()
    line = f"[{colour}]{said}[/{colour}], probability {answer.probability:.2f}"
    if answer.sources:
        line += f" ({answer.sources.supporting} for, {answer.sources.refuting} against)"
    if answer.newest:
        line += f"; the newest that decides is of {answer.newest.date}: "
        line += answer.newest.verdict.lower()
    for part in answer.parts:
        said = part.verdict.replace("_", " ").lower()
        line += f"\n- {escape(printable(part.text))}: {said}, {part.probability:.2f}"
    if answer.gap and answer.gap.nearest:
        line += f"\nnearest: “{escape(printable(answer.gap.nearest.quote))}”"
        if answer.gap.lacks not in (None, "nothing"):
            line += f" ({answer.gap.lacks.replace('_', ' ')}"
            line += ")" if answer.gap.lacks == "only_mentioned" else " lacking)"
    return line


def show_found(found: Iterable[Any], documents: int, excluded: Excluded) -> None:
    """Print passages, best first, and how many documents were searched.

    Args:
        found: items of `evidence` or of `results`.
        documents: how many documents passed the filters.
        excluded: how many did not, and why.
    """
    number = 0
    for number, item in enumerate(found, start=1):
        _show_item(number, item)
    if not documents:
        out.print("no document was searched: the corpus is empty, or the filters match none")
    else:
        if not number:
            out.print("no evidence found")
        out.print(f"searched {documents:,} document{'' if documents == 1 else 's'}")
    if excluded.undated:
        out.print(f"left out, for they carry no date: {excluded.undated}")


def origin_of(document: Any) -> str:
    """Publisher and day of a document, as far as they are known."""
    return ", ".join(str(part) for part in (document.publisher, document.published_at) if part)


def _show_item(number: int, item: Any) -> None:
    """Print a passage with its rationale in bold, its document, scores and stance."""
    document, passage, scores = item.document, item.passage, item.scores
    origin = origin_of(document)
    title = escape(printable(document.title or document.id))
    if getattr(item, "title_quote", None):
        title = f"[bold]{title}[/bold]"
    out.print(f"\n{number}. {title}" + (f" ({escape(printable(origin))})" if origin else ""))
    text, at, shown = printable(passage.text), 0, ""
    for quote in item.rationale:
        first, last = quote.start - passage.start, quote.end - passage.start
        shown += f"{escape(text[at:first])}[bold]{escape(text[first:last])}[/bold]"
        at = last
    out.print(f"   {shown}{escape(text[at:])}")
    out.print(
        f"   [dim]{escape(printable(document.id))} {passage.start}-{passage.end}  "
        f"dense {scores.dense:.2f}  lexical {scores.lexical:.1f}  "
        f"fused {scores.fused:.2f}[/dim]"
    )
    if stance := getattr(item, "stance", None):
        share = item.stance_probabilities[stance]
        colour = _COLOURS.get(stance, "dim")
        voice = item.voice or ""
        if item.attributed_to:
            voice += f": {escape(printable(item.attributed_to.text))}"
        said = f"{stance.replace('_', ' ').lower()} {share:.2f}"
        out.print(f"   [{colour}]{said}[/{colour}]  [dim]{voice}[/dim]")
        for one in item.differences:
            line = f"{one.kind}: “{one.claim.text}” here, “{one.evidence.text}” there"
            out.print(f"   {printable(line)}", markup=False)
