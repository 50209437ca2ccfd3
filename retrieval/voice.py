"""(claim, sentences that decide) -> whose word they are: the text's own, another's, or rejected.

By rule, for English. Who settles a matter (police on an arrest, an organisation on its own acts) is
left to the stance model, which learnt it: his word is "reported" and counts. A rumour is not
anybody's word for the claim: it is a mention, and never supports.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.documents import Document, Passage
from index.terms import terms
from retrieval.statement import may_be_verb
from retrieval.types import Quote, Stance, Voice
from retrieval.values.words import STOP

# Most words of a name that something is attributed to.
SPEAKER_WORDS = 12
# Most words after "said" that are its speaker and no statement: '..., said the mayor of Oria'.
TRAILING_WORDS = 9
# Characters of a document in which it is looked for that it takes something back.
READ_CHARS = 60_000
# Characters at the end of a text in which its last word is matched; "repeatedly" and a space.
LAST_WORD_CHARS = 12
# Sentences before one that begins with "It says", in which "it" is looked for.
LOOK_BACK = 2

_VERB = re.compile(
    r"\b(?:said|says?|told|wrote|writes?|claim(?:s|ed)?|alleg(?:es?|ed)|assert(?:s|ed)?|stated|states"
    r"|announce[sd]?|report(?:s|ed)?|added|adds|insist(?:s|ed)?|argue[sd]?|maintain(?:s|ed)?"
    r"|contend(?:s|ed)?|believe[sd]?|thinks?|thought|estimate[sd]?|suggest(?:s|ed)?|warn(?:s|ed)?"
    r"|admit(?:s|ted)?|acknowledge[sd]?|testified|tweeted|posted|recalled|predict(?:s|ed)?"
    r"|confirm(?:s|ed)?|den(?:y|ies|ied)|reject(?:s|ed)?|dismiss(?:es|ed)?|disput(?:es?|ed)"
    r"|declare[sd]?|purport(?:s|ed)?|stressed|explain(?:s|ed)?|noted|notes|hinted|boast(?:s|ed)?"
    r"|promis(?:es|ed)|accus(?:es|ed))\b",
    re.IGNORECASE,
)
# Before a verb: it is none of a speaker ("was said", "did not say"), or it follows his name.
_NO_SPEAKER = re.compile(
    r"(?:\b(?:not|never|to|is|was|are|were|be|been|being|widely|so|can|cannot|could|may"
    r"|might|must|should|will|would|do|does|did|a|an|the|of|in|for|on|no)|n['’]t)$",
    re.IGNORECASE,
)
_ADVERB = re.compile(
    r"(?:\s|^)(?:has|have|had|also|later|then|earlier|repeatedly|publicly|falsely|wrongly|itself"
    r"|himself|herself|themselves|now|once|previously|recently|further|only)$",
    re.IGNORECASE,
)
# Verbs that look like nouns: "claims about", "the reports of", "United States".
_NOUNS = frozenset(
    re.findall(
        r"\S+", "claim claims report reports states notes estimate estimates dispute disputes"
    )
)
_NO_NAMES = frozenset(
    re.findall(
        r"\S+",
        """a an the this that these those such many some other several false new no all any more
        most his her its their our united online earlier unconfirmed""",
    )
)
_PREPOSITIONS = frozenset(("in", "on", "at", "to", "by", "for", "from", "with", "of", "about"))
_BOUNDARY = re.compile(
    r"[,;:!?\"“”„«»()\[\]—–]|\s-\s"
    r"|\b(?:that|but|while|whereas|when|because|which|who|after|before|whether|if|as|although|what)\b",
    re.IGNORECASE,
)
_DAY = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|yesterday|today|(?:last|this)\s+\w+"
    r"|\d{1,2}\s+[A-Z]\w+|[A-Z]\w+\s+\d{1,2}|\d{4}|[A-Z]\w+\s+\d{4})"
)
_OPENING = re.compile(
    rf"(?:(?:however|meanwhile|still|but|and|yet|then|later|also|so|instead|correction"
    rf"|(?:on|in)\s+{_DAY}|last\s+\w+|{_DAY})\s+)+(?=\S)",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    rf"(?<!\s)\s+(?:(?:today|yesterday)$|(?:on|in|at|to|late|early)\s+(?:{_DAY}|a\s.*|reporters.*)$)",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"(?:he|she|it|they|we|i|this|these|those)", re.IGNORECASE)

_ACCORDING = re.compile(
    r"\b(?:according to|in the words of|(?:reported|claimed|announced|stated|alleged|published"
    r"|as told) by|in the (?:opinion|view) of)\s+",
    re.IGNORECASE,
)
# A claim that is itself about what is said, or about its truth: a mention may support that.
_OF_SAYING = re.compile(
    r"\b(?:retract\w*|withdr[ae]w\w*|sources?|rumou?rs?|reports?|reported|word|posts?|messages?|letters?|claims?|claimed|said"
    r"|speaks? of|spoke of|fake|false|hoax|fraud|genuine|unfounded|untrue|forged|question)\b",
    re.IGNORECASE,
)
# What nobody stands up for, without a speaker.
_HEARSAY = re.compile(
    r"\b(?:reportedly|allegedly|supposedly|purportedly|rumou?red(?:ly)?|unconfirmed reports?"
    r"|(?:is|are|was|were) (?:widely )?(?:said|claimed|alleged|reported) to (?:be|have)"
    r"|(?:rumou?rs?|word|whispers?|speculation) (?:\w+ ){0,3}?that|it is (?:said|claimed|alleged)"
    r"|some (?:people |users )?(?:say|claim|believe)"
    r"|(?:reports?|claims?|stories) (?:circulat|spread|emerg)\w+)\b",
    re.IGNORECASE,
)
_CLAIM_LINE = re.compile(
    r"\W*(?:the |viral )?(?:claims?|rumou?r|post|message)s?\s*:", re.IGNORECASE
)
# Speakers who are nobody in particular.
_UNNAMED = re.compile(
    r"\b(?:sources?|insiders?|anonymous|unnamed|unidentified|people familiar|person familiar"
    r"|people briefed|rumou?rs?)\b"
    r"|\b(?:viral|chain|whatsapp|telegram|facebook|tiktok|instagram|youtube|social media|reddit"
    r"|forum|anonymous|shared|forwarded)\b.{0,40}\b(?:posts?|messages?|videos?|users?|clips?"
    r"|images?|memes?|threads?|letters?|accounts?|texts?)\b"
    r"|\b(?:posts?|memes?|captions?|tweets?|messages?|leaflets?|users|videos?|clips?"
    r")(?:\s+(?:on|that|which|shared|circulating|seen|making|doing|going|in|from|with|under|over|of)"
    r"\b.*)?$"
    r"|\bletters? (?:shared|circulating|that (?:went|made))\b",
    re.IGNORECASE,
)
# A post with a known author is his word, whatever it is worth.
_AUTHORED = re.compile(
    r"['’]s\b|s['’]\s|\b(?:by|official (?:account|page|post)|ministry|police)\b", re.IGNORECASE
)
_NEWSPAPER = re.compile(r"\b[A-Z]\w+ Post\b")
_POSTED = re.compile(r"\b(?:posts?|message|video|clip|meme|rumou?r|letter|leaflet|caption)\b", re.I)
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
_NEGATES = re.compile(r"\b(?:not|never|no|none|nobody|nothing|neither|cannot)\b|n['’]t\b", re.I)
# By which a text takes back what it reports, wherever in it that stands.
_TAKEN_BACK = re.compile(
    r"\b(?:the|this|that|these|those|both)\s+(?:\w+\s+)?(?:posts?|letters?|claims?|reports?|story"
    r"|stories|messages?|videos?|photos?|pictures?|images?|rumou?rs?|quotes?|quotations?"
    r"|statements?|emails?|screenshots?|documents?|allegations?|headlines?)"
    r"\s+(?:is|are|was|were|turned out to be|(?:has|have) (?:been|proved|turned out))"
    r"\s+(?:(?:a|an|to be|all|entirely|completely|simply)\s+)*"
    r"(?:false|fake|forge[dr]\w*|hoax|untrue|not true|not real|not genuine|fabricat\w+|invented"
    r"|wrong|made up|baseless|unfounded|debunked|doctored|satir\w+|misleading|incorrect|bogus"
    r"|withdrawn)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b([^\W\d_]+)\s+(?:has |have |had |later |firmly ){0,4}"
    r"(?:denie[sd]|deny|dismiss(?:es|ed)|reject(?:s|ed))\s+(?:the|these|those|all|any|such|this|that)?\s*(?:\w+\s+)?(?:reports?|claims?|rumou?rs?"
    r"|story|stories|allegations?|posts?|letter)\b",
    re.IGNORECASE,
)
# A title that begins with its own rating.
_LABELLED = re.compile(
    r"\W*(?:retracted|false|fake|hoax|debunked|misleading|withdrawn|satire)\b\s*\W\s", re.IGNORECASE
)
_RETRACTED = re.compile(
    r"\b(?:this|the) (?:paper|article|study|preprint|report|story) (?:has been|was|is|had been)"
    r" (?:\w+ )?(?:retracted|withdrawn)\b|^[^\w\n]*retracted\b",
    re.IGNORECASE | re.MULTILINE,
)
_QUESTION = re.compile(r"\?[\"”'’)\s]*$")
# Where another statement begins in the same sentence.
_CLAUSE = re.compile(r";\s|,?\s+[—–]\s+|,\s+(?:but|and|while|whereas|although|though|yet)\s+", re.I)
_RELATIVE = re.compile(r"\b(?:who|which|whose|that)\b", re.IGNORECASE)
_RELATIVE_END = re.compile(r"\b(?:who|which|that)$", re.IGNORECASE)
_OPENS, _CLOSES = "“„«", "”»"


@dataclass(frozen=True, slots=True)
class Attribution:
    """What a sentence attributes: the speaker's place in it, and that of what he says.

    speaker: None where nobody is named. rumour: nobody in particular vouches for it.
    """

    speaker: tuple[int, int] | None
    said: tuple[int, int]
    rumour: bool = False


@dataclass(frozen=True, slots=True)
class Voiced:
    """Whose word evidence is. mention: it must not support. by: `document.text[start:end]`."""

    voice: Voice
    by: Quote | None = None
    mention: bool = False


def voice_of(
    claim: str, quotes: Sequence[Quote], passage: Passage, document: Document, stance: Stance
) -> Voiced:
    """Whose word the sentences are, seen from the claim.

    Args:
        quotes: the sentences that decide, or the nearest where none does.
        passage, document: what they are from.
    """
    title = document.title
    about_saying = reports(claim)
    found = [None if about_saying else attribution(claim, quote, passage) for quote in quotes]
    speakers = [
        Quote(quote.start + one.speaker[0], quote.start + one.speaker[1],
              quote.quote[slice(*one.speaker)])
        for quote, one in zip(quotes, found, strict=True)
        if one and one.speaker
    ]  # fmt: skip
    by = speakers[0] if speakers else None
    if stance == "REFUTES" and _is_rejected(quotes, passage, title, any(found)):
        return Voiced("rejected", by)
    of_saying = _OF_SAYING.search(claim) is not None
    if not of_saying and _RETRACTED.search(_beginning(document)):
        return Voiced("rejected", by, mention=True)
    if any(found) and not of_saying and _is_taken_back(claim, _beginning(document)):
        return Voiced("reported", by, mention=True)
    if not found or not all(found):
        return Voiced("stated")
    vouched = of_saying or any(_VOUCHES.search(quote.quote) for quote in quotes)
    return Voiced("reported", by, all(one.rumour for one in found if one) and not vouched)


def voice_of_title(claim: str, document: Document, stance: Stance) -> Voiced:
    """Whose word a title is: a question, or one that is taken back, vouches for nothing."""
    title = document.title
    if (
        stance != "REFUTES"
        and not _OF_SAYING.search(claim)
        and (_RETRACTED.search(_beginning(document)) or _LABELLED.match(title))
    ):
        return Voiced("rejected", mention=True)
    if stance == "REFUTES" and _REJECTS.search(title):
        return Voiced("rejected")
    if _QUESTION.search(title):
        return Voiced("reported", mention=True)
    said = next(attributions(title), None)
    return Voiced("reported", mention=said.rumour) if said else Voiced("stated")


def reports(text: str) -> bool:
    """Whether a text is about what somebody says."""
    return bool(_HEARSAY.search(text)) or next(attributions(text), None) is not None


def attribution(claim: str, quote: Quote, passage: Passage) -> Attribution | None:
    """Who says what of a sentence the claim is about; None where the text itself says it."""
    sentence = quote.quote
    whole = (0, len(sentence))
    if _CLAIM_LINE.match(sentence) or _QUESTION.search(sentence):
        return Attribution(None, whole, rumour=True)
    found = [one for one in attributions(sentence) if _is_about(claim, sentence, one.said)]
    before = passage.text[: max(0, quote.start - passage.start)]
    if found:
        first = next((one for one in found if one.rumour), found[0])
        if not first.rumour and first.speaker and _is_post_before(sentence, first.speaker, before):
            return Attribution(first.speaker, first.said, rumour=True)
        return first
    if _in_quotation(before):
        return Attribution(None, whole)
    if re.search(r":\s*$", before) and _POSTED.search(_last_sentence(before)):
        return Attribution(None, whole, rumour=True)
    return None


def attributions(sentence: str) -> Iterator[Attribution]:
    """Everything that a sentence attributes to somebody, or passes on as hearsay."""
    for found in _HEARSAY.finditer(sentence):
        yield Attribution(None, _said_around(sentence, found.start()), rumour=True)
    for found in _ACCORDING.finditer(sentence):
        who = _name_after(sentence, found.end())
        yield Attribution(who, _said_around(sentence, found.start()), _is_unnamed(sentence, who))
    for found in _VERB.finditer(sentence):
        if (one := _spoken(sentence, found)) is not None:
            yield one


def _spoken(sentence: str, verb: re.Match[str]) -> Attribution | None:
    """What is said by a verb such as "said", before or after its speaker."""
    before = sentence[: verb.start()].rstrip()
    while (adverb := _ADVERB.search(before, _last_word(before))) is not None:
        before = before[: adverb.start()].rstrip()
    if _NO_SPEAKER.search(before, _last_word(before)):
        return None
    after = sentence[verb.end() :]
    quoted = before.endswith(('"', "”", "»", "'", "’"))
    if verb[0].lower() != "told" and (quoted or (before.endswith(",") and _is_name_only(after))):
        who = _name_after(sentence, verb.end())
        if who is not None:
            return Attribution(who, (0, len(before)), _is_unnamed(sentence, who))
    who = _name_before(sentence, len(before))
    if verb[0].lower() in _NOUNS and not _is_verb_here(sentence, who, after):
        return None
    relative = who is None and _RELATIVE_END.search(before, _last_word(before))
    if who is None and not relative:
        return None
    end = _clause(sentence, verb.end())[1]
    if who and re.search(r",\s*(?:which|who|whom)\s*$", sentence[: who[0]], re.IGNORECASE):
        end = min(end, sentence.find(",", verb.end()) % (len(sentence) + 1))
    said = (verb.end(), end)
    if not re.search(r"\w+\W+\w+\W+\w", re.sub(_CLOSING, "", sentence[verb.end() : end])):
        start = _clause(sentence, who[0] if who else verb.start())[0]
        said = (start, who[0] if who else verb.start())  # "..., police said on Monday"
    elif who and re.match(r"\s*,", after):
        said = _clause(sentence, who[0])  # "It is full, the board said, as it was a year ago"
    return Attribution(who, said, _is_unnamed(sentence, who))


def _last_word(text: str) -> int:
    """An index before the last word that `_ADVERB`, `_NO_SPEAKER` or `_RELATIVE_END` may match:
    a search from 0 for each verb takes time quadratic in the sentence."""
    return max(0, len(text) - LAST_WORD_CHARS)


def _is_verb_here(sentence: str, who: tuple[int, int] | None, after: str) -> bool:
    if who is None or sentence[slice(*who)].split()[-1].lower() in _NO_NAMES:
        return False
    goes_on = r"\s+(?:that|the|a|an|it|he|she|they|there|his|her|its|to|in|[A-Z0-9\"“])|[.,;\s]*$"
    return re.match(goes_on, after) is not None


def _name_before(sentence: str, end: int) -> tuple[int, int] | None:
    """The name that ends here, with what stands between commas behind it left out."""
    if sentence[:end].endswith(","):
        # "Elijah Magnier, the paper's correspondent, said"
        inner = sentence.rfind(",", 0, end - 1)
        if inner > 0 and len(sentence[inner:end].split()) <= SPEAKER_WORDS:
            return _trimmed(sentence, _after_boundary(sentence, inner), inner)
        return None
    return _trimmed(sentence, _after_boundary(sentence, end), end)


def _after_boundary(sentence: str, end: int) -> int:
    return max((found.end() for found in _BOUNDARY.finditer(sentence, 0, end)), default=0)


def _name_after(sentence: str, start: int) -> tuple[int, int] | None:
    boundary = _BOUNDARY.search(sentence, start + 1)
    return _trimmed(sentence, start, boundary.start() if boundary else len(sentence))


def _trimmed(sentence: str, start: int, end: int) -> tuple[int, int] | None:
    """A name without the words around it that are none; None where nothing or too much is left."""
    name = sentence[start:end]
    name = _CLOSING.sub("", name.rstrip(" .!"))
    kept = name.lstrip(" '‘")
    start += len(name) - len(kept)
    if opening := _OPENING.match(kept):
        kept, start = kept[opening.end() :], start + opening.end()
    kept = kept.rstrip(" .,'’")
    words = kept.split()
    if (
        not words
        or len(words) > SPEAKER_WORDS
        or words[0] in _PREPOSITIONS
        or kept.lower() in _NO_NAMES
    ):
        return None
    return (start, start + len(kept))


def _is_name_only(text: str) -> bool:
    words = text.strip(' ."”').split()
    return 0 < len(words) <= TRAILING_WORDS and not any(may_be_verb(w) for w in words[1:])


def _is_unnamed(sentence: str, who: tuple[int, int] | None) -> bool:
    """Whether a speaker is nobody in particular, by his name and the clause that describes him."""
    if who is None:
        return False
    name = sentence[slice(*who)]
    if described := re.match(r"\s+(?:that|which)\s[^,;.]*", sentence[who[1] :]):
        name += described[0]
    name = _NEWSPAPER.sub("", name)
    return _UNNAMED.search(name) is not None and _AUTHORED.search(name) is None


def _is_post_before(sentence: str, speaker: tuple[int, int], before: str) -> bool:
    """Whether "it" or "the post" takes up a rumour told in the sentences before."""
    name = sentence[slice(*speaker)]
    if not (_PRONOUN.fullmatch(name) and name.lower() in ("it", "they", "this")):
        return False
    told = " ".join(re.split(r"(?<=[.!?])\s+", before.strip())[-LOOK_BACK:])
    last = list(attributions(told))
    return bool(last and last[-1].rumour)


def _clause(sentence: str, at: int) -> tuple[int, int]:
    """The part of a sentence, between breaks, that a place is in."""
    start, end = 0, len(sentence)
    for found in _CLAUSE.finditer(sentence):
        if found.end() <= at:
            start = found.end()
        elif found.start() >= at:
            end = found.start()
            break
    return start, end


def _said_around(sentence: str, at: int) -> tuple[int, int]:
    """What a word such as "allegedly" is about: its relative clause, or else its clause."""
    start, end = _clause(sentence, at)
    comma = sentence.rfind(",", start, at) + 1 or start
    relative = list(_RELATIVE.finditer(sentence, comma, at))
    if not relative:
        return start, end
    closed = sentence.find(",", at)
    return relative[-1].start(), min(end, closed) if closed > 0 else end


def _is_about(claim: str, sentence: str, said: tuple[int, int]) -> bool:
    """Whether more of the claim's words are in what is said than beside it."""
    words = content_words(claim)
    inside = words & content_words(sentence[slice(*said)])
    beside = words & content_words(f"{sentence[: said[0]]} {sentence[said[1] :]}")
    return len(inside - beside) > len(beside - inside) or (bool(inside) and beside <= inside)


def _is_taken_back(claim: str, text: str) -> bool:
    """Whether a text calls a report in it false, or somebody the claim is about denies one."""
    if _TAKEN_BACK.search(text):
        return True
    return any(content_words(found[1]) & content_words(claim) for found in _DENIED.finditer(text))


def _beginning(document: Document) -> str:
    return f"{document.title}\n{document.text[:READ_CHARS]}"


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
