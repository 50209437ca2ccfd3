"""Documents' dates, publishers and languages -> columns, one row per passage -> masks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from index.corpus import NO_FILTERS, Filters, language_key, name_key
from index.embedded.rows import day
from index.embedded.snapshot import BEFORE_ALL, DocumentRow, Snapshot

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int32]
# The day of a document without one: later than every day, so that `as_of` needs one comparison.
UNDATED = np.iinfo(np.int32).max
# Until when what stands now does: later than every day.
NOW = UNDATED
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
    groups: Numbers
    """Number of the access group, or NO_NAME for everybody's."""
    since: Numbers
    """The day from which on its document's version stood, or UNDATED."""
    until: Numbers
    """The day from which on it stood no more, or NOW."""
    first: Mask
    """Whether the passage is its document's first: one row per document and version."""
    has_earlier: bool
    """Whether there are earlier versions among them, which filters without `as_of` keep out."""
    publisher_names: Names = Names()
    language_names: Names = Names()
    group_names: Names = Names()

    def mask(self, filters: Filters) -> Mask:
        """The passages whose document passes: `Filters.admits` for all of them."""
        masks = []
        if filters.publisher:
            wanted = {name_key(name) for name in filters.publisher}
            masks.append(self.publisher_names.mask(self.publishers, wanted))
        if filters.language:
            wanted = {language_key(name) for name in filters.language}
            masks.append(self.language_names.mask(self.languages, wanted))
        if filters.access is not None:
            masks.append(self._mask_of_access(filters))
        if filters.restricts_dates:
            masks.append(self._mask_of_days(filters))
        elif self.has_earlier:
            masks.append(self.until == NOW)
        if not masks:
            return np.ones(len(self.keys), bool)
        for other in masks[1:]:
            masks[0] &= other
        return masks[0]

    def _mask_of_access(self, filters: Filters) -> Mask:
        everybodys = np.equal(self.groups, NO_NAME)
        return everybodys | self.group_names.mask(self.groups, filters.access or ())

    def _mask_of_days(self, filters: Filters) -> Mask:
        last = UNDATED - 1 if filters.as_of is None else filters.as_of.toordinal()
        mask = self.since <= last
        if filters.published_after is not None:
            mask &= self.days >= filters.published_after.toordinal()
        if filters.include_undated:
            mask |= self.days == UNDATED
        if self.has_earlier:
            mask &= self.until > last
        return mask

    def count_documents(self, filters: Filters) -> int:
        return int(np.count_nonzero(self.mask(filters) & self.first))

    def count_passages(self, filters: Filters) -> int:
        return int(np.count_nonzero(self.mask(filters)))

    def count_undated(self, filters: Filters) -> int:
        """Documents that stay out only because they carry no date."""
        if not filters.hides_undated:
            return 0
        undated = self.first & (self.days == UNDATED) & (self.until == NOW)
        if others := filters.without_dates():
            undated &= self.mask(others)
        return int(np.count_nonzero(undated))

    def publisher_counts(self, filters: Filters = NO_FILTERS) -> list[tuple[str, int]]:
        """See `index.corpus.Corpus.publishers`."""
        named = self.first & (self.publishers != NO_NAME) & (self.until == NOW)
        if filters.access is not None:
            named &= self._mask_of_access(filters)
        numbers = self.publishers[named]
        counts = np.bincount(numbers, minlength=len(self.publisher_names.spellings)).tolist()
        spellings = self.publisher_names.spellings
        found = []
        for together in self.publisher_names.by_key.values():
            most = min(together, key=lambda number: (-counts[number], spellings[number]))
            found.append((spellings[most], sum(counts[number] for number in together)))
        return sorted(
            (item for item in found if item[1]), key=lambda item: (-item[1], item[0])
        )  # fmt: skip


def _empty() -> Columns:
    none = np.empty(0, np.int32)
    keys, first = np.empty(0, np.int64), np.empty(0, bool)
    return Columns(0, keys, none, none, none, none, none, none, first, has_earlier=False)


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
        groups=columns.groups[kept],
        since=columns.since[kept], until=columns.until[kept], first=columns.first[kept],
    )  # fmt: skip


def _with_more(columns: Columns, snapshot: Snapshot, generation: int) -> Columns:
    """The columns with the passages that were added after the generation."""
    rows = snapshot.passage_rows_since(generation)
    if not len(rows.keys):
        return replace(columns, generation=snapshot.generation)
    documents = sorted(snapshot.document_rows_since(generation), key=_number)
    numbers = np.fromiter(map(_number, documents), np.int64, len(documents))
    publisher_names = columns.publisher_names.with_more(
        (row.publisher for row in documents if row.publisher is not None), name_key
    )
    language_names = columns.language_names.with_more(
        (row.language for row in documents if row.language is not None), language_key
    )
    group_names = columns.group_names.with_more(
        (row.access for row in documents if row.access is not None), str
    )
    days = _days(row.published_at for row in documents)
    since, until = _days(row.since for row in documents), _days(row.until for row in documents)
    publishers = _numbered(publisher_names, [row.publisher for row in documents])
    languages = _numbered(language_names, [row.language for row in documents])
    groups = _numbered(group_names, [row.access for row in documents])
    at = np.searchsorted(numbers, rows.documents)
    # All passages of a document are of one generation and follow each other.
    first = np.diff(rows.documents, prepend=-1) != 0
    return Columns(
        generation=snapshot.generation,
        keys=np.concatenate([columns.keys, rows.keys]),
        days=np.concatenate([columns.days, days[at]]),
        publishers=np.concatenate([columns.publishers, publishers[at]]),
        languages=np.concatenate([columns.languages, languages[at]]),
        groups=np.concatenate([columns.groups, groups[at]]),
        since=np.concatenate([columns.since, since[at]]),
        until=np.concatenate([columns.until, until[at]]),
        first=np.concatenate([columns.first, first]),
        has_earlier=columns.has_earlier or bool((until != NOW).any()),
        publisher_names=publisher_names,
        language_names=language_names,
        group_names=group_names,
    )


def _number(row: DocumentRow) -> int:
    return row.number


def _days(days: Iterable[str | None]) -> Numbers:
    """The proleptic ordinal of each day; UNDATED, which is NOW, for none."""
    return np.array([read.toordinal() if (read := day(one)) else UNDATED for one in days], np.int32)


def _numbered(names: Names, of_documents: Sequence[str | None]) -> Numbers:
    numbers: dict[str | None, int] = {name: at for at, name in enumerate(names.spellings)}
    numbers[None] = NO_NAME
    return np.array([numbers[name] for name in of_documents], np.int32)
