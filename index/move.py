"""All that one corpus stores -> another one, without a model; what is copied is compared."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from index.contents import Contents, StoredDocument, unfinished
from index.errors import CorpusBusy, CorpusCorrupt, CorpusError, CorpusIncompatible, RecipeMismatch
from index.progress import Tell, untold
from index.recipe import RECIPE

# Documents, and passages, that are put in one transaction: it ends with the document that reaches
# either.
TOGETHER_DOCUMENTS, TOGETHER_PASSAGES = 256, 2_000

Pair = tuple[StoredDocument | None, StoredDocument | None]


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move did.

    documents, versions, passages: what both hold now. copied: documents that this run put; others
    an earlier one had. sha256: over the digests of all documents, in the order of their ids.
    """

    documents: int
    versions: int
    passages: int
    restrictions: int
    tombstones: int
    copied: int
    sha256: str


def move(
    source: Contents,
    target: Contents,
    tell: Tell = untold,
    beside: Callable[[], object] = lambda: None,
) -> Moved:
    """Make the target a copy of the source, whichever part of one it is already.

    It may be cut off at any point: the target is not opened for answers then, and the same move
    goes on with what is missing. The source stays as it is.

    Args:
        beside: copies what lies beside the documents; called when these are the same in both.

    Raises:
        CorpusIncompatible: the target holds other documents; it is as it was.
        RecipeMismatch: a newer claimdesk made passages of the source.
        CorpusBusy: the source was written to meanwhile: the same move brings over what changed.
        CorpusCorrupt: the target does not hold what was put there.
    """
    if source.unfinished() is not None:
        raise unfinished("what is to be moved")
    total = source.count()
    if not total:
        raise CorpusError("there are no documents to move")
    _check_room(target, source.name())
    generation = source.generation()
    target.set_unfinished(source.name())
    # First: what they hide is never shown.
    target.put_decisions(source.decisions())
    copied = _copy(source, target, total, tell)
    try:
        moved = _compare(source, target, copied, total, tell)
    except CorpusCorrupt:
        _check_unchanged(source, generation)
        raise
    _check_unchanged(source, generation)
    beside()
    target.set_unfinished(None)
    return moved


def _check_room(target: Contents, name: str) -> None:
    """
    Raises:
        CorpusIncompatible: the target holds something that is no part of this copy.
    """
    becoming = target.unfinished()
    if becoming == name:
        return
    if becoming is not None:
        raise CorpusIncompatible(
            "the target holds a part of another corpus: finish that move, or name an empty target"
        )
    decisions = target.decisions()
    if target.count() or decisions.restricted or decisions.tombstones:
        raise CorpusIncompatible("the target holds documents already: name an empty one")


def _check_unchanged(source: Contents, generation: int) -> None:
    """
    Raises:
        CorpusBusy: the source was written to.
    """
    if source.generation() != generation:
        raise CorpusBusy(
            "what is moved was written to meanwhile: stop what writes, then run the same command "
            "again, which copies what has changed"
        )


def _copy(source: Contents, target: Contents, total: int, tell: Tell) -> int:
    """Put what the target lacks, remove what the source has not; returns how many were put."""
    waiting: list[StoredDocument] = []
    put = 0
    for done, (given, held) in enumerate(_pairs(source.documents(), target.documents()), 1):
        tell("copying", min(done, total), total)
        if given is None:
            assert held is not None
            target.remove([held.id])
        elif held is None or held.digest() != given.digest():
            _check_recipe(given)
            waiting.append(given)
        if _is_enough(waiting):
            target.put(waiting)
            put += len(waiting)
            waiting = []
    target.put(waiting)
    return put + len(waiting)


def _is_enough(waiting: list[StoredDocument]) -> bool:
    passages = sum(one.passages for one in waiting)
    return len(waiting) >= TOGETHER_DOCUMENTS or passages >= TOGETHER_PASSAGES


def _check_recipe(document: StoredDocument) -> None:
    for one in document.versions:
        if RECIPE.is_older_than(one.recipe):
            raise RecipeMismatch(
                f"{document.id} was split by a newer claimdesk (recipe {one.recipe}): "
                "upgrade claimdesk"
            )


def _compare(source: Contents, target: Contents, copied: int, total: int, tell: Tell) -> Moved:
    digest = hashlib.sha256()
    documents = versions = passages = 0
    for given, held in _pairs(source.documents(), target.documents()):
        tell("comparing", min(documents + 1, total), total)
        if given is None or held is None or (same := given.digest()) != held.digest():
            names = [one.id for one in (given, held) if one is not None]
            raise CorpusCorrupt(f"{names[0]} is not the same in both: run the same command again")
        digest.update(same)
        documents += 1
        versions += len(given.versions)
        passages += given.passages
    decisions = source.decisions()
    if decisions != target.decisions() or target.count() != documents:
        raise CorpusCorrupt("the copy is not the same: run the same command again")
    return Moved(
        documents, versions, passages, len(decisions.restricted), len(decisions.tombstones),
        copied, digest.hexdigest(),
    )  # fmt: skip


def _pairs(one: Iterable[StoredDocument], other: Iterable[StoredDocument]) -> Iterator[Pair]:
    """Documents of equal ids side by side, in the order of ids; None where a side has none."""
    left, right = iter(one), iter(other)
    first, second = next(left, None), next(right, None)
    while first is not None or second is not None:
        if second is None or (first is not None and first.id < second.id):
            yield first, None
            first = next(left, None)
        elif first is None or second.id < first.id:
            yield None, second
            second = next(right, None)
        else:
            yield first, second
            first, second = next(left, None), next(right, None)
