"""Claim of several coordinated statements -> its parts, and their verdicts -> one verdict.

Taking the parts as independent, with s_i = P(SUPPORTED) and r_i = P(REFUTED) of part i:

    SUPPORTED            = prod s_i                              all are supported
    REFUTED              = 1 - prod (1 - r_i)                    at least one is refuted
    NOT_ENOUGH_EVIDENCE  = prod (1 - r_i) - prod s_i             none is refuted, not all supported

A part in conflict is open, so CONFLICTING_EVIDENCE is 0; the part itself says that it is.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace

from retrieval.statement import may_be_verb
from retrieval.types import Answer, Evidence, Judgement, Part, Quote, Verdict

# Most parts of a claim; one of more is verified as a whole alone.
MAX_PARTS = 4
# Fewest words of a part.
PART_WORDS = 4
_JOINS = re.compile(r";\s+(?:and\s+|but\s+)?|,\s+(?:and|but)\s+")
# Words of a part that cannot be understood without the others: pronouns, "also", "other".
_LEANS = re.compile(
    r"\b(?:he|she|it|they|we|i|you|him|her|hers|his|its|them|their|theirs|himself|herself|itself"
    r"|themselves|this|that|these|those|there|then|both|also|too|so|either|neither|former|latter"
    r"|other|others|another|same|such|again|instead|later|afterwards|thus|therefore|one|ones|did"
    r"|does|each|latter['’]s|respectively|as well)\b",
    re.IGNORECASE,
)
# Words that may govern more than their own part: of speech, condition, cause, relative clauses.
_REACHES = re.compile(
    r"\b(?:if|unless|because|although|though|while|when|after|before|since|until|whether|that|who"
    r"|which|whose|whom|said|says?|claim(?:s|ed)?|told|according|announced|reported|reports|wrote"
    r"|believes?|alleged|denied|denies|would|not only|either|neither|both|more|less|than)\b",
    re.IGNORECASE,
)
# Words with a capital that name nobody.
MONTHS_AND_DAYS = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)s?\b"
)
_PREPOSITION = re.compile(
    r"(?:in|on|at|by|for|from|with|of|to|during|under|over|near|despite|as|like|between|among"
    r"|within|throughout|following|per|through|against|without)\b",
    re.IGNORECASE,
)


def parts_of(claim: str) -> tuple[Quote, ...]:
    """The statements that a claim joins, as slices of it; none where it does not split safely.

    Each has a subject of its own, which is no pronoun, and a verb; none leans on another's words,
    and no word of one may reach over another ("if", "said that", "In 2022, …").
    """
    cuts = list(_JOINS.finditer(claim))
    if not 0 < len(cuts) < MAX_PARTS:
        return ()
    starts = [0, *(cut.end() for cut in cuts)]
    ends = [*(cut.start() for cut in cuts), len(claim)]
    parts = tuple(Quote(a, b, claim[a:b]) for a, b in zip(starts, ends, strict=True))
    if not all(_stands_alone(part.quote) for part in parts):
        return ()
    if any(_LEANS.search(part.quote) for part in parts[1:]):
        return ()
    # "The club won the cup, and the coach resigned": whose coach, only the first part says.
    named = [_has_name(part.quote) for part in parts]
    return () if named[0] and not all(named) else parts


def _stands_alone(text: str) -> bool:
    words = text.rstrip(".").split()
    if len(words) < PART_WORDS or _REACHES.search(text) or _LEANS.match(text):
        return False
    if _PREPOSITION.match(text) or not _opens_with_subject(text):
        return False
    # A subject before the verb, and something after it.
    return any(may_be_verb(word.strip(",")) for word in words[1:-1])


def _opens_with_subject(text: str) -> bool:
    words = text.split()
    first = words[0]
    if not (first[0].isupper() or first[0].isdigit() or first.lower() in ("the", "a", "an")):
        return False
    # "the coach resigned", "12 people died"; not "Resigned in May", "three died". After a name that
    # looks like a verb comes the verb: "Ines Rolfe resigned", "Rovers won".
    after = next((word for word in words[1:] if not word[0].isupper()), "")
    return not may_be_verb(first) or (first[0].isupper() and may_be_verb(after))


def _has_name(text: str) -> bool:
    words = re.findall(r"[^\W_][\w'’-]*", MONTHS_AND_DAYS.sub("", text))
    if words and words[0].lower() in ("the", "a", "an"):
        words = words[1:]
    return any(word[0].isupper() for word in words)


def judgement_of_parts(parts: Sequence[Judgement]) -> Judgement:
    """One judgement of those of the parts, each of which has probabilities.

    supporting is the number of sources of the part that has fewest; refuting that of the part that
    has most.
    """
    supported = math.prod(part.probabilities["SUPPORTED"] for part in parts)
    unrefuted = math.prod(1 - part.probabilities["REFUTED"] for part in parts)
    supported = min(supported, unrefuted)  # larger by a rounding error at most
    verdicts = {part.verdict for part in parts}
    verdict: Verdict = "NOT_ENOUGH_EVIDENCE"
    if "REFUTED" in verdicts:
        verdict = "REFUTED"
    elif verdicts == {"SUPPORTED"}:
        verdict = "SUPPORTED"
    return Judgement(
        verdict,
        {
            "SUPPORTED": supported,
            "REFUTED": 1 - unrefuted,
            "CONFLICTING_EVIDENCE": 0.0,
            "NOT_ENOUGH_EVIDENCE": unrefuted - supported,
        },
        supporting=min(part.supporting for part in parts),
        refuting=max(part.refuting for part in parts),
    )


def of_parts(whole: Answer, parts: Sequence[tuple[Quote, Answer]], top_k: int) -> Answer:
    """The answer to a claim from those to its parts; the whole's own where a part has no judgement.

    Evidence is that of the whole claim, and the best of each part where it is of another document.
    """
    judged = [
        (quote, answer, answer.judgement)
        for quote, answer in parts
        if answer.judgement is not None and answer.judgement.probabilities
    ]
    if not parts or len(judged) < len(parts):
        return whole
    if whole.judgement is None or whole.judgement.verdict is None:
        return whole
    judgement = judgement_of_parts([each for _, _, each in judged])
    if judgement.verdict == whole.judgement.verdict:
        judgement = replace(judgement, newest=whole.judgement.newest)
    shown = {item.document.id for item in whole.evidence[:top_k]}
    more: list[Evidence] = []
    for quote, answer, _ in judged:
        best = next((e for e in answer.evidence if e.stance not in (None, "NOT_ENOUGH_INFO")), None)
        if best is not None and best.document.id not in shown:
            shown.add(best.document.id)
            more.append(_within(best, quote.start))
    kept = whole.evidence[: max(0, top_k - len(more))]
    return replace(
        whole,
        evidence=(*kept, *more)[:top_k],
        judgement=judgement,
        generation=min(answer.generation for answer in (whole, *(each for _, each in parts))),
        parts=tuple(
            Part(quote, each.verdict, each.probabilities[each.verdict])
            for quote, _, each in judged
            if each.verdict is not None
        ),
    )


def _within(evidence: Evidence, start: int) -> Evidence:
    """Evidence of a part that begins at `start`, with places in the whole claim."""
    return replace(
        evidence,
        differences=tuple(
            replace(
                one,
                claim=Quote(one.claim.start + start, one.claim.end + start, one.claim.quote),
            )
            for one in evidence.differences
        ),
    )
