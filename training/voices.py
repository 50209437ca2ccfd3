"""A labelled pair -> whose word its evidence is, where the pair tells."""

from __future__ import annotations

from evaluation.pairs import Pair
from retrieval.types import VOICES, Voice

# The target where a pair tells no voice: the number that PyTorch's losses leave out.
UNTOLD = -100
# Data sets in which evidence that decides is the text's own word, or that of somebody in a position
# to settle it.
_STATING = frozenset({"written", "reported", "kinds", "fever_train", "factcheck_ruling"})


def spoken(pair: Pair) -> int:
    """Index in `VOICES` of how the evidence speaks of the claim, or `UNTOLD`.

    Evidence that only repeats the claim reports it. Evidence without the deciding sentence does not
    speak of it at all.
    """
    voice = _voice(pair)
    return VOICES.index(voice) if voice else UNTOLD


def _voice(pair: Pair) -> Voice | None:
    voice, how = pair.groups.get("voice", ""), pair.groups.get("how", "")
    if pair.label == "NOT_ENOUGH_INFO":
        mentioned = voice in ("party", "rumour") and how in ("whole", "alone", "near")
        return "reported" if mentioned or pair.dataset == "factcheck_statement" else None
    if pair.dataset not in _STATING:
        return None
    doubted = voice == "doubt" or pair.dataset == "factcheck_ruling"
    return "rejected" if doubted and pair.label == "REFUTES" else "stated"
