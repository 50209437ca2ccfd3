"""(claim, texts) -> whether what is newer holds for the claim, and what is too old for it.

What something cost stays as it is, however new a text that says otherwise. What is so today, how
many died, or what a newer text tells was called off or overturned follows the newer text. What was
so in 1995 says nothing of today. By rule, for English.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.documents import Document
from retrieval.reading import Reading
from retrieval.taken_back import READ_CHARS
from retrieval.types import Newest
from retrieval.verdict import stance_of

_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
# Words of a claim that may become true or false later: of the present, of the number of dead or
# injured. What something cost stays as it is.
_CAN_CHANGE = re.compile(
    r"\b(?:is|are|has|have|holds?|leads?|heads?|costs|remains?|stands|currently|now|today|still"
    r"|employs?|lives?|owns?|plays|chairs|serves|governs|belongs?|works|operates|earns?|does|do"
    r"|no longer|die[ds]?|dead|deaths?|killed|injured|hurt|wounded|missing|infected|cases|toll)\b",
    re.IGNORECASE,
)
# Words of a text by which it takes back what it or another one told, or tells that something was
# undone.
_REVERSES = re.compile(
    r"\b(?:overturn\w*|quash\w*|acquit\w*|annul\w*|struck down|set aside|exonerat\w*|retract\w*"
    r"|withdr[ae]w\w*|correct(?:ion|s|ed)|(?:our|the) (?:earlier )?report\b.{0,60}\bwrong"
    r"|dropped (?:all |the )?charges|call(?:s|ed) off|cancel(?:s|led|ed)|scrap(?:s|ped)"
    r"|veto(?:es|ed)|abandon(?:s|ed)|disqualif\w+|stripped of|lift(?:s|ed)|postpon\w+"
    r"|reinstat\w+|revok\w+|rescind\w*|repeal\w*|revers(?:es|ed)|block(?:s|ed)"
    r"|(?:was|is|were|as) (?:null and )?void|drop(?:s|ped) (?:the|its|his|her|their|plans?)"
    r"|without charge|as first reported|after all)\b",
    re.IGNORECASE,
)
# Words of a claim that may be about what is to come.
_TO_COME = re.compile(
    r"\b(?:will|shall|going to|to be|plan(?:s|ned)?|planning|due|scheduled|expects?|expected"
    r"|promis\w+|announced?|said|says|is|are|from|until|by|as of)\b",
    re.IGNORECASE,
)

# The beginning of a sentence that tells of an earlier time: "In 1995", "Until 2008", "When she won
# in Rome in 1960", "Forty years ago"; with the year where it names one.
_LONG_AGO = re.compile(
    r"\W*(?:(?:in|until|till|before|up to|by|during)\s+(?:the\s+)?(?:[A-Z][a-z]+\s+)?"
    r"(?P<year>1\d{3}|20\d\d)s?\b"
    r"|when\s[^.;]{1,60}?\bin\s+(?P<when>1\d{3}|20\d\d)\b"
    r"|[\w-]+\s+(?:years|decades|centuries)\s+ago\b)",
    re.IGNORECASE,
)
_AT_THE_TIME = re.compile(
    r"\b(?:at the time|at that time|back then|in those days)\b", re.IGNORECASE
)
# Words of a text by which it tells of today beside an earlier time.
_TODAY = re.compile(
    r"\b(?:today|now(?:adays)?|these days|since then|ever since|no longer|any ?more|at present"
    r"|currently|(?:is|are) left|has been|have been)\b",
    re.IGNORECASE,
)
# Words of a claim by which it is itself about an earlier time.
_ITSELF_PAST = re.compile(
    r"\b(?:was|were|had|did|once|then|formerly|used to|former|been"
    r"|(?<!is )(?<!are )(?<!be )\w{2,}ed)\b",
    re.IGNORECASE,
)
_PAST_FORMS = {
    "is": "was", "are": "were", "has": "had", "have": "had", "holds": "held", "hold": "held",
    "leads": "led", "lead": "led", "runs": "ran", "run": "ran", "keeps": "kept", "keep": "kept",
    "sells": "sold", "sell": "sold", "makes": "made", "make": "made", "stands": "stood",
    "stand": "stood", "costs": "cost", "cost": "cost", "grows": "grew", "grow": "grew",
}  # fmt: skip
# Fewest years from an earlier time to the day of the text.
LONG_YEARS = 2


def can_change(claim: str) -> bool:
    """Whether a claim may become true or false later. One that names a year is about that year."""
    return _CAN_CHANGE.search(claim) is not None and _YEAR.search(claim) is None


def reverses(readings: Sequence[Reading], newest: Newest) -> bool:
    """Whether a text of the newer camp's last day tells that something was undone or taken back:
    that says more than the older texts."""
    return any(
        stance_of(reading.stance) == newest.stance
        and reading.candidate.document.published_at == newest.date
        and _REVERSES.search(reading.candidate.passage.text)
        for reading in readings
        if reading.stance is not None
    )


def too_early(claim: str, readings: Sequence[Reading]) -> list[int]:
    """The rows of texts that are older than every year which a claim on the past names: what they
    expected does not refute what happened."""
    years = [int(year) for year in _YEAR.findall(claim)]
    if not years or _TO_COME.search(claim):
        return []
    days = [reading.candidate.document.published_at for reading in readings]
    return [row for row, day in enumerate(days) if day is not None and day.year < min(years)]


def was_then(claim: str, sentence: str, document: Document) -> bool:
    """Whether a claim of today is told by a sentence in the past tense, of an earlier time: "In
    1995 it employed 300 people" does not tell that it employs them."""
    if _ITSELF_PAST.search(claim) or _YEAR.search(claim):
        return False
    found = _LONG_AGO.match(sentence)
    if found is None or not _is_long_ago(found["year"] or found["when"], document):
        return False
    if _AT_THE_TIME.search(sentence):
        return True
    told = set(re.findall(r"[a-z]+", sentence.lower()))
    asked = re.findall(r"[a-z]+", claim.lower())[1:]
    return any(word not in told and not told.isdisjoint(_past_forms(word)) for word in asked)


def _is_long_ago(year: str | None, document: Document) -> bool:
    """Whether a year, or a time that is called long ago, lies LONG_YEARS before the text; of a text
    without a day, whether it tells of today, too."""
    if document.published_at is None:
        return _TODAY.search(document.text[:READ_CHARS]) is not None
    return year is None or document.published_at.year - int(year) >= LONG_YEARS


def _past_forms(word: str) -> set[str]:
    """The forms that a word may have in the past tense if it is a verb."""
    if word in _PAST_FORMS:
        return {_PAST_FORMS[word]}
    base = word[:-1] if word.endswith("s") else word
    return {f"{base}ed", f"{base}d"} if len(base) > 2 else set()
