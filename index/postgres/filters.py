"""`Filters` -> conditions in SQL on the columns of passages and vectors, or of documents."""

from __future__ import annotations

import hashlib
from typing import Any

from index.corpus import Filters, language_key, name_key

# Most code points of a key in a column: an entry of an index has to fit into a third of a page.
MAX_KEY_CHARS = 200
Condition = tuple[str, dict[str, Any]]


def column_key(key: str | None) -> str | None:
    """A key as a column holds it: told by its hash if it is too long, or holds a NUL, which
    PostgreSQL does not take."""
    if key is None or (len(key) <= MAX_KEY_CHARS and "\x00" not in key):
        return key
    return hashlib.sha256(key.encode()).hexdigest()


def publisher_column(name: str | None) -> str | None:
    return column_key(name_key(name)) if name is not None else None


def language_column(language: str | None) -> str | None:
    return column_key(language_key(language)) if language is not None else None


def of_passages(filters: Filters) -> Condition:
    """What `Filters.admits` says of a row of passages or vectors."""
    parts, values = _of_names(filters, "publisher", "language", "access")
    dates, days = _of_days(filters, "day")
    return " AND ".join(["shown", *parts, *dates]), values | days


def of_documents(filters: Filters) -> Condition:
    """The same of a row of documents that is shown, whichever version it is."""
    parts, values = _of_names(filters, "publisher_key", "language_key", "access_key")
    dates, days = _of_days(filters, "published_at")
    stood = "(until IS NULL OR until > coalesce(since, '0001-01-01'))"
    return " AND ".join(["NOT hidden", stood, *parts, *dates]), values | days


def of_undated(filters: Filters) -> Condition:
    """The documents that stay out only because they carry no date."""
    where, values = of_documents(filters.without_dates())
    return f"{where} AND published_at IS NULL", values


def seen_by(access: tuple[str, ...] | None) -> Condition:
    """The documents that stand now, of these access groups and of none."""
    parts, values = _of_names(Filters(access=access), "", "", "access_key")
    return " AND ".join(["NOT hidden", "until IS NULL", *parts]), values


def _of_names(
    filters: Filters, publisher: str, language: str, access: str
) -> tuple[list[str], dict[str, Any]]:
    parts, values = [], dict[str, Any]()
    if filters.publisher:
        parts.append(f"{publisher} = ANY(%(publishers)s)")
        values["publishers"] = [publisher_column(name) for name in filters.publisher]
    if filters.language:
        parts.append(f"{language} = ANY(%(languages)s)")
        values["languages"] = [language_column(name) for name in filters.language]
    if filters.access is not None:
        parts.append(f"({access} IS NULL OR {access} = ANY(%(groups)s))")
        values["groups"] = [column_key(name) for name in filters.access]
    return parts, values


def _of_days(filters: Filters, day: str) -> tuple[list[str], dict[str, Any]]:
    values: dict[str, Any] = {}
    if filters.as_of is None:
        parts = ["until IS NULL"]
    else:
        parts = ["(until IS NULL OR until > %(as_of)s)"]
        values["as_of"] = filters.as_of
    if not filters.restricts_dates:
        return parts, values
    dated = [f"{day} IS NOT NULL"]
    if filters.as_of is not None:
        dated.append("since <= %(as_of)s")
    if filters.published_after is not None:
        dated.append(f"{day} >= %(after)s")
        values["after"] = filters.published_after
    said = " AND ".join(dated)
    parts.append(f"({said} OR {day} IS NULL)" if filters.include_undated else f"({said})")
    return parts, values
