"""(claim, document) -> the ruling of one line on the claim: "FALSE: The tunnel leaks", "Myth: ...".

A title or a line may begin with its own rating, and a sentence with the rating of the one before
it, as in a list of rumours. By rule, for English, where the line tells the claim in its own words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from index.documents import Document, Passage, Vectors
from retrieval.claim_lines import rated_line
from retrieval.rating import NUMBER, PLAIN, Rating, begins_with_rating
from retrieval.repeats import content, says
from retrieval.types import STANCES, Quote

# Fewest words of a claim that a text can repeat.
FEWEST_WORDS = 3
# Most words of a sentence that tells a claim and nothing more to be rated, in times the claim's.
LONGER = 2
_LINE = re.compile(r"\S[^\n]*(?<=\S)")
# A line of a document, and the passage that holds it.
Line = tuple[Passage, Quote]


@dataclass(frozen=True, slots=True)
class Ruling:
    """A document's rating of a claim, the sentence that gives it, and the passage of the sentence.

    section: where the document tells the claim in other words, the sentences that tell it, those
    before the rating, and the rating: the stance model has to read whether they rate the claim.
    None where the document repeats the claim almost word for word, and no model has to be asked.
    is_plain: whether the sentence is surely a rating; one that is not counts only if it names the
    claim, or beside a rating that differs. by_title: the title gives the rating; the sentence is
    the first of the text then.
    """

    rating: Rating
    passage: Passage
    sentence: Quote
    section: str | None = None
    is_plain: bool = True
    by_title: bool = False

    @property
    def turned(self) -> Ruling:
        """The ruling on the opposite of the statement that is rated."""
        return replace(self, rating=self.rating.turned)

    @property
    def stance(self) -> Vectors:
        """The probabilities that the rating gives, shape (3,)."""
        others = (1 - self.rating.probability) / (len(STANCES) - 1)
        stance = np.full(len(STANCES), others, np.float32)
        stance[STANCES.index(self.rating.stance)] = self.rating.probability
        return stance


def lines_of(document: Document, passages: Sequence[Passage]) -> list[Line]:
    """The sentences of a document, each line of one by itself: "Claim: ..." ends at its line though
    it has no full stop. A sentence that two passages share belongs to the later one."""
    text = document.text
    holding = {span: passage for passage in passages for span in passage.sentences}
    return [
        (holding[span], Quote(line.start(), line.end(), line[0]))
        for span in sorted(holding, key=lambda span: span.start)
        for line in _LINE.finditer(text, span.start, span.end)
    ]


def by_label(claim: str, document: Document, lines: Sequence[Line]) -> Ruling | None:
    """The ruling of a title or a line that begins with its rating and tells the claim: "FALSE: The
    tunnel leaks"; None where there is none."""
    if _tells(claim, rated_line(document.title)):
        passage = lines[0][0]
        first = passage.sentences[0]
        sentence = Quote(first.start, first.end, document.text[first.start : first.end])
        return Ruling(Rating("REFUTES", PLAIN), passage, sentence, by_title=True)
    for passage, line in lines:
        if _tells(claim, rated_line(line.quote)):
            return Ruling(Rating("REFUTES", PLAIN), passage, line)
    return None


def _tells(claim: str, said: str | None) -> bool:
    """Whether a text, if there is one, says the claim."""
    if said is None or not set(NUMBER.findall(claim)) <= set(NUMBER.findall(said)):
        return False
    words = content(claim)
    return len(words) >= FEWEST_WORDS and says(words, content(said), frozenset(words))


def right_after(claim: str, document: Document, lines: Sequence[Line]) -> Ruling | None:
    """The ruling of a sentence that begins with a rating of the one before it, which tells the
    claim and begins its line: "The tunnel leaks. Not true: it is dry."; None where there is none.

    What a line tells later may be what the text has found out.
    """
    for (_, told), (passage, line) in pairwise(lines):
        found = begins_with_rating(line.quote)
        if (
            found is not None
            and _begins_line(document.text, told.start)
            and not _begins_line(document.text, line.start)
            and len(content(told.quote)) <= LONGER * len(content(claim))
            and _tells(claim, told.quote)
        ):
            return Ruling(found, passage, line)
    return None


def _begins_line(text: str, at: int) -> bool:
    return not text[text.rfind("\n", 0, at) + 1 : at].strip()
