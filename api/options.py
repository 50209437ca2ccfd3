"""The options that commands share, and what they mean."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from pydantic import BaseModel, ValidationError

from api.address import Database
from api.errors import ApiError
from api.settings import Settings
from api.terminal import fail
from index.errors import CorpusError
from retrieval.errors import RetrievalError

INTERRUPTED = 130  # exit status after Ctrl-C, as shells have it
# Errors that take one line, which `said` makes.
FORESEEN = (ApiError, CorpusError, RetrievalError, ValidationError, OSError, UnicodeError)
Request = TypeVar("Request", bound=BaseModel)

Data = Annotated[
    str | None,
    typer.Option("--data", metavar="DIR|URL", help="Folder of the corpus, or postgresql://…"),
]
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


def settings(data: str | Path | None = None, **changes: Any) -> Settings:
    """Settings from the environment, with what the command line says instead."""
    given = {"data": data, **changes}
    return Settings(**{name: value for name, value in given.items() if value is not None})


def searched(
    as_of: datetime | None,
    after: datetime | None,
    publisher: list[str] | None,
    language: list[str] | None,
) -> dict[str, Any]:
    """The fields of a request over HTTP that say which documents are searched."""
    filters = {
        "publisher": publisher or [],
        "language": language or [],
        "published_after": _day(after),
    }
    return {"as_of": _day(as_of), "filters": filters}


def _day(moment: datetime | None) -> str | None:
    return moment.date().isoformat() if moment else None


def checked(kind: type[Request], **fields: Any) -> Request:
    """A request, which passes the checks that it would pass over HTTP."""
    try:
        return kind(**fields)
    except ValidationError as error:
        fail(of_field(error))


def of_field(error: ValidationError) -> str:
    """What is wrong with the first field of a request that is."""
    first = error.errors()[0]
    place = ".".join(map(str, first["loc"]))
    said = first["msg"].removeprefix("Value error, ")
    return f"{place}: {said}" if place else said


def said(error: Exception) -> str:
    """The line for one of the `FORESEEN` errors; that of a setting names the setting."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"][:1]).upper()
        wrong = first["msg"].removeprefix("Value error, ")
        return f"CLAIMDESK_{name}: {wrong}" if name else wrong
    if isinstance(error, OSError):
        return f"{error.filename or ''}: {error.strerror or error}".lstrip(": ")
    return "an argument is not valid UTF-8" if isinstance(error, UnicodeError) else str(error)


def folder_of(chosen: Settings, otherwise: str) -> Path:
    """The folder of the corpus; where it is in a database, the command ends with what to do."""
    if isinstance(chosen.data, Database):
        fail(f"{chosen.data} is a database: {otherwise}")
    return chosen.data


def must_exist(chosen: Settings) -> None:
    """Only adding may make a new corpus: anything else would make one of a mistyped folder.

    A database is there or not: opening it says so.
    """
    from index.embedded import exists

    if isinstance(chosen.data, Path) and not exists(chosen.data):
        fail(f"no corpus in {chosen.data}: add documents first")
