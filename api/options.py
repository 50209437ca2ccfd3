"""The options that commands share, and what they mean."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from pydantic import BaseModel, ValidationError

from api.settings import Settings
from api.terminal import fail

INTERRUPTED = 130  # exit status after Ctrl-C, as shells have it
Request = TypeVar("Request", bound=BaseModel)

Data = Annotated[Path | None, typer.Option("--data", help="Folder of the corpus.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the HTTP body and nothing else.")]
TopK = Annotated[int, typer.Option(min=1, max=100, help="Most documents to return.")]
AsOf = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d"],
        help="Only what was published on this day or before; not what has no date.",
    ),
]
After = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d"],
        help="Only what was published on this day or later; not what has no date.",
    ),
]
Publisher = Annotated[
    list[str] | None, typer.Option(help="Only what this publisher wrote; may be repeated.")
]
Language = Annotated[
    list[str] | None, typer.Option(help="Only this language, such as en; may be repeated.")
]


def settings(data: Path | None = None, **changes: Any) -> Settings:
    """Settings from the environment, with what the command line says instead."""
    given = {"data": data, **changes}
    return Settings(**{name: value for name, value in given.items() if value is not None})


def filters(
    publisher: list[str] | None, language: list[str] | None, after: datetime | None
) -> dict[str, Any]:
    """The `filters` of a request over HTTP."""
    return {
        "publisher": publisher or [],
        "language": language or [],
        "published_after": day(after),
    }


def day(moment: datetime | None) -> str | None:
    return moment.date().isoformat() if moment else None


def checked(kind: type[Request], **fields: Any) -> Request:
    """A request, which passes the checks that it would pass over HTTP."""
    try:
        return kind(**fields)
    except ValidationError as error:
        first = error.errors()[0]
        fail(f"{'.'.join(map(str, first['loc']))}: {first['msg']}")


def must_exist(chosen: Settings) -> None:
    """Only adding may make a new corpus: anything else would make one of a mistyped folder."""
    from index.embedded import exists

    if not exists(chosen.data):
        fail(f"no corpus in {chosen.data}: add documents first")
