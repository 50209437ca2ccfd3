"""Sentence -> the rating that it gives: "We rate this claim False."

By rule, for English, and only where the form is plain. What a sentence rates stands in other
sentences: read without these, a rating says nothing about a claim.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.attributions import attributions
from retrieval.claim_lines import claim_of, rated_line
from retrieval.types import Quote, Stance
from retrieval.voice import content_words

# Least share of the claim's words in a passage and its title whose ratings are read with it.
READ_WITH = 0.5
# Least share of the claim's words in a sentence that states the claim as the text's own finding.
OWN_FROM = 0.8
# Characters of a document that are searched for lines that name its claim.
NAMED_WITHIN = 60_000
# Least share of the claim's words in a title that rates the claim.
RATED_FROM = 0.6
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
# Stems of verbs of saying.
SAYING = frozenset({
    "said", "say", "wrote", "write", "claim", "state", "tweet", "post", "told", "declar",
    "argu", "assert", "repeat", "insist", "alleg",
})  # fmt: skip
# Probability of the stance that a rating gives, and of the one that "mostly false" gives.
PLAIN, MOSTLY = 0.96, 0.8

_BETWEEN = (
    r"(?:half|partly|partially|somewhat|technically)[- ](?:true|false|accurate|correct|right|wrong)"
    r"|misleading|unproven|unsupported|mixture|missing context|out of context|exaggerated"
)
_MOSTLY = r"(?:mostly|largely|nearly|almost|basically|generally)[- ]"
_FALSE = (
    r"false|pants[- ]on[- ]fire|untrue|not (?:true|accurate|correct|right|so)|incorrect|inaccurate"
    r"|wrong|fake|a (?:hoax|myth|lie)|fabricated|baseless|unfounded|bogus|debunked|doctored|altered"
    r"|miscaptioned|misattributed|satire|four pinocchios"
)
_TRUE = r"true|accurate|correct|right"
_RATING = (
    rf"(?P<between>{_BETWEEN})"
    rf"|(?P<mostly_refutes>{_MOSTLY}(?:false|wrong|incorrect|inaccurate)|barely[- ]true)"
    rf"|(?P<mostly_supports>{_MOSTLY}(?:true|accurate|correct|right))"
    rf"|(?P<refutes>{_FALSE})|(?P<supports>{_TRUE})"
)
_STATEMENT = (
    r"(?:claims?|statements?|posts?|assertions?|ads?|charges?|comments?|remarks?|figures?|numbers?"
    r"|story|rumou?rs?|memes?|tweets?|messages?|allegations?|contentions?|quot(?:es?|ations?)"
    r"|boasts?|accusations?|headlines?|assessments?)"
)
_HEADING = r"(?:rating|ruling|verdict|conclusion|assessment|fact[- ]check|result)"
_ENDS = r"(?:\s+rating)?\s*[.!”\"’')]*\s*$"
# A rating counts only at the end of its sentence: "is true that", "is wrong about" rate nothing.
# This form, "We rate his statement True.", says whose rating it is; the other forms do not.
_WE_RATE = re.compile(
    rf"\b(?:we|i|politifact(?: \w+)?)(?:'ll|’ll)?\s+(?:\w+\s)?(?:rates?|rules?|ranks?|judges?"
    rf"|deems?|calls?|finds?|labels?|grades?|declares?|says?|gives?)\b.{{0,200}}?\W(?:{_RATING}){_ENDS}",
    re.IGNORECASE,
)
_FORMS = (
    _WE_RATE,
    *(
        re.compile(form, re.IGNORECASE)
        for form in (
            # "Our ruling: False", "Verdict. False", "Politifact rating: True"
            rf"(?:^|\W){_HEADING}\W{{0,4}}\s*"
            rf"(?:is\W{{1,3}})?(?:(?:the|this) {_STATEMENT} is )?\W{{0,2}}(?:{_RATING}){_ENDS}",
            # "That is False.", "His statement rates Pants on Fire!", "In sum, we think it is True."
            r"(?:^|[,;:—–-]\s+|\b(?:so|and|but|think|believe)\s+)"
            rf"(?:that|this|it|(?:\S+\s+){{0,4}}?{_STATEMENT})"
            r"(?:\s+(?:is|are|rates?|earns?|gets?|merits?|stands? as)|['’]s)"
            rf"\b.{{0,40}}?\W?(?:{_RATING}){_ENDS}",
            # "On our scale, the statement that it is legal rates as True." "Holt earns a False."
            rf"\b(?:rates?|earns?|gets?|merits?|deserves?)\s+(?:an?|as|our)\s(?:{_RATING}){_ENDS}",
            # "The claim that the tunnel leaks is False."
            rf"\b{_STATEMENT}\s+that\s.{{1,300}}?\s(?:is|are|was|were)\s(?:{_RATING}){_ENDS}",
            # "We have changed the rating from True to False."
            rf"\b(?:chang|revis|correct|updat|lower|rais|amend|downgrad|upgrad)\w+\s(?:our|the|this)"
            rf"\s(?:rating|ruling|verdict|assessment)\b.{{0,30}}?\sto\W{{1,3}}(?:{_RATING}){_ENDS}",
            # "It fits our definition of False."
            rf"\b(?:definition|rating|ruling) of\W{{1,3}}(?:{_RATING}){_ENDS}",
            # "False." and "Pants on Fire!" at the end of the text
            rf"^\W*(?:{_RATING}){_ENDS}",
        )
    ),
)
# The statement that a sentence names before its rating: "We rate the claim that the tunnel leaks".
_NAMES = re.compile(
    rf"\b(?:the|this|that|his|her|their|its|['’]s)\s+{_STATEMENT}\s+that\s+"
    r"(?!(?:is|are|was|were|has|have)\b)(?P<what>.+)",
    re.IGNORECASE,
)
# A rating at the end of a sentence, with which every form ends.
_AT_END = re.compile(rf"\b(?:{_RATING}){_ENDS}", re.IGNORECASE)
# A rating at the beginning of a sentence, of the one before it: "Not true: the tunnel is dry."
_AT_BEGIN = re.compile(
    rf"\W*(?:(?:that|this|it)(?:['’]s|\s+is|\s+was)\s+)?(?:{_RATING})\s*(?:[:!–—]|\.(?:\s|$))",
    re.IGNORECASE,
)
# The heading of a rating, alone on its line: "OUR VERDICT".
_HEADS = re.compile(rf"\W*(?:(?:about\s)?(?:our|the|this|[\w'’]+)\s)?{_HEADING}\W*", re.IGNORECASE)
# A word of a rating at the end of a sentence or before a colon: a text without one rates nothing,
# but for a line that begins with its rating.
MAY_RATE = re.compile(rf"\b(?:{_RATING})(?:[\s.!”\"’')]*(?:\s|$)|\s?[:–—])", re.IGNORECASE)
# Words before a rating by which it is somebody else's, of an earlier time, or only supposed.
_NOT_OURS = re.compile(
    r"\b(?:rated|ruled|gave|received|earned|previously|earlier|would|could|might|if|whether|when"
    r"|asked|said|told|argued|repl(?:y|ies|ied)|answer(?:s|ed)|snopes|he|she|they)\b|n['’]t\b|\?",
    re.IGNORECASE,
)
# The beginning of a clause that rates.
_WE = re.compile(r"\bwe\b", re.IGNORECASE)
# Speakers whose ratings are those of the text itself, in lower case.
_OURS = ("we", "i", "politifact")
# A quotation that is still open at the end of a text; marks that open one; marks that close one.
_QUOTED, OPENED, _CLOSED = (
    re.compile(r"[\"“«„]\w[^\"”»]*$"),
    re.compile(r"[\"“«„]"),
    re.compile(r"[\"”»]"),
)
# A sentence that ends a quotation which began before it.
_CLOSES_FIRST = re.compile(r"[^\"“”]*(?:”|\"(?:\s|$))")
# A rating inside a sentence: "we gave him a Half True", "making it False".
_NAMED = re.compile(
    r"\b(?:Mostly|Half|Barely|Partly)[- ](?:True|False)\b|\bPants [Oo]n Fire\b"
    r"|(?<=[a-z] )(?:True|False)\b"
)
# A rating that a sentence tells of: "An earlier version rated his claim as true."
_RATED = re.compile(rf"\b(?:rated|rating|verdict)\b.{{0,200}}?\W(?:{_RATING})\b", re.IGNORECASE)
# A statement that a sentence calls true or false: "this claim proved incorrect and ridiculous".
_OF_STATEMENT = re.compile(
    rf"\b(?:this|that|the|his|her|their|its|\w+['’]s?)\s+{_STATEMENT}\b.{{0,40}}?\W(?:{_RATING})\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Rating:
    """The stance that a rating gives, and the probability of that stance."""

    stance: Stance
    probability: float

    @property
    def turned(self) -> Rating:
        """The rating of the opposite statement."""
        return Rating(_OPPOSITE[self.stance], self.probability)


_OPPOSITE: dict[Stance, Stance] = {
    "SUPPORTS": "REFUTES",
    "REFUTES": "SUPPORTS",
    "NOT_ENOUGH_INFO": "NOT_ENOUGH_INFO",
}


# By the names of the groups that find them.
_RATINGS = {
    "supports": Rating("SUPPORTS", PLAIN),
    "refutes": Rating("REFUTES", PLAIN),
    "mostly_supports": Rating("SUPPORTS", MOSTLY),
    "mostly_refutes": Rating("REFUTES", MOSTLY),
    "between": Rating("NOT_ENOUGH_INFO", PLAIN),
}


def heads_rating(sentence: str) -> bool:
    """Whether a sentence is the heading of a rating: "VERDICT"."""
    return _HEADS.fullmatch(sentence) is not None


def rating(sentence: str, *, stands_alone: bool = False) -> Rating | None:
    """The rating that a sentence gives, None if it gives none. "Half true" gives NOT_ENOUGH_INFO.

    Args:
        stands_alone: whether one word, "False.", is a rating, too. It is at the end of a text or
            below a heading.
    """
    if _AT_END.search(sentence) is None:
        return None
    for form in _FORMS if stands_alone else _FORMS[:-1]:
        found = form.search(sentence)
        if found is None:
            continue
        name = next(name for name in _RATINGS if found[name])
        at = found.start(name)
        if _NOT_OURS.search(sentence[_begins(sentence, at) : at]):
            continue
        if form is not _WE_RATE and _is_anothers(sentence, at):
            continue
        return _RATINGS[name]
    return None


def begins_with_rating(sentence: str) -> Rating | None:
    """The rating of the sentence before, with which a sentence begins: "Not true: the tunnel is
    dry."; None where it begins with none, or in a quotation."""
    found = _AT_BEGIN.match(sentence)
    if found is None or OPENED.search(found[0]) or _CLOSES_FIRST.match(sentence):
        return None
    return _RATINGS[next(name for name in _RATINGS if found[name])]


def what_is_rated(sentence: str) -> str | None:
    """The statement that a sentence names and rates: "the tunnel leaks" of "We rate the claim that
    the tunnel leaks False"; None where it names none."""
    end = _AT_END.search(sentence)
    found = _NAMES.search(sentence, 0, end.start() if end else len(sentence))
    return found["what"] if found else None


def title_beside(claim: str, title: str) -> str:
    """A title as it is read with a claim: without its rating, if that rates something else."""
    rated = rated_line(title)
    if rated is None:
        return title
    words = content_words(claim)
    same = len(words & content_words(rated)) >= RATED_FROM * len(words)
    return title if same and set(NUMBER.findall(claim)) <= set(NUMBER.findall(rated)) else rated


def _begins(sentence: str, at: int) -> int:
    """The index at which the clause with the rating begins: "That said, we rate it False"."""
    return max((found.start() for found in _WE.finditer(sentence, 0, at)), default=0)


def _is_anothers(sentence: str, at: int) -> bool:
    """Whether a rating at an index is somebody else's: after "Holt insists", in a quotation."""
    before, after = sentence[:at], sentence[at:]
    if _QUOTED.search(before) or (_CLOSED.search(after) and not OPENED.search(before)):
        return True
    speakers = [one.speaker for one in attributions(sentence)]
    return any(who and sentence[slice(*who)].casefold() not in _OURS for who in speakers)


def without_ratings(
    claim: str, title: str, sentences: Sequence[Quote], text: str = ""
) -> list[Quote]:
    """The sentences of a passage, without its ratings where they do not rate the claim.

    The ratings stay where title and passage hold READ_WITH of the claim's words and all its
    numbers, and the passage does not state the claim as its own finding. Otherwise the model would
    overlook that the number is another one, or take the finding for what is rated.

    Args:
        title: of their document; the model reads it with them.
        text: of their document, which may name its claim elsewhere.
    """
    rates = [_tells_rating(each.quote) for each in sentences]
    if not any(rates):
        return list(sentences)
    rest = [
        each
        for each, is_rating in zip(sentences, rates, strict=True)
        if not is_rating and not heads_rating(each.quote)
    ]
    words = content_words(claim)
    whole = " ".join([title, *(each.quote for each in sentences)])
    enough = len(words & content_words(whole)) >= READ_WITH * len(words)
    numbers = set(NUMBER.findall(claim)) <= set(NUMBER.findall(whole))
    # What a text names as its claim ("Claim: ...") is what it rates, and nothing else is.
    lines = [line for line in text[:NAMED_WITHIN].splitlines() if claim_of(line)]
    told, least = [*(each.quote for each in rest), *lines], 0.0 if lines else OWN_FROM
    if enough and numbers and not _is_own(words, title, told, least):
        return list(sentences)
    return rest


def _is_own(words: set[str], title: str, sentences: Sequence[str], least: float) -> bool:
    """Whether a sentence that the text states itself holds more of the words, and at least this
    share, than any that says what somebody says, and than the title, which often repeats what
    is rated."""
    held: dict[bool, int] = {True: len(words & content_words(title)), False: 0}
    for each in sentences:
        said = is_said(each)
        held[said] = max(held[said], len(words & content_words(each)))
    return held[False] > held[True] and held[False] >= least * len(words)


def is_said(text: str) -> bool:
    """Whether a text quotes somebody, or tells what is said."""
    return OPENED.search(text) is not None or not SAYING.isdisjoint(content_words(text))


def _tells_rating(sentence: str) -> bool:
    """Whether a sentence gives a rating, or tells of one."""
    return (
        _NAMED.search(sentence) is not None
        or _RATED.search(sentence) is not None
        or _OF_STATEMENT.search(sentence) is not None
        or rating(sentence, stands_alone=True) is not None
    )
