"""Text -> its terms, analysed in the same way for queries, documents and the reference corpus."""

from __future__ import annotations

from functools import cache

import tantivy

# The name under which tantivy knows the analyser.
ANALYZER = "claimdesk_en"
# Bytes of UTF-8 from which on a word is no term.
MAX_TERM_BYTES = 64


@cache
def analyzer() -> tantivy.TextAnalyzer:
    """The analyser: words of letters and digits, in lower case, as English stems (Snowball)."""
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(MAX_TERM_BYTES))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


def terms(text: str) -> list[str]:
    """The terms of a text, in their order, each as often as it occurs."""
    return list(analyzer().analyze(text))
