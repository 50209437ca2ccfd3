"""claimdesk quote: whether a quotation is in the archive, word for word."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from api.options import (
    After,
    AsJson,
    AsOf,
    Data,
    Language,
    Publisher,
    TopK,
    checked,
    searched,
    settings,
)
from api.terminal import origin_of, out, printable

if TYPE_CHECKING:
    from api.schemas.quotes import QuoteMatch, QuoteResponse

_STYLES = {"verbatim": "green", "shortened": "yellow", "altered": "red", "other_speaker": "red"}
_SAID = {
    "verbatim": "verbatim", "shortened": "shortened", "altered": "altered",
    "other_speaker": "somebody else's", "not_found": "not found",
}  # fmt: skip


def quote(
    text: Annotated[str, typer.Argument(help="The quotation.")],
    speaker: Annotated[str | None, typer.Option(help="Who is said to have said it.")] = None,
    top_k: TopK = 5,
    as_of: AsOf = None,
    after: After = None,
    publisher: Publisher = None,
    language: Language = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Find where the archive has a quotation, and what differs."""
    from api.quoting import quote_response
    from api.schemas.quotes import QuoteRequest
    from api.service import Service

    chosen = settings(data)
    request = checked(
        QuoteRequest,
        quote=text,
        speaker=speaker,
        top_k=top_k,
        **searched(as_of, after, publisher, language),
    )
    started = time.perf_counter()
    with Service.open(chosen, writable=False, stances=False) as service:
        answer = quote_response(request, service, "cli", started)
    if as_json:
        print(answer.model_dump_json())
        return
    show(answer)


def show(answer: QuoteResponse) -> None:
    """Print the result, and each match with its source and what differs."""
    out.print(Text(printable(answer.quote), "bold"))
    out.print(Text(_SAID[answer.result], _STYLES.get(answer.result, "dim")))
    for number, match in enumerate(answer.matches, start=1):
        _show_match(number, match)
    documents = answer.searched.documents
    out.print(f"searched {documents:,} document{'' if documents == 1 else 's'}")


def _show_match(number: int, match: QuoteMatch) -> None:
    document = match.document
    origin = origin_of(document)
    title = printable(document.title or document.id) + (f" ({printable(origin)})" if origin else "")
    out.print(Text(f"\n{number}. {title}"))
    said = Text("   ")
    said.append(_SAID[match.result], _STYLES.get(match.result, "dim"))
    speaker = printable(match.speaker.text) if match.speaker else "nobody who is named"
    said.append(f", said by {speaker}")
    said.append("".join(f"; {note.replace('_', ' ')}" for note in match.notes))
    out.print(said)
    shown, at = Text("   "), match.passage.start
    for found in sorted(match.found, key=lambda one: one.start):
        if at <= found.start and found.end <= match.passage.end:
            shown.append(_of_passage(match, at, found.start))
            shown.append(printable(found.text), "bold")
            at = found.end
    shown.append(_of_passage(match, at, match.passage.end))
    out.print(shown)
    if match.differences:
        out.print(_compared(match))
    first = match.found[0]
    out.print(Text(f"   {printable(document.id)} {first.start}-{match.found[-1].end}", "dim"))


def _of_passage(match: QuoteMatch, start: int, end: int) -> str:
    first = match.passage.start
    return printable(match.passage.text[start - first : end - first])


def _compared(match: QuoteMatch) -> Text:
    """The quote's words with those of the archive: [-in the quote-]{+in the archive+}."""
    shown = Text("   ")
    for one in match.differences:
        if one.op == "equal":
            shown.append(f"{printable(one.quote)} ")
            continue
        if one.quote:
            shown.append(f"[-{printable(one.quote)}-]", "red")
        if one.archive:
            shown.append(f"{{+{printable(one.archive)}+}}", "green")
        shown.append(" ")
    return shown
