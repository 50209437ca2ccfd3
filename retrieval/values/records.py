"""(claim that compares with a day, sentence with a difference from that day) -> whether it holds.

"July was hotter than August 2003": "24.6 degrees, 0.4 degrees above the record of August 2003".
"""

from __future__ import annotations

from retrieval.values.compare import UNKNOWN, Comparison, Step
from retrieval.values.dates import Date
from retrieval.values.numbers import Slice
from retrieval.values.parsed import Parsed
from retrieval.values.relate import Relation
from retrieval.values.sides import MEASURED, THAN, is_measured
from retrieval.values.told import MORE, compared_by, is_plain, quantities


def record_compares(claim: Parsed, sentence: Parsed) -> Comparison:
    """Whether a difference from the value of a day is one in the direction of a claim."""
    than = THAN.search(claim.text)
    if than is None or quantities(claim) or not is_plain(claim, sentence):
        return UNKNOWN
    cue = than["cue"].lower()
    asked = [one for one in _dates(claim) if one.start >= than.start("right")]
    told = _dates(sentence)
    differences = [one for one in quantities(sentence) if compared_by(sentence, one)]
    if cue not in MEASURED or len(asked) != 1 or len(told) != 1 or len(differences) != 1:
        return UNKNOWN
    (difference,) = differences
    by = compared_by(sentence, difference)
    if by is None or told[0].start < by[1].end or not is_measured(cue, difference):
        return UNKNOWN
    if asked[0].parts != told[0].parts:
        return UNKNOWN
    holds = (cue in MORE) == (by[0] in MORE)
    places = Slice(difference.start, by[1].end), Slice(told[0].start, told[0].end)
    text = " … ".join(sentence.text[at.start : at.end] for at in places)
    end = "agrees with" if holds else "is not"
    step = Step(f"{text} {end} {cue} than {claim.text[asked[0].start : asked[0].end]}", places)
    return Comparison(Relation.EQUAL if holds else Relation.DIFFERS, (step,))


def _dates(parsed: Parsed) -> list[Date]:
    return [value for value in parsed.values if isinstance(value, Date)]
