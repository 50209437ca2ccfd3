"""Text -> the language it is written in."""

from __future__ import annotations

from functools import cache
from typing import Any

from index.documents import primary_language

# The language is judged by this many characters at the start of the text.
JUDGED_CHARS = 2_000
# Below this probability no language is named.
MIN_PROBABILITY = 0.8


def detect_language(text: str) -> str | None:
    """The primary subtag (BCP 47) of the text's language, or None where that is not clear."""
    language, probability = _identifier().classify(text[:JUDGED_CHARS])
    return primary_language(str(language)) if probability >= MIN_PROBABILITY else None


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
