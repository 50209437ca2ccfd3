"""What an evaluation has done so far, so that one that was cut off goes on where it stopped."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from api.schemas import Info, VerifyResponse
from evaluation.target import Target
from index.documents import Document, Refused
from retrieval.types import Mode

FOLDER = "unfinished"


@contextmanager
def workplace(report: Path | None, about: Mapping[str, Any]) -> Iterator[Path]:
    """A folder for work in progress. It is deleted when all is done; when a run with a report
    folder is cut off it stays, and the same run again finds in it what is done."""
    if report is None:
        with TemporaryDirectory() as scratch:
            yield Path(scratch)
        return
    folder, said = report / FOLDER, json.dumps(about, sort_keys=True)
    of = folder / "about.json"
    if not of.is_file() or of.read_text() != said:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        of.write_text(said)
    yield folder
    shutil.rmtree(folder)


class Journal:
    """JSON values by key in a file of lines; a value is made only where it is not there yet."""

    def __init__(self, file: Path, models: Mapping[str, Any]) -> None:
        self._file = file
        lines = file.read_text().splitlines() if file.is_file() else []
        head = json.dumps(models, sort_keys=True)
        self._known = dict(_whole(lines[1:])) if lines[:1] == [head] else {}
        kept = [head, *(json.dumps(item) for item in self._known.items())]
        file.write_text("".join(f"{line}\n" for line in kept))

    def once(self, key: str, make: Callable[[], Any]) -> Any:
        if key not in self._known:
            self._known[key] = make()
            with self._file.open("a") as lines:
                lines.write(json.dumps([key, self._known[key]]) + "\n")
        return self._known[key]


def _whole(lines: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """The last line may have been cut off while it was written."""
    for line in lines:
        try:
            key, value = json.loads(line)
        except ValueError:
            return
        yield key, value


class Remembering:
    """A target whose verified claims are written down; the rest is passed on."""

    def __init__(self, target: Target, file: Path) -> None:
        self._target = target
        self._journal = Journal(file, target.info().models.model_dump())

    def add(self, documents: Iterable[Document | Refused]) -> Iterator[None]:
        return self._target.add(documents)

    def rank(self, queries: Sequence[str], depth: int, mode: Mode) -> Iterator[list[str]]:
        return self._target.rank(queries, depth, mode)

    def verify(self, claim: str, top_k: int, publisher: str | None = None) -> VerifyResponse:
        def make() -> Any:
            return self._target.verify(claim, top_k, publisher).model_dump(mode="json")

        answer = self._journal.once(json.dumps([top_k, publisher, claim]), make)
        return VerifyResponse.model_validate(answer)

    def info(self) -> Info:
        return self._target.info()
