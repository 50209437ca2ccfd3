"""(claim, sentences of a document) -> whether the document itself takes back what they tell.

A retraction, a correction, a notice that a text is satire, or a denial stands elsewhere in the text
than what it takes back. By rule, for English, and only where the form says what is taken back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.documents import Document
from index.terms import terms
from retrieval.attributions import Attribution
from retrieval.types import Quote

# Characters of a document that are searched for words that take something back.
READ_CHARS = 60_000
# Least share of the claim's words in what is denied, or in what an earlier version said.
TAKEN_FROM = 0.5
# Most words of a heading.
HEADING_WORDS = 6
_REPORTS = (
    r"(?:posts?|letters?|claims?|reports?|story|stories|messages?|videos?|photos?|pictures?|images?"
    r"|rumou?rs?|quotes?|quotations?|statements?|emails?|screenshots?|documents?|allegations?"
    r"|headlines?)"
)
_FALSE = (
    r"(?:false|fake|forge[dr]\w*|hoax|untrue|not true|not real|not genuine|fabricat\w+|invented"
    r"|wrong|made up|baseless|unfounded|debunked|doctored|satir\w+|misleading|incorrect|bogus"
    r"|withdrawn)"
)
_IS = (
    r"\s+(?:is|are|was|were|turned out to be|(?:has|have) (?:been|proved|turned out))"
    r"\s+(?:(?:a|an|to be|all|entirely|completely|simply)\s+)*"
)
# A sentence that calls a report false: "the letter is a forgery", "our report of Monday was wrong".
_CALLED_FALSE = re.compile(
    rf"\b(?:the|this|that|these|those|both|our)\s+(?:\w+\s+)?(?P<report>{_REPORTS})"
    rf"(?:\s+(?:of|on|from|in|we)\s+(?:\w+\s+){{0,5}}?\w+)?{_IS}{_FALSE}\b"
    r"|\b(?:this|which) (?:is|was) (?:\w+ly )?(?:untrue|not true|false|incorrect|fake|a hoax)\b",
    re.IGNORECASE,
)
# A sentence that says who denies a report, and which one.
_DENIED = re.compile(
    r"\b(?P<who>[^\W\d_]+)\s+(?:has |have |had |later |firmly ){0,4}"
    r"(?:denie[sd]|deny|dismiss(?:es|ed)|reject(?:s|ed))\s+"
    r"(?:the|these|those|all|any|such|this|that)?\s*(?:\w+\s+)?"
    r"(?:reports?|claims?|rumou?rs?|story|stories|allegations?|posts?|letter)\b"
    r"(?:\s+(?:that|of|about)\s+(?P<what>[^.;\n]+))?",
    re.IGNORECASE,
)
# The text itself is retracted.
_RETRACTED = re.compile(
    r"\bthis (?:paper|article|study|preprint|report|story) (?:has been|was|is|had been)"
    r" (?:\w+ )?(?:retracted|withdrawn)\b|^[^\w\n]*retracted\b",
    re.IGNORECASE | re.MULTILINE,
)
_STUDY = r"(?:paper|article|study|studies|preprint|report|story|research|trial)"
# A text tells that a study or a report was retracted.
TELLS_RETRACTED = re.compile(
    rf"\bthe {_STUDY} (?:has been|was|is|had been) (?:\w+ )?(?:retracted|withdrawn)\b"
    r"|\b(?:retract(?:ed|s|ing)|withdr(?:ew|awn|aws)|withdrawing|pulled)\s+"
    rf"(?:an?|the|its|their|his|her|this|our|my)\s+(?:[\w-]+\s+){{0,3}}?{_STUDY}\b"
    rf"|\berrors in (?:an?|the|its|their)\s+(?:[\w-]+\s+){{0,3}}?{_STUDY}\b"
    r"|\bexpression of concern\b",
    re.IGNORECASE,
)
OF_STUDY = re.compile(rf"\b(?:{_STUDY}|authors?|researchers?|scientists?)\b", re.IGNORECASE)
# What an earlier text of the same paper said.
_EARLIER = re.compile(
    r"\b(?:(?:an? (?:earlier|previous|original) version(?: of \w+ \w+)?"
    r"|(?:this|our) (?:article|story|report|column|headline)(?: (?:of|on) [^,.;]{1,60})?)\s+"
    r"(?:(?:had|has|have|first|\w+ly)\s+){0,2}(?:said|stated|reported|claimed|suggested)"
    r"|we\s+(?:(?:had|have|first|\w+ly)\s+){0,2}(?:stated|reported|wrote))\b(?P<said>[^.;\n]*)",
    re.IGNORECASE,
)
# What a column of corrections tells of other articles: "A report on the tunnel said it leaks".
_ANOTHER = re.compile(
    r"\b(?:an?|the) (?:article|story|report|column|obituary|headline|caption|review)"
    r"\b[^.;\n]{0,160}?\b(?:said|stated|reported|claimed|suggested|gave|put|described"
    r"|named)\b(?P<said>[^.;\n]*)",
    re.IGNORECASE,
)
_COLUMN = re.compile(r"\W*(?:corrections?|clarifications?|apolog(?:y|ies))\b", re.IGNORECASE)
_CORRECTS = re.compile(
    r"\b(?:corrections?|corrected|clarification|apolog\w+|amended|error|by mistake|inaccurate\w*"
    r"|untrue|we (?:deeply )?regret|incorrect\w*|wrong(?:ly)?|mistaken\w*|erroneous\w*)\b",
    re.IGNORECASE,
)
# Where a text goes on to what is right: "said 71 million, not 48 million".
_RIGHT = re.compile(r",?\s+(?:but|not|when in fact|whereas|while|instead|rather)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NEGATES = re.compile(r"\b(?:not|never|no|none|nobody|nothing)\b|n['’]t\b", re.IGNORECASE)
_SATIRE = r"(?:satir\w+|parody|spoof)"
# A notice that a text is satire, in words of its own.
_IS_SATIRE = re.compile(
    r"(?<![\"“'‘])\b(?:this|our) (?:article|story|site|website|page|piece|column|newspaper"
    rf"|publication)(?: \w+){{0,2}} (?:is|are|was) (?:\w+ ){{0,3}}{_SATIRE}\b"
    rf"|^[^\w\n]*{_SATIRE}[^\w\n]*$",
    re.IGNORECASE | re.MULTILINE,
)
# A text tells that somebody lives who was said to be dead, and a claim tells of a death.
_LIVES = re.compile(
    r"\b(?:reported|declared|believed|presumed|feared|thought|said|announced|rumou?red)\b[^.\n]{0,40}"
    r"\b(?:dead|died|killed)\b[^.\n]{0,80}\b(?:is|are|was|were|been)\s+(?:found\s+|still\s+)?alive\b",
    re.IGNORECASE,
)
_DEATH = re.compile(r"\b(?:die[ds]?|dead|deaths?|kill(?:s|ed))\b", re.IGNORECASE)
_PRONOUNS = ("it", "they", "this", "he", "she")
# Texts whose notices are kept: each sentence of a document that is read asks for them again, and a
# claim reads about ten documents.
KEPT_TEXTS = 32


@dataclass(frozen=True, slots=True)
class _Notices:
    """What a text says of itself, whatever the claim: that it is retracted, that a study was; that
    somebody lives who was said to be dead; what it said before."""

    retracted: bool
    tells_retracted: bool
    lives: bool
    earlier: tuple[re.Match[str], ...]


def is_withdrawn(claim: str, words: set[str], told: Sequence[str], document: Document) -> bool:
    """Whether a document withdraws what its sentences tell, whoever says it: it is retracted, tells
    that the study it reports was retracted, or corrects what it said before.

    Args:
        words: the stems of the claim that say what it is about.
        told: the sentences.
    """
    text = _beginning(document)
    notices = _notices(text)
    if notices.retracted or (notices.lives and _DEATH.search(claim)):
        return True
    of_study = any(OF_STUDY.search(each) for each in told)
    if of_study and not OF_STUDY.search(claim) and notices.tells_retracted:
        return True
    return any(
        _says(claim, words, _RIGHT.split(found["said"])[0])
        and _corrects(document.title, text, found)
        for found in notices.earlier
    )


def is_taken_back(
    words: set[str], told: Sequence[tuple[Quote, Attribution]], document: Document
) -> bool:
    """Whether a document calls a report false that its sentences pass on, or somebody whom the
    claim is about denies it.

    What a text calls false is what it tells before. Only of a post that is named, or that "it"
    stands for, it may say so earlier.

    Args:
        words: as in `is_withdrawn`.
        told: the sentences, each with the attribution of what it tells.
    """
    text = document.text[:READ_CHARS]
    at = min(quote.start for quote, _ in told)
    names = " ".join(quote.quote[slice(*one.speaker)] for quote, one in told if one.speaker).lower()
    own = set(terms(names))
    reports = own | ({"report", "stori"} if "paper" in own else set())

    def is_meant(found: re.Match[str]) -> bool:
        return names in _PRONOUNS or not reports.isdisjoint(terms(found["report"] or ""))

    if any(is_meant(found) for found in _CALLED_FALSE.finditer(document.title)):
        return True
    called_false, denied = _rejections(text)
    # Who says that a video is false does not take that back.
    said = [(quote.start + one.said[0], quote.start + one.said[1]) for quote, one in told]
    called_false = [
        found
        for found in called_false
        if not any(start <= found.start() < end for start, end in said)
    ]
    if any(found.start() > at or is_meant(found) for found in called_false):
        return True
    return any(
        set(terms(found["who"])) & words - own
        and (_holds(words, found["what"]) if found["what"] else found.start() > at)
        for found in denied
    )


@lru_cache(maxsize=KEPT_TEXTS)
def _notices(text: str) -> _Notices:
    return _Notices(
        _RETRACTED.search(text) is not None,
        TELLS_RETRACTED.search(text) is not None,
        _LIVES.search(text) is not None,
        (*_EARLIER.finditer(text), *(_ANOTHER.finditer(text) if _COLUMN.match(text) else ())),
    )


@lru_cache(maxsize=KEPT_TEXTS)
def _rejections(text: str) -> tuple[list[re.Match[str]], list[re.Match[str]]]:
    """Where a text calls a report false, and where somebody denies one."""
    return list(_CALLED_FALSE.finditer(text)), list(_DENIED.finditer(text))


def _corrects(title: str, text: str, found: re.Match[str]) -> bool:
    """Whether the paragraph of a match, its heading or the title corrects something, and the match
    is not in a quotation."""
    start = text.rfind("\n", 0, found.start()) + 1
    end = text.find("\n", found.end())
    before = text[start : found.start()]
    if before.count('"') % 2 or before.count("“") > before.count("”"):
        return False
    heading = text[:start].rstrip().rpartition("\n")[2]
    if len(heading.split()) > HEADING_WORDS:
        heading = ""
    paragraph = text[start : end if end >= 0 else len(text)]
    return any(_CORRECTS.search(each) for each in (title, heading, paragraph))


def is_satire(claim: str, document: Document) -> bool:
    """Whether a document says that it is satire, and the claim does not."""
    publisher = " ".join((document.publisher or "").split())
    return _has_satire_notice(_beginning(document), publisher) and not re.search(
        _SATIRE, claim, re.IGNORECASE
    )


@lru_cache(maxsize=KEPT_TEXTS)
def _has_satire_notice(text: str, name: str) -> bool:
    """Whether a text says that it, or the publisher of this name, is satire."""
    if re.search(_SATIRE, text, re.IGNORECASE) is None:
        return False
    if _IS_SATIRE.search(text):
        return True
    notice = rf"\b{re.escape(name)}\b[^.\n]{{0,40}}?\b(?:is|are) (?:\w+ ){{0,3}}{_SATIRE}\b"
    return len(name) > 2 and re.search(notice, text, re.IGNORECASE) is not None


def _says(claim: str, words: set[str], said: str) -> bool:
    """Whether a text says the claim: most of its words, the same numbers, as many negations."""
    return (
        _holds(words, said)
        and set(_NUMBER.findall(claim)) == set(_NUMBER.findall(said))
        and bool(_NEGATES.search(claim)) == bool(_NEGATES.search(said))
    )


def _holds(words: set[str], text: str) -> bool:
    return len(words & set(terms(text))) >= TAKEN_FROM * len(words) > 0


def _beginning(document: Document) -> str:
    return f"{document.title}\n{document.text[:READ_CHARS]}"
