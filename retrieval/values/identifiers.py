"""(text, number) -> whether the number is part of a name: "Boeing 747", "Article 50", "Covid-19".

Used by quantities.py, which leaves such numbers out.
"""

from __future__ import annotations

import re

from retrieval.values import units
from retrieval.values.measures import units_after
from retrieval.values.nouns import counted_noun
from retrieval.values.numbers import Number
from retrieval.values.words import NO_NAMES

# Before a decade, which is no number of seconds: "in [the ]70s", "in [the mid-]70s".
_DECADE_BEFORE = re.compile(r"\b(?:the|its|their|early|mid|late|low|high|upper)[\s-]+$", re.I)
_LOOK_BACK = 40  # characters in front of a number that are searched for a name
# Before a number that may be part of a name: "[Boeing ]747", "[Article ]50", "[Covid-]19", "[#]3".
_NAME_BEFORE = re.compile(
    r"(?:[A-Za-z]|[A-Za-z]-|#|\bno\.?\s?|\bnumber\s|[A-Z][\w’'.&-]*\s"
    r"|\b(?:article|section|chapter|page|room|flight|route|road|channel|item|line|gate|platform|bus"
    r"|class|grade|version|model|phase|group|district|ward|zone|sector|highway|junction|paragraph"
    r"|verse|figure|table|step|round|mark|block|lot|flat|resolution|category|form|type|level)\s)$"
)
# Before one that is none: "[hundred-]5".
_SCALE_BEFORE = re.compile(r"\b(?:hundred|thousand|million|billion|trillion|lakh|crore)-$", re.I)
# The word with a capital before a number: "[Boeing ]747".
_CAPITAL = re.compile(r"([A-Z][\w’'.&-]*)[\s]$")
# A place before a number, which is no part of its name: "[In Oria ]40 people died".
_IN_PLACE = re.compile(r"\b(?:[Ii]n|[Aa]t|[Nn]ear)\s[A-Z][\w’'-]*,?\s$")
# Capitals that touch a number and are no unit: "5[G]", "3[D]".
_NO_UNIT = set("ABDEGHIJNOPQRSTUXYZ")
# Letters that touch a number and are a unit, though no word of units.py: "20[C]", "34[year]-old".
_GLUED_UNIT = re.compile(r"[CF]\b|km|kmh|kph|mph|mps|year")


def is_part_of_name(text: str, number: Number) -> bool:
    """Tells whether a number is part of a name: Boeing 747, Article 50, G20, Covid-19."""
    before = text[max(0, number.start - _LOOK_BACK) : number.start]
    digits = text[number.start].isdigit()
    if number.kind in ("ordinal", "fraction", "many"):
        return False
    if digits and before and before[-1].isalnum():
        return True
    after = text[number.end : number.end + 12]
    if re.match(r"['’]?s\b", after) and _DECADE_BEFORE.search(before):
        return True
    glued = re.match(r"[^\W\d_]+", after)
    if digits and glued and glued[0] in _NO_UNIT:
        return True
    is_scale_or_unit = number.short_scale or (glued and units.units_named(glued[0].lower(), True))
    if digits and glued and not is_scale_or_unit:
        return not _GLUED_UNIT.match(glued[0])
    if not _NAME_BEFORE.search(before) or _SCALE_BEFORE.search(before):
        return False
    if before.endswith(("#", ". ")) and not re.search(r"\bno\.\s$", before, re.I):
        return before.endswith("#")
    if _IN_PLACE.search(before) and counted_noun(text, number.end):
        return False  # "in Oria 40 people": a place, and a number that counts
    capital = _CAPITAL.search(before)
    if capital and re.search("['’]s$", capital[1]):
        return False  # "to Mr Berg's 20,200"
    if capital and (
        capital[1].lower() in NO_NAMES
        or units_after(text, number, None)[0]
        or units.SIGN_BEFORE.search(before)
    ):
        return False
    if capital and not digits:
        return False  # a number in words: "Turkey sent five, England two"
    return digits or not (before[-1:] == "-" and before[-2:-1].islower())
