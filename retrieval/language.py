"""Claim or passage -> the language for which it is not judged, if it is in one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from index.language import detect_language

# Share of Latin letters below which a text is in another script.
LATIN_SHARE = 0.5
# Words that tell English from its neighbours: a detector alone is unsure of short texts.
_ENGLISH = re.compile(
    r"\b(?:the|of|and|was|were|is|are|has|have|had|with|from|that|this|than|which|who|by|for|not"
    r"|will|would|been|their|its|his|her|more|most|after|before|there)\b",
    re.IGNORECASE,
)
# Letters that English words hardly ever hold.
_NOT_ENGLISH = re.compile(r"[ąćęłńśźżğışőűčďěňřšťůžßåøæœãõñğьъ]", re.IGNORECASE)
# Fewest words of a text in Latin letters for which the detector is believed without such a letter.
BELIEVED_WORDS = 4


def unjudged_language(text: str, judged: Collection[str], stated: str | None = None) -> str | None:
    """The language of a text, where it is none of those that are judged; else None.

    What is in doubt is judged. "und" stands for a language that cannot be told.

    Args:
        judged: primary subtags (BCP 47); none given = all are judged.
        stated: the language that its document is known to be in.
    """
    if not judged or stated in judged:
        return None
    if stated is not None:
        return stated
    letters = [char for char in text if char.isalpha()]
    if not letters:
        return None
    latin = sum("LATIN" in unicodedata.name(char, "") for char in letters)
    detected = detect_language(text)
    if latin < LATIN_SHARE * len(letters):
        return detected if detected and detected not in judged else "und"
    if detected is None or detected in judged:
        return None
    looks_english = _ENGLISH.search(text) or len(text.split()) < BELIEVED_WORDS
    if "en" in judged and looks_english and not _NOT_ENGLISH.search(text):
        return None
    return detected
