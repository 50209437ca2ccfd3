"""(claim, readings, newer camp) -> whether what is newer holds for the claim.

What something cost stays as it is, however new a text that says otherwise. What is so today, how
many died, or what a newer text tells was called off or overturned follows the newer text. By rule,
for English.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.reading import Reading
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
