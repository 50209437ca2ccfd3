"""Documents' dates, publishers and languages -> columns, one row per passage -> masks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from index.corpus import Filters, language_key
from index.documents import publisher_key
from index.embedded.snapshot import BEFORE_ALL, Snapshot
from index.errors import InvalidDocument

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int32]
# The day of a document without one: later than every day, so that `as_of` needs one comparison.
UNDATED = np.iinfo(np.int32).max
# The number of no name: the last place of a table that has one place per name and one more.
NO_NAME = -1


@dataclass(frozen=True, slots=True)
class Names:
    """The spellings of publishers or of languages, numbered, and the numbers of each key."""

    spellings: tuple[str, ...] = ()
    by_key: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def with_more(self, names: Iterable[str], key: Callable[[str], str]) -> Names:
        known = set(self.spellings)
        new = [name for name in dict.fromkeys(names) if name not in known]
        if not new:
            return self
        spellings = (*self.spellings, *new)
        by_key = dict(self.by_key)
        for number, name in enumerate(new, start=len(self.spellings)):
            by_key[key(name)] = (*by_key.get(key(name), ()), number)
        return Names(spellings, by_key)

    def mask(self, numbers: Numbers, wanted: Iterable[str]) -> Mask:
        """The rows whose name has one of the wanted keys."""
        admitted = [number for one in wanted for number in self.by_key.get(one, ())]
        if len(admitted) == 1:
            return np.equal(numbers, admitted[0])
        table = np.zeros(len(self.spellings) + 1, bool)
        table[admitted] = True
        return np.asarray(table[numbers])


@dataclass(frozen=True, slots=True)
class Columns:
    """What filters ask for, of each passage in the order of the keys; every array has shape (n,).

    Nothing in it ever changes: what catches up makes a new one.
    """

    generation: int
    keys: npt.NDArray[np.int64]
    days: Numbers
    """Proleptic ordinal of `published_at`, or UNDATED."""
    publishers: Numbers
    """Number of the spelling, or NO_NAME; `languages` likewise."""
    languages: Numbers
    first: Mask
    """Whether the passage is its document's first: one row per document."""
    publisher_names: Names = Names()
    language_names: Names = Names()

    def mask(self, filters: Filters) -> Mask:
        """The passages whose document passes: `Filters.admits` for all of them."""
        masks = []
        if filters.publisher:
            wanted = {name_key(name) for name in filters.publisher}
            masks.append(self.publisher_names.mask(self.publishers, wanted))
        if filters.language:
            wanted = {language_key(name) for name in filters.language}
            masks.append(self.language_names.mask(self.languages, wanted))
        if filters.restricts_dates:
            masks.append(self._mask_of_days(filters))
        if not masks:
            return np.ones(len(self.keys), bool)
        for other in masks[1:]:
            masks[0] &= other
        return masks[0]

    def _mask_of_days(self, filters: Filters) -> Mask:
        last = UNDATED - 1 if filters.as_of is None else filters.as_of.toordinal()
        mask = self.days <= last
        if filters.published_after is not None:
            mask &= self.days >= filters.published_after.toordinal()
        if filters.include_undated:
            mask |= self.days == UNDATED
        return mask

    def count_documents(self, filters: Filters) -> int:
        return int(np.count_nonzero(self.mask(filters) & self.first))

    def count_undated(self, filters: Filters) -> int:
        """Documents that stay out only because they carry no date."""
        if not filters.hides_undated:
            return 0
        undated = self.first & (self.days == UNDATED)
        if others := filters.without_dates():
            undated &= self.mask(others)
        return int(np.count_nonzero(undated))

    def publisher_counts(self) -> list[tuple[str, int]]:
        """See `index.corpus.Corpus.publishers`."""
        numbers = self.publishers[self.first & (self.publishers != NO_NAME)]
        counts = np.bincount(numbers, minlength=len(self.publisher_names.spellings)).tolist()
        spellings = self.publisher_names.spellings
        found = []
        for together in self.publisher_names.by_key.values():
            most = min(together, key=lambda number: (-counts[number], spellings[number]))
            found.append((spellings[most], sum(counts[number] for number in together)))
        return sorted(
            (item for item in found if item[1]), key=lambda item: (-item[1], item[0])
        )  # fmt: skip


def name_key(name: str) -> str:
    """The form in which publishers are compared, whatever an earlier version stored."""
    try:
        return publisher_key(name)
    except InvalidDocument:  # stored by an earlier version, which refused less
        return name


def _empty() -> Columns:
    none = np.empty(0, np.int32)
    return Columns(0, np.empty(0, np.int64), none, none, none, np.empty(0, bool))


def columns_of(snapshot: Snapshot, earlier: Columns | None = None) -> Columns:
    """The columns at the snapshot's generation, caught up from earlier ones where that can be."""
    deleted = None if earlier is None else snapshot.deleted_since(earlier.generation)
    if earlier is not None and deleted is not None:
        caught_up = _with_more(_without(earlier, deleted), snapshot, earlier.generation)
        if len(caught_up.keys) == snapshot.passages:
            return caught_up
    return _with_more(_empty(), snapshot, BEFORE_ALL)


def _without(columns: Columns, deleted: Sequence[int]) -> Columns:
    if not deleted:
        return columns
    kept = ~np.isin(columns.keys, np.asarray(deleted, np.int64), kind="sort")
    return replace(
        columns, keys=columns.keys[kept], days=columns.days[kept],
        publishers=columns.publishers[kept], languages=columns.languages[kept],
        first=columns.first[kept],
    )  # fmt: skip


def _with_more(columns: Columns, snapshot: Snapshot, generation: int) -> Columns:
    """The columns with the passages that were added after the generation."""
    rows = snapshot.passage_rows_since(generation)
    if not len(rows.keys):
        return replace(columns, generation=snapshot.generation)
    documents = sorted(snapshot.document_rows_since(generation))
    numbers = np.fromiter((row[0] for row in documents), np.int64, len(documents))
    publisher_names = columns.publisher_names.with_more(
        (row[2] for row in documents if row[2] is not None), name_key
    )
    language_names = columns.language_names.with_more(
        (row[3] for row in documents if row[3] is not None), language_key
    )
    days = np.array([_day(row[1]) for row in documents], np.int32)
    publishers = _numbered(publisher_names, [row[2] for row in documents])
    languages = _numbered(language_names, [row[3] for row in documents])
    at = np.searchsorted(numbers, rows.documents)
    # All passages of a document are of one generation and follow each other.
    first = np.diff(rows.documents, prepend=-1) != 0
    return Columns(
        generation=snapshot.generation,
        keys=np.concatenate([columns.keys, rows.keys]),
        days=np.concatenate([columns.days, days[at]]),
        publishers=np.concatenate([columns.publishers, publishers[at]]),
        languages=np.concatenate([columns.languages, languages[at]]),
        first=np.concatenate([columns.first, first]),
        publisher_names=publisher_names,
        language_names=language_names,
    )


def _day(published_at: str | None) -> int:
    return dt.date.fromisoformat(published_at).toordinal() if published_at else int(UNDATED)


def _numbered(names: Names, of_documents: Sequence[str | None]) -> Numbers:
    numbers: dict[str | None, int] = {name: at for at, name in enumerate(names.spellings)}
    numbers[None] = NO_NAME
    return np.array([numbers[name] for name in of_documents], np.int32)
