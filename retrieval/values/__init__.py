"""(claim, text) -> what the numbers, dates and times of the text say of those of the claim.

The files in reading order, from the answer down to the characters:

reading.py      the way in: text as a model reads it (instances, days, notation), stance, steps
correct.py      text -> sentences -> the first group of rules that is sure -> a corrected stance
compare.py      1st rule: the sentence has the claim's words (runs: where; narrowed: of a part?)
derive.py       2nd rule: the value follows from two others (changes, tallies, spans; workings)
bounds.py       3rd rules, in other words: one bound; shares.py: one share; sides.py: two sides
elsewhere.py    does the text tell the claimed value in another place? Then nothing refutes it
told.py         questions that the rules ask of a sentence; relate.py: two values -> their relation
parsed.py       text -> `Parsed`: its values and content words; words.py: the words that decide
quantities.py   numbers -> quantity.py's `Quantity` (measures, degrees, units, nouns, compounds,
                ranges), but those of names (identifiers); quarters.py: fiscal years and quarters
numbers.py      plain text (slices) -> numbers (numerals, digits); dates.py: -> dates; periods.py:
                -> decades and centuries; clock.py: -> times of day
differences.py  beside all that: where claim and evidence differ, for a reader (wording)

To add a unit, see units.py; another way to work a value out, derive.py; a rule, correct.py. A case
of it goes into tests/retrieval/values/cases.jsonl.

In comments on regular expressions, [brackets] in an example mark what the expression matches.
"""

from retrieval.values.compare import Comparison, Step
from retrieval.values.correct import correct, corrected, parse_claim, verdict_of_values
from retrieval.values.differences import differences
from retrieval.values.notation import in_notation_of
from retrieval.values.parsed import Parsed as ParsedClaim
from retrieval.values.relate import Relation

__all__ = [
    "Comparison", "ParsedClaim", "Relation", "Step", "correct", "corrected", "differences",
    "in_notation_of", "parse_claim", "verdict_of_values",
]  # fmt: skip
