"""Text -> its words as a quotation is compared by, its direct quotations, the parts of a quote."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.documents import Span
from index.split import BLANK_LINES

# Soft hyphens, zero-width spaces and joiners, marks of direction: a reader does not see them.
_INVISIBLE = "\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
# Scripts without spaces: each letter is a word.
_UNSPACED = (
    "\u0e01-\u0e4e\u0e81-\u0ecd\u1000-\u109f\u1780-\u17d3\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
)
_LETTERS = rf"(?:(?![{_UNSPACED}])[\w{_INVISIBLE}])"
_WORD = re.compile(
    rf"[{_UNSPACED}]"
    # A number with its decimals or thousands, and a minus that is no dash between two numbers.
    rf"|(?:(?<![\w)])[-−–](?=\d))?\d+(?:[.,:]\d+)*"
    rf"|{_LETTERS}+(?:['’ʼ‘`´]{_LETTERS}+)*"
    r"|[%‰°€$£¥₹₺§&+=]"
)
_HIDDEN = re.compile(f"[{_INVISIBLE}]+")
_APOSTROPHES = str.maketrans(dict.fromkeys("’ʼ‘`´", "'"))
_MINUS = str.maketrans(dict.fromkeys("−–", "-"))
# 2,400 and 1.200.000; one dot may be that of decimals.
_THOUSANDS = re.compile(r"[-−–]?\d{1,3}(?:(?:,\d{3})+|(?:\.\d{3}){2,})")
# What stands for words that are left out, and notes that stand for none.
_ELLIPSIS = re.compile(r"[\[(]\s*(?:…|\.\s?\.\s?\.|-{2,3}|–|—)\s*[\])]|…|\.\s?\.\s?\.(?:\s?\.)?")
_BRACKETED = re.compile(rf"\[[^\[\]]+\]|{_ELLIPSIS.pattern}")
_SIC = re.compile(r"[\[(]\s*sic!?\s*[\])]", re.IGNORECASE)
# A letter that was made large or small, as in [W]e.
_LETTER = re.compile(r"\[(\w)\](?=\w)")
# An opening mark -> the marks that may close it.
_PAIRS = {"“": "”", "„": "“”", "«": "»", "»": "«", "‹": "›", "‟": "”", "「": "」", "『": "』"}
_OPENING = re.compile(r"[“„‚«»‹‟「『\"‘']")
# An opening mark -> what opens one within it, or closes.
_NESTED = {mark: re.compile(f"[{mark}{closes}]") for mark, closes in _PAIRS.items()}
# Code points over which a direct quotation may reach.
MAX_QUOTATION_CHARS = 5_000
# Quotations with the same marks that are open at one place, at most. A text of opening marks alone
# would take time quadratic in MAX_QUOTATION_CHARS.
MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text: in the form in which they are compared, and their places in it."""

    keys: tuple[str, ...]
    spans: tuple[Span, ...]

    def span(self, first: int, last: int) -> Span:
        """From the start of word `first` to the end of the one before `last`."""
        return Span(self.spans[first].start, self.spans[last - 1].end)


def words_of(text: str, start: int = 0, end: int | None = None) -> Words:
    """The words of a text, or of its part from `start` to `end`.

    Marks, spaces, hyphens and letter case do not count. "%", signs of currencies and the like are
    words; a minus belongs to its number.
    """
    keys, spans = [], []
    for found in _WORD.finditer(text, start, len(text) if end is None else end):
        if key := _key(found[0]):
            keys.append(key)
            spans.append(Span(found.start(), found.end()))
    return Words(tuple(keys), tuple(spans))


@lru_cache(65_536)
def _key(word: str) -> str:
    if _THOUSANDS.fullmatch(word):
        word = word.replace(",", "").replace(".", "")
    if word.isascii():
        return word.replace("_", "").replace("`", "'").lower()
    key = unicodedata.normalize("NFKC", _HIDDEN.sub("", word)).replace("_", "").casefold()
    key = key.translate(_APOSTROPHES)
    return key.translate(_MINUS) if key[-1:].isdigit() else key


@dataclass(frozen=True, slots=True)
class Fragments:
    """A quote as it was cut at its ellipses: the text, and where each part of it lies."""

    text: str
    parts: tuple[Words, ...]

    def joined(self) -> Fragments:
        """The same words as one part."""
        keys = tuple(key for part in self.parts for key in part.keys)
        spans = tuple(span for part in self.parts for span in part.spans)
        return Fragments(self.text, (Words(keys, spans),))


def fragments(quote: str, *, brackets: bool = False) -> Fragments:
    """The parts of a quote that stand between ellipses, each with at least one word.

    Args:
        brackets: words in [square brackets] stand between parts, too, and belong to none.
    """
    text = _LETTER.sub(r"\1", _SIC.sub(" ", quote))
    parts, start = [], 0
    for gap in [*(_BRACKETED if brackets else _ELLIPSIS).finditer(text), None]:
        if (words := words_of(text, start, gap.start() if gap else len(text))).keys:
            parts.append(words)
        start = gap.end() if gap else start
    return Fragments(text, tuple(parts))


def quotations(text: str) -> Iterator[Span]:
    """The direct quotations of a text, without their marks, outermost first and in order.

    One that goes on over paragraphs, each of which opens it anew, is one quotation a paragraph.
    A mark without its other one quotes nothing.
    """
    at = 0
    while (opened := _next_opening(text, at)) is not None:
        end = _closing(text, opened)
        if end is None:
            at = opened + 1
            continue
        inner = text[opened + 1 : end]
        lead = len(inner) - len(inner.lstrip())
        yield Span(opened + 1 + lead, opened + 1 + len(inner.rstrip()))
        at = end + 1


def _next_opening(text: str, at: int) -> int | None:
    for found in _OPENING.finditer(text, at):
        place = found.start()
        before, after = text[place - 1 : place], text[place + 1 : place + 2]
        if found[0] in "\"'‘" and (before.isalnum() or not after or after.isspace()):
            continue
        if found[0] in "'‘‚" and not (not before or before.isspace() or before in "([—–"):
            continue
        if found[0] == "»" and (before.isalnum() or not (after.isalnum() or after in "„‚(¿¡")):
            continue
        return place
    return None


def _closing(text: str, opened: int) -> int | None:
    """Where the quotation that is opened there closes, in the same paragraph."""
    mark = text[opened]
    blank = BLANK_LINES.search(text, opened, opened + MAX_QUOTATION_CHARS)
    limit = blank.start() if blank else opened + MAX_QUOTATION_CHARS
    if mark in "'‘‚":
        # An apostrophe inside a word, or of a plural, closes nothing.
        closes = "‘’" if mark == "‚" else "'’"
        closing = re.compile(rf"(?<=[\w.,!?…])[{closes}](?!\w)")
        found = closing.search(text, opened + 1, limit)
        return found.start() if found and text[opened + 1 : found.start()].count(" ") else None
    if mark == '"':
        found = re.compile('["”]').search(text, opened + 1, limit)
        return found.start() if found else None
    closes = _PAIRS[mark]
    # Most marks that stay open have none that could close them: then nothing is counted.
    if any(text.find(close, opened + 1, limit) >= 0 for close in closes):
        depth = 1
        for found in _NESTED[mark].finditer(text, opened + 1, limit):
            depth += -1 if found[0] in closes else 1
            if not depth:
                return found.start()
            if depth > MAX_DEPTH:
                break
    if mark == "“" and (straight := text.find('"', opened + 1, limit)) > 0:
        return straight
    return blank.start() if blank and mark in "“«„" else None


def is_negation(key: str) -> bool:
    """Whether a word, in the form in which it is compared, denies."""
    return key in _NEGATIONS or key.endswith("n't")


# English; German, French, Spanish, Italian, Portuguese, Dutch, Czech, Turkish and Swedish.
_NEGATIONS = frozenset(
    re.findall(
        r"\w+",
        """no not never none nobody nothing neither nor without cannot hardly unless except
        nicht kein keine keinen keiner keinem nie niemals nichts niemand weder ohne
        pas jamais rien aucun aucune sans nunca nada nadie ninguno ninguna ningún sin
        non mai niente nessuno nessuna senza não nem niet geen nooit niets není nikdy nikdo žádný
        değil hiç asla inte aldrig ingen""",
    )
)


def longest(parts: Sequence[Words]) -> int:
    """The index of the part with most words."""
    return max(range(len(parts)), key=lambda at: len(parts[at].keys))
