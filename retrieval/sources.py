"""Documents that were read -> which of them are one source, and which camp is newer."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit

from index.documents import Document, Vectors
from retrieval.types import STANCES, Newest
from retrieval.verdict import NEI

# Least share of the shorter passage's three-word runs that two copies have in common.
COPY_OVERLAP = 0.5
# Fewest three-word runs in common that make a copy of passages longer than that.
COPY_RUNS = 3
RUN_WORDS = 3  # words in a run
# Fewest words of a headline that names one article and no series ("Weather").
HEADLINE_WORDS = 4
# Parameters of an address, "name=value", that name a view of a page or where its reader came from.
# "v" counts the versions of a page if it is a number; else it names the page, a video say. "page"
# counts the pages of an article if it is a small number.
_VIEW = re.compile(
    r"(?:utm_\w+|fbclid|gclid|mc_\w+|amp|ver|version|rev|ref|src|source|share|print|output"
    r"|outputtype|view|mobile|cmp\w*|ns_\w+|at_\w+|s|format)=.*|v=[\d.]+|page=\d{1,2}",
    re.IGNORECASE | re.DOTALL,
)
_HOST_PREFIX = re.compile(r"^(?:www\d?|m|mobile|amp)\.")
_PATH_SUFFIX = re.compile(r"(?:/amp|/index\.\w+|\.amp|/)+$", re.IGNORECASE)
_REPORTS = r"(?:said|says|report(?:s|ed)?|wrote|writes|quoted|cited)"
# "The Gazette" and "Gazette" are one publisher.
_ARTICLE = re.compile(r"^the\s+(?=\S)", re.IGNORECASE)
# What a publisher is, beside its name: "the daily Gazette", "Azertag news agency".
_HOUSE = (
    r"(?:(?:\w+\s+)?(?:news\s?paper|paper|daily|weekly|magazine|broadcaster|channel|radio|station"
    r"|agency|(?:web)?site|portal|outlet))"
)


def independent_sources(
    documents: Sequence[Document], texts: Sequence[str], stances: Vectors
) -> list[int]:
    """The row of the first document of each document's source.

    Documents of one stance are one source where they are one article (same address but for
    parameters that name a view of it; same publisher and headline), where their passages are
    near-identical, or where one relays the other ("according to Azertag"). What a third document
    links is linked. Documents of different stance are two sources: a changed number is what a
    dispute looks like.

    Near-identical: the overlap coefficient of three-word runs (Broder, On the resemblance and
    containment of documents, 1997), so a copy that was cut short is still a copy.

    Args:
        documents, texts: the n documents and the passage that decides in each.
        stances: probabilities of shape (n, 3), columns as in `STANCES`.
    """
    runs = [_runs(text) for text in texts]
    labels = stances.argmax(axis=1).tolist() if len(documents) else []
    sources: list[int] = []
    for at in range(len(documents)):
        linked = {
            source
            for before, source in enumerate(sources)
            if labels[before] == labels[at]
            and (
                _one_article(documents[at], documents[before])
                or _copies(runs[at], runs[before])
                or _relays(texts[at], documents[at], documents[before])
                or _relays(texts[before], documents[before], documents[at])
            )
        }
        first = min(linked, default=at)
        sources = [first if source in linked else source for source in sources] + [first]
    return sources


def newest_camp(stances: Vectors, days: Sequence[dt.date | None]) -> Newest | None:
    """The newer camp where sources of different days disagree; None where they agree, where a day
    is unknown, or where the camps overlap in time.

    Args:
        stances: probabilities of shape (n, 3); rows that say too little are passed over.
        days: the day of each document.
    """
    camps: dict[int, list[dt.date]] = {}
    for row, day in zip(stances, days, strict=True):
        label = int(row.argmax())
        if label == NEI:
            continue
        if day is None:
            return None
        camps.setdefault(label, []).append(day)
    if len(camps) < 2:
        return None
    older, newer = sorted(camps, key=lambda label: max(camps[label]))
    if max(camps[older]) >= min(camps[newer]):
        return None
    return Newest(STANCES[newer], max(camps[newer]))


def canonical_url(url: str | None) -> str | None:
    """The address without scheme, fragment and what names a view of the page; None for none."""
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError:  # "http://[": no address
        return url.strip()
    kept = [each for each in parse_qsl(parts.query) if not _VIEW.fullmatch("=".join(each))]
    host = _HOST_PREFIX.sub("", parts.netloc.lower())
    path = _PATH_SUFFIX.sub("", parts.path)
    return f"{host}{path}" + (f"?{urlencode(sorted(kept))}" if kept else "")


def _one_article(one: Document, other: Document) -> bool:
    first, second = canonical_url(one.url), canonical_url(other.url)
    if first and first == second:
        return True
    if not _publisher(one) or _publisher(one) != _publisher(other):
        return False
    headline = _words(one.title)
    return len(headline) >= HEADLINE_WORDS and headline == _words(other.title)


def _relays(text: str, document: Document, other: Document) -> bool:
    """Whether a passage names the other document's publisher as its source, or its document says
    that it is that publisher's text."""
    name = _ARTICLE.sub("", " ".join((other.publisher or "").split()))
    if len(name) < 3 or _publisher(document) == _publisher(other):
        return False
    named = rf"(?:the\s+)?(?:{_HOUSE}\s+)?{re.escape(name)}(?:['’]s)?\b"
    relays = (
        rf"\b(?:according to|citing|cited by|reported by|quoted by|told|via)\s+{named}"
        rf"|\b{named}(?:\s+{_HOUSE})?\s+(?:has\s+|had\s+)?{_REPORTS}\b"
        rf"|\b{_REPORTS}\s+(?:by\s+)?{named}"
    )
    taken = (
        rf"\b(?:first|originally)\s+(?:published|appeared)\s+(?:by|in|on)\s+{named}"
        rf"|\b(?:republished|reprinted)\s+(?:from|with permission of|courtesy of)\s+{named}"
        rf"|\(\s*{named}\s*\)"
    )
    return (
        re.search(relays, text, re.IGNORECASE) is not None
        or re.search(taken, document.text, re.IGNORECASE) is not None
    )


def _publisher(document: Document) -> str:
    return _ARTICLE.sub("", " ".join((document.publisher or "").casefold().split()))


def _words(text: str) -> list[str]:
    return "".join(char if char.isalnum() else " " for char in text.lower()).split()


def _runs(text: str) -> set[tuple[str, ...]]:
    words = _words(text)
    count = max(1, len(words) - RUN_WORDS + 1)
    return {tuple(words[at : at + RUN_WORDS]) for at in range(count)}


def _copies(one: set[tuple[str, ...]], other: set[tuple[str, ...]]) -> bool:
    shared, shorter = len(one & other), min(len(one), len(other))
    # Of two short sentences one run of words in common is no copy: all of one has to be there.
    return shared >= COPY_OVERLAP * shorter and (shared >= COPY_RUNS or shared == shorter)
