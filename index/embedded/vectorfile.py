"""A vector index -> a file with its generation and checksum in the name, and back."""

from __future__ import annotations

import logging
import re
import shutil
import threading
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from index.checksum import checksum
from index.embedded.vectors import REMOVED, VectorIndex
from index.recipe import RECIPE

log = logging.getLogger(__name__)
# The name carries everything that is known of the file, so that one rename saves it all at once.
NAME = "{corpus}-{generation}-r{recipe}-{checksum}.faiss"


def load(folder: Path, corpus: str, generation: int, dimension: int) -> VectorIndex | None:
    """The newest saved index of this corpus up to a generation, or None where there is none.

    A file that is damaged or was made by another recipe is told of in the log and passed over.
    """
    found = {}
    for file in folder.glob("*.faiss"):
        match = re.fullmatch(rf"{corpus}-(\d+)(?:-r([\d.]+)-([0-9a-f]+))?\.faiss", file.name)
        # A later generation than the store's is of a store that was replaced by an older copy.
        if match and int(match[1]) <= generation:
            found[int(match[1])] = (file, match[2], match[3])
    for at in sorted(found, reverse=True):
        file, recipe, expected = found[at]
        if recipe != RECIPE.of_vector_index:
            log.info("%s was made by another version of claimdesk", file.name)
            continue
        try:
            if checksum(file) != expected:
                raise RuntimeError("its content is not what was written")
            return _read(file, at, dimension)
        except (OSError, RuntimeError, MemoryError) as error:
            log.warning("the vector index %s is damaged and is built anew: %s", file.name, error)
    return None


def _read(file: Path, generation: int, dimension: int) -> VectorIndex:
    index = faiss.read_index(str(file))
    if not isinstance(index, faiss.IndexIDMap) or index.d != dimension:
        raise RuntimeError(f"it is no index of {dimension} dimensions")
    keys = np.asarray(faiss.vector_to_array(index.id_map), np.int64)
    return VectorIndex(generation, index, keys, keys != REMOVED, threading.Lock())


def drop_newer(folder: Path, corpus: str, generation: int) -> None:
    """Remove what was saved of later generations: those of a store that an older copy replaced.

    The store's next writes will have the same generations and keys.
    """
    for file in folder.glob(f"{corpus}-*.faiss"):
        match = re.match(rf"{corpus}-(\d+)", file.name)
        if match and int(match[1]) > generation and file.is_file():
            file.unlink()


def save(index: VectorIndex, folder: Path, corpus: str) -> bool:
    """Write the index beside its predecessor, then drop that one; whether it was written.

    It is not written while FAISS's index holds rows of a later generation, which is not complete.

    Raises:
        RuntimeError, OSError: it cannot be written; its predecessor stays.
    """
    if index.faiss.ntotal != len(index.keys):
        return False
    folder.mkdir(parents=True, exist_ok=True)
    # A folder with a name of ours is damage, and in the way; any other is somebody's.
    ours = re.compile(rf"{re.escape(corpus)}(?:-\d+-r\d+-\w+\.faiss|\.new)")
    for stray in folder.iterdir():
        if ours.fullmatch(stray.name) and stray.is_dir() and not stray.is_symlink():
            shutil.rmtree(stray)
    draft = folder / f"{corpus}.new"
    try:
        _write(index, draft)
        target = folder / NAME.format(
            corpus=corpus, generation=index.generation, recipe=RECIPE.of_vector_index,
            checksum=checksum(draft),
        )  # fmt: skip
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    # A process that was killed while it wrote leaves a draft.
    for old in [*folder.glob("*.faiss"), *folder.glob("*.new")]:
        if old != target and not old.is_dir():
            old.unlink(missing_ok=True)
    return True


def _write(index: VectorIndex, draft: Path) -> None:
    whole: Any = index.faiss
    if not index.alive.all():
        keys = np.where(index.alive, index.keys, REMOVED)
        faiss.copy_array_to_vector(keys, whole.id_map)
    faiss.write_index(whole, str(draft))
