"""The texts that were stored under one id -> on which days each of them stood, what changed.

The rule (docs/decisions/0021): the first version stands from its `published_at` on, a later one
from its `modified_at`, else from its `published_at`. It stands until the day on which a version
that was stored after it begins; a version without a date takes the place of all before it.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from index.documents import Document
from index.rights import CANCELED, USABLE, is_shown
from index.split import sentences

# Most earlier versions of a document that are kept, if nobody says otherwise.
MOST_VERSIONS = 20
# Most changed stretches that are told between two versions, and most code points of each side.
MOST_CHANGES, MOST_CHANGE_CHARS = 100, 2_000


@dataclass(frozen=True, slots=True)
class Period:
    """The days on which a version stood: from `since` up to, but not including, `until`.

    since: None for a version without a date. until: None for the one that stands now.
    """

    since: dt.date | None
    until: dt.date | None = None

    @property
    def is_current(self) -> bool:
        return self.until is None

    @property
    def is_empty(self) -> bool:
        """Whether it stood on no day, so that no question can be about it."""
        return self.until is not None and self.until <= (self.since or dt.date.min)


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of whole sentences that two versions say otherwise; one side may be empty."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a document, the days on which it stood, and what it changed of the one before.

    changes: None for the first that is kept and may be seen.
    """

    document: Document
    period: Period
    changes: tuple[Change, ...] | None


def is_new_version(earlier: Document, later: Document) -> bool:
    """Whether the reader of the later one reads another text."""
    return (earlier.text, earlier.title) != (later.text, later.title)


def is_withdrawn(given: Document, stored: Document) -> bool:
    """Whether the stored version withdrew the one that is given, which came later and is older.

    The files of an agency are in no order, and come again: none may bring back what another one
    withdraws. Of two that changed on one day a usable one brings back what is withheld, but not
    what is canceled. Where one of them has no day of its change, the one that comes last counts. A
    withdrawal is always accepted: that too much is hidden is noticed and can be undone.
    """
    if stored.pubstatus == USABLE or given.pubstatus != USABLE:
        return False
    if given.modified_at is None or stored.modified_at is None:
        return False
    if given.modified_at == stored.modified_at:
        return stored.pubstatus == CANCELED
    return given.modified_at < stored.modified_at


def begins(document: Document) -> dt.date | None:
    """The day from which on a version stands."""
    day = document.published_at
    if document.version > 1 and day is not None and document.modified_at is not None:
        return document.modified_at
    return day


def periods(begun: Sequence[dt.date | None]) -> list[Period]:
    """The period of each version, in the order in which they were stored.

    Args:
        begun: of each version the day from which on it stands; None: it has no date.
    """
    found: list[Period] = []
    until: dt.date | None = None
    for since in reversed(begun):
        found.append(Period(since, until))
        starts = since or dt.date.min
        until = starts if until is None else min(until, starts)
    return found[::-1]


@dataclass(frozen=True, slots=True)
class Said:
    """What a version says of itself: the day from which on it stands, its rights, its group."""

    since: dt.date | None
    pubstatus: str
    embargoed_until: dt.datetime | None
    expires: dt.datetime | None
    access: str | None

    @staticmethod
    def by(document: Document) -> Said:
        return Said(
            begins(document), document.pubstatus, document.embargoed_until, document.expires,
            document.access,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds of a version among the others of its document."""

    period: Period
    is_hidden: bool
    access: str | None

    @property
    def is_indexed(self) -> bool:
        """Whether its passages are in the indexes."""
        return not self.is_hidden and not self.period.is_empty


def standings(
    versions: Sequence[Said], *, is_deindexed: bool, now: dt.datetime, left: str | None = None
) -> list[Standing]:
    """What holds of each version of a document, in the order in which they were stored.

    A document is hidden with all its versions, a version by what it said itself, too; one that is
    de-indexed is hidden. See `group_after` for access groups.

    Args:
        left: the access group that the document was of before, where the last version is new.
    """
    shown = [is_shown(one.pubstatus, one.embargoed_until, one.expires, now) for one in versions]
    stood = periods([one.since for one in versions])
    groups = [group_after(one.access, left, versions[-1].access) for one in versions]
    return [
        Standing(
            period,
            is_deindexed or not (is_own and shown[-1]) or is_apart(group, groups[-1]),
            group,
        )
        for is_own, period, group in zip(shown, stood, groups, strict=True)
    ]


def group_after(own: str | None, left: str | None, new: str | None) -> str | None:
    """The access group of an earlier version, once its document has left a group for another.

    It goes along where it was of the group that is left, or of none. Of a third group it stays:
    whoever stores the new version need not see that one.
    """
    return new if new is not None and own in (None, left) else own


def is_apart(own: str | None, current: str | None) -> bool:
    """Whether a version is of another access group than its document, so that no search finds it:
    only who sees both groups may."""
    return current is not None and own != current


def versions_of(
    documents: Sequence[Document], is_seen: Callable[[Document], bool] = lambda _: True
) -> list[Version]:
    """The versions of one id that may be seen, in the order in which they were stored.

    Empty where the one that stands now may not be seen. What a version changed is told of the last
    one before it that may be seen: of another it would tell the text.
    """
    if not documents or not is_seen(documents[-1]):
        return []
    found: list[Version] = []
    for one, period in zip(documents, periods([begins(one) for one in documents]), strict=True):
        if is_seen(one):
            changed = tuple(changes(found[-1].document, one)) if found else None
            found.append(Version(one, period, changed))
    return found


def changes(earlier: Document, later: Document) -> Iterator[Change]:
    """What the later version says otherwise, sentence by sentence, the title first."""
    if earlier.title != later.title:
        yield Change(earlier.title, later.title)
    old, new = _sentences(earlier), _sentences(later)
    matcher = difflib.SequenceMatcher(None, old, new)
    found = (step for step in matcher.get_opcodes() if step[0] != "equal")
    for _, (_, start, end, into, upto) in zip(range(MOST_CHANGES), found, strict=False):
        yield Change(_shortened(old[start:end]), _shortened(new[into:upto]))


def _sentences(document: Document) -> list[str]:
    text, language = document.text, document.language or "en"
    return [
        " ".join(text_of.split())
        for paragraph in text.split("\n\n")
        for span in sentences(paragraph, language)
        if (text_of := paragraph[span.start : span.end])
    ]


def _shortened(said: Sequence[str]) -> str:
    joined = " ".join(said)
    return joined if len(joined) <= MOST_CHANGE_CHARS else f"{joined[:MOST_CHANGE_CHARS]}…"
