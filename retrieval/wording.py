"""(claim, sentence) -> whether the sentence has the claim's words and still says something else.

The stance model tends to overlook how words are joined. By rule, for English, and only where the
form is plain: a condition, a fiction, "to" for "by", a bound for an exact number, the roles of a
passive, a rule that was ended, "at Oria, not at Arden". Such a sentence does not support; whether
it refutes is left to the model.
"""

from __future__ import annotations

import re

from retrieval.attributions import attributions
from retrieval.voice import content_words, is_about

# A condition.
_IF = re.compile(
    r"(?:^|[,;:]\s*|\b(?:and|but|that)\s+)(?:only\s+)?(?:if|unless|provided that|in case|should)\b"
    r"|\b(?:only if|even if|as long as|unless)\b|\s+if\s+(?!not\b|any\b|only\b)",
    re.IGNORECASE,
)
# What did not happen, and the condition under which it would have.
_WOULD_HAVE = re.compile(
    r"\b(?:would|could|might|should)(?:n['’]t| not)?\s+(?:\w+ly\s+)?have\s+\w+|^had\s+\w+", re.I
)
_SUPPOSED = re.compile(r"\b(?:if|had|unless|without|but for)\b", re.IGNORECASE)
_WOULD = re.compile(r"\b(?:will|would|could|might)\b", re.IGNORECASE)
# Words of a claim about what may happen or is said: a sentence with a condition may support it.
_CAUTIOUS = re.compile(
    r"\b(?:may|might|could|can|would|should|provided|depends?|depended|tie[sd]?|hangs?|conditional"
    r"|threaten\w*|said|says?|told|wish\w*|hopes?|hoped|wants?|wanted|plans?|condition|if|unless)\b",
    re.IGNORECASE,
)
# "If" that means "whether" is no condition.
_WHETHER = re.compile(
    r"\b(?:ask\w*|wonder\w*|know|knows|knew|unclear|see|said|decide\w*) if\b", re.I
)
_STORIES = (
    r"(?:film|movie|novel|play|series|book|comic|cartoon|game|sketch|fairy tale|story|episode"
    r"|legend|myth|poem|opera|musical|trailer|scene|sequel|satire)"
)
_STORY = re.compile(rf"^\W*[Ii]n (?:the|his|her|its|this|a|an) (?:\w+ )?{_STORIES}\b")
_OF_STORY = re.compile(rf"\b{_STORIES}\b", re.IGNORECASE)
_CHANGE = (
    r"(?:fell|fall|falls|fallen|falling|rose|rise|rises|risen|rising|dropped|drops?|dropping"
    r"|increased?|increases|decreased?|decreases|grew|grown|grows?|declined?|declines|climbed"
    r"|climbs?|slipped|slips?|jumped|jumps?|cut|cuts|raised?|raises|reduced?|reduces|shrank|shrunk"
    r"|shrinks?|lowered|went (?:up|down))"
)
_SOME = r"(?:about |almost |nearly |some )?"
_WHAT = r"(?P<what>(?!the\b|an?\b|its\b|their\b|his\b|her\b)\S+)"
# "Rose by 40 euros", and "rose to 690 euros" or "rose by 40 euros to 690".
_BY = re.compile(rf"\b{_CHANGE}(?:\s+\w+)?\s+by\s+{_SOME}{_WHAT}", re.I)
_TO = re.compile(
    rf"\b{_CHANGE}(?:\s+\w+|\s+by\s+\S+(?:\s+\S+){{0,2}}?)?\s+to\s+{_SOME}{_WHAT}", re.I
)
_NUMBER = re.compile(r"\d[\d.,]*")
_EXACTLY = re.compile(r"\b(?:exactly|precisely|no more and no less than)\s+(?P<n>\d[\d.,]*)", re.I)
_BOUND = re.compile(
    r"\b(?:at least|at most|more than|over|fewer than|less than|up to|as many as|no more than"
    r"|nearly|almost|about|around|roughly|some|approximately)\s+(?P<n>\d[\d.,]*)",
    re.IGNORECASE,
)
# A name of at most five words, or one word. Without a bound, matching takes the square of a length.
_NAME = r"(?:(?:[Tt]he|[Aa]n?)\s+)?(?P<{}>[A-Z][\w'’-]*(?:\s+[A-Z][\w'’-]*){{0,4}}|\w+)"
_PASSIVE = re.compile(
    _NAME.format("whom")
    + r"\s+(?:was|were|is|are|has been|have been|had been)\s+(?:\w+ly\s+)?"
    + r"(?P<verb>\w+(?:ed|en|nt|ld|ght|t))"
    + r"\s+(?:\w+\s+){0,2}?by\s+"
    + _NAME.format("who")
)
_ACTIVE = re.compile(
    r"^\W*"
    + _NAME.format("who")
    + r"\s+(?:has |have |had )?(?P<verb>\w+)\s+"
    + _NAME.format("whom")
)
# A rule that a sentence says was ended, and words of a claim that the rule is in force.
_ENDED = re.compile(
    r"\b(?:str(?:uck|ikes?|iking) down|overturn\w*|quash\w*|repeal\w*|abolish\w*|annul\w*|scrap\w*"
    r"|revok\w*|lift(?:s|ed|ing)|rescind\w*|end(?:s|ed|ing))\s+(?:an?|the|its|their|his|her)\s+(?:\w+\s+){0,2}?"
    r"(?:rules?|bans?|laws?|decrees?|orders?|polic(?:y|ies)|requirements?|restrictions?|curfews?)\b",
    re.IGNORECASE,
)
_IN_FORCE = re.compile(
    r"\b(?:is|are|must|may|cannot|can|has to|have to|bans|forbids|requires|prohibits|applies)\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:was|were|had|did|no longer|any ?more|not|until|again|\w+ed (?:an?|the|its|their))\b",
    re.IGNORECASE,
)
# What a sentence says is not so, in at most five words: "at Oria, not at Arden as we said".
_NOT_SO = re.compile(
    r",\s+(?:and\s+)?not\s+(?!(?:only|just|least|to|even|all|because|every|yet|always|long|far|much"
    r"|\w+ing|\w+ly)\b)(?P<what>\S+(?:\s+\S+){0,4}?)(?=\s+as\b|[.,;)]|\W*$)",
    re.IGNORECASE,
)
_NEGATES = re.compile(r"\b(?:not|never|no|nor|instead|rather|without)\b|n['’]t\b", re.IGNORECASE)
# Least share of the claim's words in a sentence that is compared.
SAME_WORDS = 0.5
# Characters by which two forms of a verb may differ at their end ("attacked", "attack").
VERB_ENDING = 3


def says_otherwise(claim: str, sentence: str) -> bool:
    """Whether the sentence cannot support the claim, because of how its words are joined."""
    words = content_words(claim)
    if len(words & content_words(sentence)) < SAME_WORDS * len(words):
        return False
    return (
        _is_supposed(claim, sentence)
        or (_STORY.search(sentence) is not None and _OF_STORY.search(claim) is None)
        or _is_to_for_by(claim, sentence)
        or _is_bound_for_number(claim, sentence)
        or _has_roles_reversed(claim, sentence)
        or _is_ended(claim, sentence)
        or _is_not_so(claim, sentence)
    )


def _is_not_so(claim: str, sentence: str) -> bool:
    """Whether the claim says what the sentence says is not so: "at Oria, not at Arden"."""
    if _NEGATES.search(claim):
        return False
    words = content_words(claim)
    return any(
        words
        & content_words(found["what"])
        - content_words(f"{sentence[: found.start()]} {sentence[found.end() :]}")
        for found in _NOT_SO.finditer(sentence)
    )


def _is_ended(claim: str, sentence: str) -> bool:
    """Whether the sentence says that a rule was ended which, the claim says, is in force."""
    if _ENDED.search(sentence) is None or _ENDED.search(claim):
        return False
    return _IN_FORCE.search(claim) is not None and _PAST.search(claim) is None


def _is_supposed(claim: str, sentence: str) -> bool:
    """Whether the sentence tells what would happen under a condition, and the claim names none."""
    if _CAUTIOUS.search(claim):
        return False
    if _WHETHER.search(sentence):
        return False
    said = [one.said for one in attributions(sentence)]
    if said and not any(is_about(claim, sentence, each) for each in said):
        return False  # who says so is under no condition
    never = _WOULD_HAVE.search(sentence) and _SUPPOSED.search(sentence)
    maybe = _IF.search(sentence) and _WOULD.search(sentence)
    return bool(never or maybe)


def _is_to_for_by(claim: str, sentence: str) -> bool:
    """Whether the claim says "by" a number, and the sentence only "to" it; or the other way."""
    by, to = _changed(_BY, sentence), _changed(_TO, sentence)
    return bool(_changed(_BY, claim) & (to - by) or _changed(_TO, claim) & (by - to))


def _changed(form: re.Pattern[str], text: str) -> set[str]:
    """What a text says that something rose or fell by, or to, in the words of the form."""
    return {found["what"].strip(".,;") for found in form.finditer(text)}


def _is_bound_for_number(claim: str, sentence: str) -> bool:
    """Whether the claim says "exactly 40" and the sentence "at least 40"."""
    exact = _EXACTLY.search(claim)
    if not exact:
        return False
    number = exact["n"].strip(".,")
    bounds = [found["n"].strip(".,") for found in _BOUND.finditer(sentence)]
    stated = [found.strip(".,") for found in _NUMBER.findall(sentence)]
    return number in bounds and stated.count(number) == bounds.count(number)


def _has_roles_reversed(claim: str, sentence: str) -> bool:
    """Whether the sentence says "A was invaded by B" and the claim "A invaded B"."""
    done = _ACTIVE.search(claim)
    if not done:
        return False
    for told in _PASSIVE.finditer(sentence):
        length = max(3, min(len(told["verb"]), len(done["verb"])) - VERB_ENDING)
        same_verb = told["verb"][:length].lower() == done["verb"][:length].lower()
        if same_verb and (told["whom"], told["who"]) == (done["who"], done["whom"]):
            return True
    return False
