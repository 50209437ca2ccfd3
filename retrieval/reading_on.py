"""Document and its best passage -> the other passages of it that are read before it is judged.

The passage that is most like a claim is often the one that repeats it: a fact-check quotes what it
refutes, a correction stands at the end, a denial in the next paragraph. An editor reads on there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.documents import Document, Passage
from index.split import split

# Most passages that are read of a document beside its best one.
FURTHER_PASSAGES = 4
# Most of those that are read for a cue in them.
CUE_PASSAGES = 2
# Length in characters above which a document is not split again: reading on is for articles.
LONGEST_ARTICLE = 60_000

# Cues: words that correct, rate, reject or deny what a text tells. The strongest kind comes first.
_CUES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\bcorrections?\b|\bcorrected\b|\bclarification\b|\beditor['’]?s['’]? note\b|\bretract\w*"
        r"|\ban earlier version\b|\b(?:has|have|had|was|were|been) withdrawn\b|\bwithdrew\b",
        r"\bour (?:ruling|rating|verdict|conclusion)\b|\bwe (?:rate|rated|find|found|conclude)\b"
        r"|\b(?:rating|verdict|ruling|conclusion|fact[- ]check)\s*:|\bpants on fire\b"
        r"|\b(?:mostly|half) (?:true|false)\b|\bwhat we found\b|\bin reality\b",
        r"\b(?:false|fake[ds]?|forge[dr]\w*|hoax\w*|fabricat\w+|baseless|unfounded|debunk\w*|untrue"
        r"|doctored|satir\w+|mislead\w*|incorrect|inaccurate|bogus|invented)\b"
        r"|\bno (?:evidence|record|proof|truth|basis|such)\b|\bnot true\b|\bno longer\b"
        r"|\b(?:did|does|do|has|have|was|is|were|are) (?:not|n['’]t)\b|\bnever\b",
        r"\b(?:den(?:y|ies|ied)|reject(?:s|ed)?|dismiss(?:es|ed)|disput(?:es|ed)|contradict\w*"
        r"|ruled out|refut\w+)\b",
    )
)


def further_passages(document: Document, best: Passage, *, decides: bool) -> list[Passage]:
    """Passages of the document to read beside its best one, what says most first.

    Those are the passages with the strongest cues that something is taken back or rated. Where the
    best passage says too little, its neighbours, the last and the first passage may say the rest.

    Args:
        decides: whether the best passage decides: only what takes that back can change it.
    """
    if len(document.text) > LONGEST_ARTICLE:
        return []
    passages = [p for p in split(document) if p.ordinal != best.ordinal]
    by_ordinal = {passage.ordinal: passage for passage in passages}
    chosen = _with_cues(passages)[:CUE_PASSAGES]
    if decides:
        return chosen
    last = max(by_ordinal, default=-1)
    for ordinal in (best.ordinal + 1, best.ordinal - 1, last, 0):
        passage = by_ordinal.get(ordinal)
        if passage is not None and passage not in chosen:
            chosen.append(passage)
    return chosen[:FURTHER_PASSAGES]


def takes_back(text: str) -> bool:
    """Whether a passage corrects, retracts or rates what its document tells."""
    return _strength(text) <= 1


def _with_cues(passages: Sequence[Passage]) -> list[Passage]:
    """Passages that hold a cue, the strongest first, later ones before earlier ones."""
    strengths = {passage.ordinal: _strength(passage.text) for passage in passages}
    found = [passage for passage in passages if strengths[passage.ordinal] < len(_CUES)]
    return sorted(found, key=lambda p: (strengths[p.ordinal], -p.ordinal))


def _strength(text: str) -> int:
    """The index of the strongest cue in a text; len(_CUES) where it has none."""
    return next((at for at, cue in enumerate(_CUES) if cue.search(text)), len(_CUES))
