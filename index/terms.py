"""Text -> its terms, analysed in the same way for queries, documents and the reference corpus."""

from __future__ import annotations

import itertools
import re
import unicodedata
from functools import cache

import tantivy

# The name under which tantivy knows the analyser.
ANALYZER = "claimdesk_en"
# Bytes of UTF-8 from which on a word is no term.
MAX_TERM_BYTES = 64
# Characters that a reader does not see: soft hyphens, zero-width spaces and joiners, marks of
# direction and of variants.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]+"
)
_OTHER_WIDTH = re.compile("[\uff01-\uffee]+")
# Runs of one script that sets no space between words. Han and the two kana are runs of their own:
# where a Japanese text goes from one to the other, there is most often a new word or an ending.
_UNSPACED = re.compile(
    "[\u3041-\u3096\u3099\u309a\u309d-\u309f]+"  # Hiragana
    "|[\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff]+"  # Katakana
    "|[\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]+"  # Han
    "|[\u0e01-\u0e3a\u0e40-\u0e4e]+|[\u0e81-\u0ebd\u0ec0-\u0ecd]+"  # Thai, Lao
    "|[\u1000-\u103f\u1050-\u109f]+|[\u1780-\u17d3]+"  # Burmese, Khmer
)


@cache
def analyzer() -> tantivy.TextAnalyzer:
    """The analyser of `searchable` text: words in lower case, as English stems (Snowball)."""
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(MAX_TERM_BYTES))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


def terms(text: str) -> list[str]:
    """The terms of a text, in their order, each as often as it occurs."""
    return list(analyzer().analyze(searchable(text)))


def searchable(text: str) -> str:
    """The text as the analyser takes it.

    Invisible characters are left out, full-width and half-width ones have their usual width, and
    where a script sets no spaces each two neighbouring letters of it are a word.
    """
    if text.isascii():
        return text
    seen = _OTHER_WIDTH.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    return _UNSPACED.sub(_pairs, _INVISIBLE.sub("", seen))


def _pairs(run: re.Match[str]) -> str:
    # Marks above and below letters end words in the analyser.
    letters = [char for char in run[0] if unicodedata.category(char) != "Mn"]
    pairs = [first + second for first, second in itertools.pairwise(letters)]
    if not pairs and "\u3041" <= run[0] <= "\u309f":
        return " "  # one Hiragana letter is a particle, by which nothing is found
    return f" {' '.join(pairs or letters)} "
