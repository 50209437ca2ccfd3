"""claimdesk move: a corpus from a folder or a database into another, without embedding again."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from api.address import Database, Place, place_of
from api.commands.watch import RECORDS
from api.errors import AuditUnavailable, KeysUnreadable
from api.options import INTERRUPTED, AsJson, settings
from api.terminal import fail, out, printable, steps
from index.contents import Contents
from index.errors import CorpusUnavailable

KEPT = "what was copied is kept. Run the same command again to go on"
AT_ITS_PLACE = "A folder, or postgresql://user@host/database."


def move(
    source: Annotated[str, typer.Argument(metavar="FROM", help=AT_ITS_PLACE)],
    target: Annotated[str, typer.Argument(metavar="TO", help=f"{AT_ITS_PLACE} It is empty.")],
    as_json: AsJson = False,
) -> None:
    """Copy a corpus elsewhere as it is: nothing is embedded again, and FROM stays as it was."""
    from index.move import move as copied

    here, there = _place(source, "FROM"), _place(target, "TO")
    if here == there or (
        isinstance(here, Path) and isinstance(there, Path) and here.resolve() == there.resolve()
    ):
        fail("FROM and TO are the same")
    started = time.perf_counter()
    try:
        with steps() as tell, _opened(here) as given:
            embedding, dimension = _model(given, here)
            with _opened(there, embedding, dimension) as taken:
                beside = _Beside(here, there)
                moved = copied(given, taken, tell, beside.copy)
            tell("indexing", 0, 1)
            _build_indexes(there, embedding, dimension)
    except KeyboardInterrupt:
        fail(f"stopped; {KEPT}", INTERRUPTED)
    except (AuditUnavailable, CorpusUnavailable, KeysUnreadable) as error:
        fail(f"{error}; {KEPT}")
    if as_json:
        print(json.dumps({**asdict(moved), "keys": beside.keys, "audit": beside.audit}))
        return
    took = time.perf_counter() - started
    lines = [
        f"{there}: {moved.documents:,} documents, {moved.versions:,} versions, "
        f"{moved.passages:,} passages, {moved.restrictions:,} restrictions, "
        f"{moved.tombstones:,} tombstones, {beside.keys:,} keys; "
        f"{moved.copied:,} documents copied now, {took:.1f} s",
        f"both hold the same, SHA-256 {moved.sha256}",
    ]
    if beside.audit is False:
        lines.append(f"the audit log stays in {here}: keep it, or export it (claimdesk audit)")
    for line in lines:
        out.print(printable(line), markup=False, highlight=False, soft_wrap=True)


def _place(text: str, name: str) -> Place:
    try:
        return place_of(text)
    except ValueError as error:
        fail(f"{name}: {error}")


@contextmanager
def _opened(
    place: Place, embedding: str | None = None, dimension: int | None = None
) -> Iterator[Contents]:
    """What is stored at a place; it is made for a model of that identity, if there is one given."""
    if isinstance(place, Database):
        from index.postgres import open_contents as open_database  # an extra

        with open_database(place.secret, embedding=embedding, dimension=dimension) as opened:
            yield opened
    else:
        from index.embedded.opening import open_contents

        with open_contents(place, embedding=embedding) as contents:
            yield contents


def _model(contents: Contents, place: Place) -> tuple[str, int]:
    """Identity and dimension of the model whose vectors are stored."""
    first, identity = next(contents.documents(), None), contents.embedding()
    if first is None or identity is None:
        fail(f"there are no documents in {place}")
    return identity, first.versions[-1].vectors.shape[1]


@dataclass
class _Beside:
    """What lies beside the documents of two places.

    keys: the number of API keys that were copied. audit: whether the audit log was; None where
    there is none.
    """

    here: Place
    there: Place
    keys: int = 0
    audit: bool | None = None

    def copy(self) -> None:
        """Copy the keys; from folder to folder the audit log and what `watch-folder` recorded."""
        from api.audit.log import AuditLog
        from api.keys.keyring import KeyStore

        seconds = settings().database_timeout
        given, taken = KeyStore(self.here, seconds).kept.read(), KeyStore(self.there, seconds).kept
        for key in given.values():
            taken.put(key)
        self.keys = len(given)
        log = AuditLog(self.here, seconds)
        if log.place.exists():
            self.audit = self._copy_audit()
        log.close()
        here, there = self.here, self.there
        if isinstance(here, Path) and isinstance(there, Path) and (here / RECORDS).is_dir():
            shutil.copytree(here / RECORDS, there / RECORDS, dirs_exist_ok=True)

    def _copy_audit(self) -> bool:
        from api.audit.file import FILE
        from index.embedded.backup import copy

        if isinstance(self.here, Database) or isinstance(self.there, Database):
            return False
        draft, file = self.there / f"{FILE}.new", self.there / FILE
        if file.exists():
            return False
        draft.unlink(missing_ok=True)
        copy(self.here / FILE, draft)
        draft.chmod(0o600)
        draft.replace(file)
        return True


def _build_indexes(there: Place, embedding: str, dimension: int) -> None:
    """Let a folder have its indexes, so that whatever opens it next need not wait."""
    from index.embedded import open_corpus

    if isinstance(there, Path):
        kind = settings().vector_index
        open_corpus(
            there, identity=embedding, dimension=dimension, writable=True, vector_index=kind
        ).close()
