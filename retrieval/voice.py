"""(claim, sentences that decide) -> their voice: the text states, reports or rejects the claim.

By rule, for English. Whether a speaker is in a position to settle the matter (police on an arrest,
an organisation on its own acts) is left to the stance model: what he says is "reported" and counts.
A rumour is a mention, and never supports; so is what a plain party says of others (a lawyer, the
opposition), and what somebody is only accused of.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.documents import Document, Passage
from index.terms import terms
from retrieval.attributions import Attribution, accusation, attributions
from retrieval.claim_lines import mentioned
from retrieval.statement import may_be_verb
from retrieval.taken_back import is_satire, is_taken_back, is_withdrawn
from retrieval.types import Quote, Stance, Voice
from retrieval.values.words import STOP

# Sentences before "It says" in which the noun that "it" stands for is looked for.
LOOK_BACK = 2
# Words of a claim about what is said, or about whether it is true: a mention may support it.
_OF_SAYING = re.compile(
    r"\b(?:retract\w*|withdr[ae]w\w*|sources?|rumou?rs?|reports?|reported|word|posts?|messages?|letters?|claims?|claimed|said"
    r"|speaks? of|spoke of|fake|false|hoax|fraud|genuine|unfounded|untrue|forged|question)\b",
    re.IGNORECASE,
)
# Words of a sentence before a colon, after which the text of a post stands.
_POSTED = re.compile(r"\b(?:posts?|message|video|clip|meme|rumou?r|letter|leaflet|caption)\b", re.I)
# Words by which a text says that what it reports is true.
_VOUCHES = re.compile(
    r"(?<!un)(?<!not )(?<!n't )(?<!n’t )(?<!be )(?<!never )\b(?:confirmed|verified|authenticated"
    r"|is true|were true|proved true|is genuine|is correct)\b",
    re.IGNORECASE,
)
# Words by which a text rejects what it reports.
_REJECTS = re.compile(
    r"\b(?:false(?:ly|hood)?|fake[ds]?|forged?|forger(?:y|ies)|hoax\w*|fabricat\w+|baseless|unfounded"
    r"|debunk\w*|untrue|doctored|satir\w+|mislead\w*|misled|incorrect\w*|inaccurate\w*|bogus"
    r"|invented|made up|myth|wrong(?:ly)?|mistaken\w*|erroneous\w*|retract\w*|withdrawn|withdrew"
    r"|corrections?|corrected|clarification|pants on fire|edited|altered|digitally|impostor"
    r"|den(?:y|ies|ied)|dismiss(?:es|ed)|reject(?:s|ed)|refut(?:es|ed)|contradict\w*|disproved?"
    r"|out of context|not so|not true|no truth|not the case|nothing of the kind|no longer)\b"
    r"|\bno (?:\w+ )?(?:evidence|record|records|proof|basis|such|trace|sign)\b"
    r"|\b(?:never|not) (?:happened|said|been|took place|existed)\b",
    re.IGNORECASE,
)
# Speakers who are parties to what they speak of.
_PARTY = re.compile(
    r"\b(?:lawyers?|solicitors?|plaintiffs?|accusers?|activists?|campaigners?|lobbyists?|pundits?"
    r"|opposition|opponents?|supporters|fans)\b",
    re.IGNORECASE,
)
_NEGATES = re.compile(r"\b(?:not|never|no|none|nobody|nothing|neither|cannot)\b|n['’]t\b", re.I)
# A title that begins with its own rating.
_LABELLED = re.compile(
    r"\W*(?:retracted|false|fake|hoax|debunked|misleading|withdrawn|satire)\b\s*\W\s", re.IGNORECASE
)
# The title, or the address, of what its author thinks.
_KINDS = r"(?:opinions?|op-?ed|comment(?:ary)?|editorial|viewpoint|column|letters? to the editor)"
_OPINION = re.compile(
    rf"^[^\w\n]{{0,5}}{_KINDS}\s?[:|–—-]|[|–—-]\s?{_KINDS}\W{{0,5}}$", re.IGNORECASE
)
_OPINION_URL = re.compile(
    r"/(?:opinions?|commentisfree|op-?eds?|editorials?|columnists?|letters)/", re.IGNORECASE
)
_QUESTION = re.compile(r"\?[\"”'’)\s]*$")
_OPENS, _CLOSES = "“„«", "”»"


@dataclass(frozen=True, slots=True)
class Voiced:
    """The voice of evidence. mention: it must not support. by: the speaker,
    `document.text[start:end]`."""

    voice: Voice
    by: Quote | None = None
    mention: bool = False


def voice_of(
    claim: str, quotes: Sequence[Quote], passage: Passage, document: Document, stance: Stance
) -> Voiced:
    """The voice in which sentences say what the claim says.

    Args:
        quotes: the sentences that decide, or the sentence nearest the claim where none does.
        passage, document: those that the sentences are from.
    """
    title = document.title
    about_saying = reports(claim)
    named = [_is_named(claim, quote, document) for quote in quotes]
    found = [
        Attribution(None, (0, len(quote.quote)), rumour=True)
        if is_named
        else None
        if about_saying
        else attribution(claim, quote, passage)
        for quote, is_named in zip(quotes, named, strict=True)
    ]
    speakers = (
        (quote, one.speaker)
        for quote, one in zip(quotes, found, strict=True)
        if one and one.speaker
    )
    by = next((_slice(quote, *speaker) for quote, speaker in speakers), None)
    if stance == "REFUTES" and _is_rejected(quotes, passage, title, any(found)):
        return Voiced("rejected", by)
    of_saying = _OF_SAYING.search(claim) is not None
    if is_satire(claim, document):
        return Voiced("rejected", by, mention=True)
    if not of_saying:
        words, told = content_words(claim), [quote.quote for quote in quotes]
        if is_withdrawn(claim, words, told, document):
            return Voiced("rejected", by, mention=True)
        passed_on = [(quote, one) for quote, one in zip(quotes, found, strict=True) if one]
        if passed_on and is_taken_back(words, passed_on, document):
            return Voiced("reported", by, mention=True)
    if _is_opinion(document) and not about_saying:
        found = [one or Attribution(None, (0, 0), rumour=True) for one in found]
    if not found or not all(found):
        return Voiced("stated")
    vouched = (of_saying and not all(named)) or any(_VOUCHES.search(q.quote) for q in quotes)
    return Voiced("reported", by, all(one.rumour for one in found if one) and not vouched)


def _is_named(claim: str, quote: Quote, document: Document) -> bool:
    """Whether a document names a sentence as what somebody claims. Of a claim about what is said,
    such a line vouches for nothing only if it tells who says it, too."""
    said = mentioned(document.text, quote.start, quote.end)
    if said is None:
        return False
    about_saying = reports(claim) or _OF_SAYING.search(claim)
    return not about_saying or reports(said) or _OF_SAYING.search(said) is not None


def _slice(quote: Quote, start: int, end: int) -> Quote:
    """A part of a quote, from places in it, with its places in the document."""
    return Quote(quote.start + start, quote.start + end, quote.quote[start:end])


def voice_of_title(claim: str, document: Document, stance: Stance) -> Voiced:
    """The voice of a title. A title that asks, or that the document takes back, is a mention."""
    title = document.title
    if stance != "REFUTES" and (
        is_satire(claim, document)
        or (
            not _OF_SAYING.search(claim)
            and (
                _LABELLED.match(title)
                or is_withdrawn(claim, content_words(claim), [title], document)
            )
        )
    ):
        return Voiced("rejected", mention=True)
    if stance == "REFUTES" and _REJECTS.search(title):
        return Voiced("rejected")
    if _QUESTION.search(title) or _is_opinion(document):
        return Voiced("reported", mention=True)
    said = next(attributions(title), None)
    return Voiced("reported", mention=said.rumour) if said else Voiced("stated")


def _is_opinion(document: Document) -> bool:
    """Whether a document says that it is what its author thinks. He is a party to that."""
    address = _OPINION_URL.search(document.url or "")
    return address is not None or _OPINION.search(document.title) is not None


def reports(text: str) -> bool:
    """Whether a text attributes anything to somebody, or passes it on as hearsay."""
    return next(attributions(text), None) is not None


def attribution(claim: str, quote: Quote, passage: Passage) -> Attribution | None:
    """The attribution of what a sentence says about the claim; None where the text itself states
    it."""
    sentence = quote.quote
    whole = (0, len(sentence))
    if _QUESTION.search(sentence):
        return Attribution(None, whole, rumour=True)
    accused = accusation(sentence)
    if accused and _is_accused(claim, sentence, accused):
        return Attribution(None, accused, rumour=True)
    found = [one for one in attributions(sentence) if is_about(claim, sentence, one.said)]
    before = passage.text[: max(0, quote.start - passage.start)]
    if found:
        first = next((one for one in found if one.rumour), found[0])
        if first.rumour and first.speaker is None:  # "Lind denied reports that he was paid"
            around = (one for one in found if one.speaker and one.said[0] < first.said[0])
            first = replace(next(around, first), rumour=True)
        who = sentence[slice(*first.speaker)] if first.speaker else ""
        if who and (_stands_for_rumour(who, before) or _is_party(claim, who)):
            return replace(first, rumour=True)
        return first
    if _in_quotation(before):
        return Attribution(None, whole)
    if re.search(r":\s*$", before) and _POSTED.search(_last_sentence(before)):
        return Attribution(None, whole, rumour=True)
    return None


def _is_party(claim: str, speaker: str) -> bool:
    """Whether a speaker is a party, who vouches for nothing but what he does himself."""
    name = re.split(r"\b(?:for|of)\b", re.sub(r"\S+['’]s?\s", "", speaker))[0]
    own = content_words(name) & content_words(claim)
    return _PARTY.search(name) is not None and not own


def _stands_for_rumour(speaker: str, before: str) -> bool:
    """Whether a speaker is a pronoun, and the sentences before end with a rumour: "A post says that
    the dam broke. It says that ten died."."""
    if speaker.lower() not in ("it", "they", "this"):
        return False
    told = " ".join(re.split(r"(?<=[.!?])\s+", before.strip())[-LOOK_BACK:])
    last = list(attributions(told))
    return bool(last and last[-1].rumour)


def is_about(claim: str, sentence: str, said: tuple[int, int]) -> bool:
    """Whether more of the claim's words are in what is said than beside it."""
    words = content_words(claim)
    inside = words & content_words(sentence[slice(*said)])
    beside = words & content_words(f"{sentence[: said[0]]} {sentence[said[1] :]}")
    return len(inside - beside) > len(beside - inside) or (bool(inside) and beside <= inside)


def _is_accused(claim: str, sentence: str, said: tuple[int, int]) -> bool:
    """Whether a claim tells as done what somebody in a sentence is accused of: of its words that
    may be verbs and are in the sentence, all are in the accusation."""
    if accusation(claim):
        return False
    verbs = content_words(" ".join(w for w in re.findall(r"[\w’'-]+", claim) if may_be_verb(w)))
    inside = verbs & content_words(sentence[slice(*said)])
    beside = verbs & content_words(f"{sentence[: said[0]]} {sentence[said[1] :]}")
    return bool(inside) and beside <= inside


def content_words(text: str) -> set[str]:
    """The stems of a text that say what it is about."""
    return {term for term in terms(text) if term not in STOP}


def _in_quotation(before: str) -> bool:
    opened = sum(before.count(mark) for mark in _OPENS)
    closed = sum(before.count(mark) for mark in _CLOSES)
    return opened > closed or before.count('"') % 2 == 1


def _last_sentence(text: str) -> str:
    return re.split(r"(?<=[.!?])\s+", text.strip())[-1]


def _is_rejected(quotes: Sequence[Quote], passage: Passage, title: str, reported: bool) -> bool:
    """Whether the text rejects what the sentences say, or what it reports beside them."""
    said = " ".join(quote.quote for quote in quotes)
    if _REJECTS.search(said):
        return True
    around = f"{title}. {passage.text}"
    if reported:
        return _REJECTS.search(around.replace(said, "")) is not None
    return _NEGATES.search(said) is not None and reports(around.replace(said, ""))
