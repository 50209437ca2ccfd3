"""An article -> its statements that are worth a check, with what each needs to be understood.

English. Questions, orders and opinions are left out by rule, the rest by `checkworthy`.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from index.documents import Span
from index.split import BLANK_LINES, sentences
from retrieval.checkworthy import CheckWorthiness
from retrieval.language import unjudged_language
from retrieval.statement import states_something
from retrieval.types import Quote

LeftOut = Literal["not_a_statement", "opinion", "not_check_worthy"]
# Sentences before one that begins with a pronoun that are searched for its noun.
LOOK_BACK = 3
# Share of the length of a paragraph's longest line below which a line is not wrapped.
SHORT_LINE = 0.6
_FRONT_MATTER = re.compile(r"\A---[^\S\n]*\n.*?\n---[^\S\n]*(?:\n|\Z)", re.DOTALL)
# Code, tables of data: not what an article states.
_FENCED = re.compile(
    r"^ {0,3}(`{3,}+|~{3,}+)[^\n]*+\n.*?(?:^ {0,3}\1[^\S\n]*$|\Z)", re.MULTILINE | re.DOTALL
)
# Marks of Markdown inside a sentence: emphasis around words, code, links to elsewhere.
_MARKS = re.compile(r"\*\*(?=\S)|(?<=\S)\*\*|(?<!\w)[*_`]++(?=\w)|(?<=[\w.,;:!?%])[*_`]+(?!\w)")
_LINK = re.compile(r"!?\[([^\][\n]{1,500})\]\([^()\s]{1,2000}(?:\s+\"[^\"\n]{0,200}\")?\)")
# What stands before the text of a heading, an item of a list or a quoted line.
_MARKER = re.compile(r"(?:#{1,6}|>+|[-*+•–]|\d{1,3}[.)])\s+")
# The pronoun that a sentence begins with, whose noun stands in a sentence before.
_BACK = re.compile(
    r"[\"“”'‘(]*(?:(?:but|and|yet|so|then|still)\s+|(?:however|meanwhile|instead),\s+)?"
    r"(?P<word>he|she|it|they|his|her|its|their|both|the latter|the former|these|those"
    r"|(?:this|that)(?!\s+(?:week|month|year|morning|afternoon|evening|night|spring|summer|autumn"
    r"|fall|winter|time|season)\b))\b",
    re.IGNORECASE,
)
# Words by which an author tells his opinion: of his own feelings, and of a view.
_FEELS = re.compile(
    r"\b(?:I|we)(?:['’]m|['’]re|['’]d| am| are| do| would| do not| don['’]t|) ?"
    r"(?:really |also |just )?"
    r"(?:think|believe|feel|hope|wish|love|hate|like|guess|suppose|doubt|prefer|admire|regret"
    r"|want|proud|glad|happy|sorry|afraid|grateful|convinced|sure|disappointed)\b",
    re.IGNORECASE,
)
_VIEW = re.compile(
    r"\b(?:in (?:my|our) (?:humble )?(?:opinion|view)|to my mind|personally|frankly"
    r"|it(?: is|['’]s) (?:high |about )?time (?:to|that|for)|if you ask me)\b",
    re.IGNORECASE,
)
# Words of what should be, and of what is good or bad.
_OUGHT = re.compile(
    r"\b(?:should|ought to|must not|deserves?|needs? to)\b(?! have been\b)", re.IGNORECASE
)
_VALUES = re.compile(
    r"\b(?:is|are|was|were|looks?|seems?|remains?)(?:n['’]t| not| never)? "
    r"(?:\w+ly |a |an |the |so |very |quite |too |just |such |most |more |complete |total |real "
    r"|true |pure )*"
    r"(?:beautiful|wonderful|great|terrible|awful|disgrace(?:ful)?|shame(?:ful)?|ugly|lovely"
    r"|fantastic|amazing|outrage(?:ous)?|ridiculous|absurd|pathetic|brilliant|excellent|horrible"
    r"|good|bad|better|worse|boring|delightful|disgusting|stupid|foolish|wise|unfair|unacceptable"
    r"|inspiring|magnificent|charming|tragic|scandal(?:ous)?|joke|triumph|catastrophe|mistake)\b"
    r"(?!-)",
    re.IGNORECASE,
)
# Words by which a sentence reports an opinion: that somebody holds it is a fact.
_REPORTED = re.compile(
    r"\b(?:said|says|told|wrote|argue[sd]?|according to|claim(?:s|ed)|called|warn(?:s|ed)"
    r"|announced|tweeted|testified|insist(?:s|ed)|added|found|ruled|voted)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence to verify: `text[start:end]` of the article is `sentence`.

    check_worthiness: 0 to 1. refers_back: it begins with a pronoun. context: the text before it
    that tells what the pronoun stands for; None where there is none.
    """

    sentence: str
    start: int
    end: int
    check_worthiness: float
    refers_back: bool = False
    context: Quote | None = None

    @property
    def claim(self) -> str:
        """What is verified: the sentence, after its context, without marks of Markdown."""
        whole = f"{self.context.quote} {self.sentence}" if self.context else self.sentence
        return " ".join(_MARKS.sub("", _LINK.sub(r"\1", whole)).split())


@dataclass(frozen=True, slots=True)
class Statements:
    """What an article states, in its order.

    sentences: how many it has. left_out: how many of these are not checked, by the reason.
    language_not_judged: the article's language where that is not one that is judged; then there
    are no statements.
    """

    statements: tuple[Statement, ...]
    sentences: int
    left_out: Mapping[LeftOut, int]
    language_not_judged: str | None = None


def find_statements(
    text: str, model: CheckWorthiness, languages: Collection[str] = ()
) -> Statements:
    """The statements of a text that are worth a check.

    Args:
        languages: primary subtags of those that are judged; none given = all.
    """
    spans = list(article_sentences(text))
    language = unjudged_language(text, languages)
    if language is not None:
        return Statements((), len(spans), {}, language)
    found, left_out = [], Counter[LeftOut]()
    for at, span in enumerate(spans):
        sentence = text[span.start : span.end]
        score = model.score(sentence)
        if (reason := _left_out(sentence, score, model.threshold)) is not None:
            left_out[reason] += 1
            continue
        back = refers_back(sentence)
        context = _context(text, spans, at) if back else None
        found.append(Statement(sentence, span.start, span.end, round(score, 4), back, context))
    return Statements(tuple(found), len(spans), dict(left_out))


def article_sentences(text: str) -> Iterator[Span]:
    """The sentences of a text, without what marks headings and lists; not its front matter."""
    matter = _FRONT_MATTER.match(text)
    # As long as before: offsets stay those of the text.
    text = _FENCED.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    for paragraph in _paragraphs(text, matter.end() if matter else 0):
        for span in sentences(text[paragraph.start : paragraph.end]):
            start, end = paragraph.start + span.start, paragraph.start + span.end
            if marker := _MARKER.match(text, start, end):
                start = marker.end()
            if any(char.isalnum() for char in text[start:end]):
                yield Span(start, end)


def refers_back(sentence: str) -> bool:
    """Whether a sentence begins with a pronoun, whose noun stands in a sentence before."""
    return _BACK.match(sentence) is not None


def is_opinion(sentence: str) -> bool:
    """Whether a sentence says what somebody likes or wants, and no more. Figures are facts."""
    if _FEELS.search(sentence) or _VIEW.search(sentence):
        return not _REPORTED.search(sentence)
    if any(char.isdigit() for char in sentence) or _REPORTED.search(sentence):
        return False
    return bool(_OUGHT.search(sentence) or _VALUES.search(sentence))


def _left_out(sentence: str, score: float, threshold: float) -> LeftOut | None:
    if not states_something(sentence):
        return "not_a_statement"
    if is_opinion(sentence):
        return "opinion"
    return "not_check_worthy" if score < threshold else None


def _context(text: str, spans: list[Span], at: int) -> Quote | None:
    """The nearest sentence before that does not refer back itself, or else the one before.

    With all that follows it, where something else came between: "she" of "She beat Jonas Eck. He
    had led" is of an earlier sentence, "he" of this one.
    """
    before = spans[max(0, at - LOOK_BACK) : at]
    if not before:
        return None
    sentences = [text[span.start : span.end] for span in before]
    named = [row for row, sentence in enumerate(sentences) if not refers_back(sentence)]
    first = last = named[-1] if named else len(before) - 1
    pronoun = _pronoun(text[spans[at].start : spans[at].end])
    if any(_pronoun(sentence) != pronoun for sentence in sentences[first + 1 :]):
        last = len(before) - 1
    start, end = before[first].start, before[last].end
    return Quote(start, end, text[start:end])


def _pronoun(sentence: str) -> str:
    """The pronoun that a sentence begins with, in one form for "she" and "her"; or nothing."""
    found = _BACK.match(sentence)
    word = found["word"].lower() if found else ""
    return {"his": "he", "her": "she", "its": "it", "their": "they"}.get(word, word)


def _paragraphs(text: str, start: int) -> Iterator[Span]:
    """What lies between blank lines, headings, items of lists and lines that end early."""
    for blank in [*BLANK_LINES.finditer(text, start), None]:
        end = blank.start() if blank else len(text)
        yield from _lines_joined(text, Span(start, end))
        start = blank.end() if blank else end


def _lines_joined(text: str, block: Span) -> Iterator[Span]:
    """The parts of a block: lines that were wrapped are one."""
    lines = [
        Span(block.start + found.start(), block.start + found.end())
        for found in re.finditer(r"[^\n]+", text[block.start : block.end])
    ]
    longest = max((line.end - line.start for line in lines), default=0)
    start = block.start
    for line, following in itertools.pairwise(lines):
        after = text[following.start : following.end].lstrip()
        ends = line.end - line.start < SHORT_LINE * longest and not after[:1].islower()
        if ends or _MARKER.match(after) or text.startswith("#", line.start):
            yield Span(start, line.end)
            start = following.start
    if lines:
        yield Span(start, block.end)
