"""claimdesk add: files and folders into the corpus, or into a service that runs."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.options import INTERRUPTED, AsJson, Data, settings
from api.terminal import err, fail, out, printable, progress
from index.errors import CorpusError
from index.read import NAMES, Names, endings, named
from retrieval.errors import RetrievalError

if TYPE_CHECKING:
    from api.targets import Target

Url = Annotated[
    str | None,
    typer.Option("--url", help="Send them to the service that runs there, not to a folder."),
]
Key = Annotated[
    str | None,
    typer.Option("--key", help="API key for --url. Others see it with ps: set CLAIMDESK_KEY."),
]
Mapping = Annotated[
    str,
    typer.Option("--map", help="Names in JSON lines and CSV, such as text=story,published_at=day."),
]


def names_of(mapping: str) -> Names:
    """The names of fields, as --map gives them."""
    try:
        return named(mapping) if mapping else NAMES
    except ValueError as error:
        fail(f"--map: {error}")


def add(
    paths: Annotated[list[Path], typer.Argument(help=f"Files ({endings()}) or folders.")],
    data: Data = None,
    url: Url = None,
    key: Key = None,
    as_json: AsJson = False,
    mapping: Mapping = "",
) -> None:
    """Add or update documents."""
    from api.targets import target

    chosen, names = settings(data, key=key), names_of(mapping)
    store(paths, target(chosen, url), names, as_json, "adding")


def store(
    paths: list[Path],
    place: AbstractContextManager[Target],
    names: Names,
    as_json: bool,
    doing: str,
) -> None:
    """Store the documents of paths at a place, and say what became of them."""
    from api.client import ClientError
    from index.read import count, read

    unknown: Counter[str] = Counter()
    counts: Counter[str] = Counter(added=0, updated=0, unchanged=0, refused=0)
    reasons: list[dict[str, str | None]] = []  # for --json; else they are printed as they come
    total = sum(map(count, paths))
    try:
        with place as to:
            with progress(doing, total) as advance:
                items = read(*paths, max_chars=to.max_chars, names=names, unknown=unknown)
                for outcome in to.add(items):
                    counts[outcome.status] += 1
                    if outcome.status == "refused" and as_json:
                        reasons.append({"source": outcome.id, "reason": outcome.reason})
                    elif outcome.status == "refused":
                        said = printable(f"refused {outcome.id}: {outcome.reason}")
                        err.print(said, markup=False, soft_wrap=True)
                    advance()
            to.sync()
    except KeyboardInterrupt:
        fail(f"stopped; {_kept(counts)}", INTERRUPTED)
    except ClientError as error:
        fail(f"{error}; {_kept(counts)}" if counts.total() else str(error))
    except (CorpusError, RetrievalError) as error:
        if not counts.total():
            raise
        fail(f"{error}; {_kept(counts)}")
    if as_json:
        print(json.dumps({**counts, "reasons": reasons, "unknown_fields": unknown}))
    else:
        out.print(", ".join(f"{number:,} {status}" for status, number in counts.items()))
        if unknown:
            fields = ", ".join(f"{name} ({lines:,})" for name, lines in unknown.most_common())
            err.print(printable(f"fields not kept (lines): {fields}"), markup=False, soft_wrap=True)
    if not counts.total():
        fail(f"nothing to add: no file there that is read ({endings()})")
    if counts["refused"]:
        raise typer.Exit(1)


def _kept(counts: Counter[str]) -> str:
    """What an import that was cut off leaves behind, and how to go on."""
    stored = counts["added"] + counts["updated"]
    return (
        f"{stored:,} documents were stored and are kept. Run the same command again to go on: "
        "what is unchanged costs nothing"
    )
