"""Lines of a fact-check that name what it checks: "Claim: the tunnel leaks", "Myth: it leaks"."""

from __future__ import annotations

import re

# Characters before a sentence in which its heading is looked for.
HEADING_CHARS = 100
# A title or a line that begins with its own rating: "FALSE: The tunnel leaks".
_LABEL = re.compile(
    r"^[^\w\n]{0,20}(?:retract(?:ed|ion)|withdrawn|false|fake(?: news)?|hoax|debunked|misleading"
    r"|satire|scam|(?:myth|fiction|misconception)(?:\s*(?:no\.?|number|#)?\s*\d{1,2})?)"
    r"(?:\s+(?:article|paper|claim|report|news))?\s*[:|\]–—-]\s*(?=[\w\"“'‘])",
    re.IGNORECASE | re.MULTILINE,
)
# A line that names what is rated: "Claim: the tunnel leaks".
_CLAIM_LINE = re.compile(
    r"\W*(?:the\s)?(?:claims?(?: reviewed)?|statement|what (?:was|is|\w+(?:\s\w+)?)\s"
    r"(?:claim(?:s|ed)|sa(?:ys|id)))(?:\s\d+)?(?:\s*[:.–—-]\s|\s*\n|\W*$)",
    re.IGNORECASE,
)
# A line that names what somebody claims, and vouches for nothing: "Viral post: ...", "Myth 2: ...".
_MENTIONS = re.compile(
    r"\W*(?:(?:the |viral )?(?:claims?(?: reviewed)?|rumou?r|post|message|myth|fiction"
    r"|misconception)s?|what (?:was|is|(?:\w+ ){0,2}\w+) claim(?:s|ed))(?:\s*#?\d{1,2})?"
    r"(?:\s*:|\s*\n|\W*$)",
    re.IGNORECASE,
)


def claim_of(line: str) -> str | None:
    """The claim in a line such as "Claim: the tunnel leaks"; an empty text for the heading "Claim";
    None for any other line."""
    found = _CLAIM_LINE.match(line)
    return line[found.end() :] if found else None


def rated_line(line: str) -> str | None:
    """The statement in a title or a line that begins with its rating: "FALSE: The tunnel leaks",
    "Myth: The tunnel leaks"; None for another one."""
    found = _LABEL.match(line)
    return line[found.end() :] if found else None


def has_rated_line(text: str) -> bool:
    """Whether a line of a text begins with its rating."""
    return _LABEL.search(text) is not None


def mentioned(text: str, start: int, end: int) -> str | None:
    """What a sentence of a text, text[start:end], only names as claimed by somebody: "Claim: the
    tunnel leaks", or the first sentence below the heading "What was claimed". None where it is no
    such sentence."""
    found = _MENTIONS.match(text, start, end)
    if found:
        return text[found.end() : end]
    heading = text[max(0, start - HEADING_CHARS) : start].rstrip().rpartition("\n")[2]
    return text[start:end] if heading and _MENTIONS.fullmatch(heading) else None
