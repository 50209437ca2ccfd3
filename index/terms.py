"""Text -> index terms: the one analysis that queries, documents and the reference share."""

from __future__ import annotations

from functools import cache

import tantivy

ANALYZER = "claimdesk_en"


@cache
def analyzer() -> tantivy.TextAnalyzer:
    """Unicode words, lower case, English stems (Snowball)."""
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(64))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


def terms(text: str) -> list[str]:
    """The terms of a text, in order, repeats included."""
    return list(analyzer().analyze(text))
