"""File of JSON lines -> checked records; an error names the first bad line by its number."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

Record = TypeVar("Record", bound=BaseModel)


def read_lines(file: Path, record: type[Record], error: type[Exception]) -> Iterator[Record]:
    """Yields the records of a file.

    Raises:
        error: the file cannot be read, or a line is not a `record`; names file, line and reason.
    """
    try:
        with file.open(encoding="utf-8") as stream:
            for number, text in enumerate(stream, start=1):
                try:
                    yield record.model_validate_json(text)
                except ValidationError as invalid:
                    first = invalid.errors()[0]
                    where = ".".join(map(str, first["loc"])) or "line"
                    raise error(f"{file}:{number}: {where}: {first['msg']}") from invalid
    except OSError as unreadable:
        raise error(f"{file}: {unreadable.strerror}") from unreadable
    except UnicodeDecodeError as garbled:
        raise error(f"{file}: not UTF-8: {garbled.reason}") from garbled
