"""The journal of an evaluation: one that was cut off goes on where it stopped."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from api.schemas.claims import Info, VerifyResponse
from evaluation import result
from evaluation.errors import EvaluationError
from evaluation.target import Target, Writes
from index.corpus import NO_FILTERS, Filters
from index.documents import Document, Refused
from retrieval.types import Mode

FOLDER = "unfinished"  # in the folder of a report, while the evaluation runs


@contextmanager
def workplace(report: Path | None, about: Mapping[str, Any]) -> Iterator[Path]:
    """A folder for work in progress, deleted when the evaluation is done.

    Where it is cut off and has a report folder, the work stays there, and the same evaluation
    started again finds it.

    Args:
        about: what the two must have in common.

    Raises:
        EvaluationError: the report folder holds a report, or the work of another evaluation.
    """
    if report is None:
        with TemporaryDirectory() as scratch:
            yield Path(scratch)
        return
    folder, said = report / FOLDER, json.dumps(about, sort_keys=True)
    file = folder / "about.json"
    if file.is_file():
        if file.read_text() != said:
            raise EvaluationError(
                f"{folder} holds the work of another evaluation, cut off (other data, options, "
                "settings, models or code): delete it, or name another folder"
            )
    elif (report / result.FILE).exists():
        raise EvaluationError(f"{report} holds a report already: name another folder")
    else:
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(said)
    yield folder
    shutil.rmtree(folder)


class Journal:
    """JSON values by key in a file of lines; a value is made only where it is not there yet."""

    def __init__(self, file: Path, models: Mapping[str, Any]) -> None:
        """Opens or creates the file; values that other models made are dropped from it."""
        self._file = file
        lines = file.read_text().splitlines() if file.is_file() else []
        head = json.dumps(models, sort_keys=True)
        self._known = dict(_whole(lines[1:])) if lines[:1] == [head] else {}
        kept = [head, *(json.dumps(item) for item in self._known.items())]
        file.write_text("".join(f"{line}\n" for line in kept))

    def once(self, key: str, make: Callable[[], Any]) -> Any:
        """The value of a key, made and written down where there is none."""
        if key not in self._known:
            self._known[key] = make()
            with self._file.open("a") as lines:
                lines.write(json.dumps([key, self._known[key]]) + "\n")
        return self._known[key]


def _whole(lines: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """Keys and values up to the first line that was cut off while it was written."""
    for line in lines:
        try:
            key, value = json.loads(line)
        except ValueError:
            return
        yield key, value


class Recorded:
    """A target whose verified claims are written down; every other call is passed on."""

    def __init__(self, target: Target, file: Path) -> None:
        self._target = target
        self._journal = Journal(file, target.info().models.model_dump())

    @property
    def writes(self) -> Writes:
        return self._target.writes

    def add(self, documents: Iterable[Document | Refused]) -> Iterator[None]:
        return self._target.add(documents)

    def document_ids(self) -> set[str]:
        return self._target.document_ids()

    def document_text(self, id: str) -> str:
        return self._target.document_text(id)

    def rank(self, queries: Sequence[str], depth: int, mode: Mode) -> Iterator[list[str]]:
        return self._target.rank(queries, depth, mode)

    def verify(self, claim: str, top_k: int, filters: Filters = NO_FILTERS) -> VerifyResponse:
        def make() -> Any:
            return self._target.verify(claim, top_k, filters).model_dump(mode="json")

        key = json.dumps([top_k, asdict(filters), claim], default=str)
        return VerifyResponse.model_validate(self._journal.once(key, make))

    def info(self) -> Info:
        return self._target.info()
