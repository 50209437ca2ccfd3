"""Sentence -> its attributions: who says something in it, and what. By rule, for English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from retrieval.statement import may_be_verb

# Most words of a speaker's name.
SPEAKER_WORDS = 12
# Most words of a speaker's name after the verb: '..., said the mayor of Oria'.
TRAILING_WORDS = 9
# Characters before and after a speaker that tell whether what is said stands before him.
AROUND_CHARS = 300
# Characters at the end of a text in which its last word is matched: those of the longest word of
# `_ADVERB`, `_NO_SPEAKER` and `_RELATIVE_END`, with a space before it.
LAST_WORD_CHARS = 12
# Verbs of saying and of thinking.
_VERB = re.compile(
    r"\b(?:said|says?|told|wrote|writes?|claim(?:s|ed)?|alleg(?:es?|ed)|assert(?:s|ed)?|stated|states"
    r"|announce[sd]?|report(?:s|ed)?|added|adds|insist(?:s|ed)?|argue[sd]?|maintain(?:s|ed)?"
    r"|contend(?:s|ed)?|believe[sd]?|thinks?|thought|estimate[sd]?|suggest(?:s|ed)?|warn(?:s|ed)?"
    r"|admit(?:s|ted)?|acknowledge[sd]?|testified|tweeted|posted|recalled|predict(?:s|ed)?"
    r"|confirm(?:s|ed)?|den(?:y|ies|ied)|reject(?:s|ed)?|dismiss(?:es|ed)?|disput(?:es?|ed)"
    r"|declare[sd]?|purport(?:s|ed)?|stressed|explain(?:s|ed)?|noted|notes|hinted|boast(?:s|ed)?"
    r"|promis(?:es|ed)|accus(?:es|ed)|tells|fear(?:s|ed)?|complain(?:s|ed)?(?= that\b)"
    r"|repeat(?:s|ed)?|reiterate[sd]?|conced(?:es?|ed)|concluded?|concludes|vow(?:s|ed)?|speculate[sd]?"
    r"|reckon(?:s|ed)?|emphasi[sz]e[sd]?|reads|blame[sd]"
    r"|(?:is|are|was|were) (?:convinced|certain|sure|confident)(?= (?:that|the|it|he|she|they)\b)"
    r"|(?:is|are|was|were) quoted as saying)\b",
    re.IGNORECASE,
)
# The end of a text before a verb that has no speaker there: "was said", "did not say".
_NO_SPEAKER = re.compile(
    r"(?:\b(?:not|never|to|is|was|are|were|be|been|being|widely|so|can|cannot|could|may"
    r"|might|must|should|will|would|do|does|did|a|an|the|of|in|for|on|no)|n['’]t)$",
    re.IGNORECASE,
)
# A word between a speaker and the verb.
_ADVERB = re.compile(
    r"(?:\s|^)(?:has|have|had|also|later|then|earlier|repeatedly|publicly|falsely|wrongly|itself"
    r"|himself|herself|themselves|now|once|previously|recently|further|only|long|often|commonly"
    r"|generally)$",
    re.IGNORECASE,
)
# Words of `_VERB` that may be nouns: "claims about", "the reports of", "United States".
_NOUNS = frozenset(
    re.findall(
        r"\S+",
        "claim claims report reports states notes estimate estimates dispute disputes fear fears"
        " repeat repeats vow vows",
    )
)
# Words before such a noun, and words that name no speaker.
_NO_NAMES = frozenset(
    re.findall(
        r"\S+",
        """a an the this that these those such many some other several false new no all any more
        most his her its their our united online earlier unconfirmed""",
    )
)
_PREPOSITIONS = frozenset(("in", "on", "at", "to", "by", "for", "from", "with", "of", "about"))
# What a speaker's name does not reach over.
_BOUNDARY = re.compile(
    r"[,;:!?\"“”„«»()\[\]—–]|\s-\s"
    r"|\b(?:that|but|while|whereas|when|because|which|who|after|before|whether|if|as|although|what)\b",
    re.IGNORECASE,
)
_NAME_ENDS = re.compile(rf"{_BOUNDARY.pattern}|(?<!familiar )\bwith\b", re.IGNORECASE)
_DAY = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|yesterday|today|(?:last|this)\s+\w+"
    r"|\d{1,2}\s+[A-Z]\w+|[A-Z]\w+\s+\d{1,2}|\d{4}|[A-Z]\w+\s+\d{4})"
)
# Words before a name that are not part of it: "However, on Monday Lind said".
_OPENING = re.compile(
    rf"(?:(?:however|meanwhile|still|but|and|yet|then|later|also|so|instead|correction"
    rf"|(?:on|in)\s+{_DAY}|last\s+\w+|{_DAY})\s+)+(?=\S)",
    re.IGNORECASE,
)
# When, where or to whom something was said: "Lind said on Monday".
_CLOSING = re.compile(
    rf"(?<!\s)\s+(?:(?:today|yesterday)$|(?:on|in|at|to|late|early)\s+(?:{_DAY}|a\s.*|reporters.*)$)",
    re.IGNORECASE,
)
# Where or when something was said, without the word that begins what is said.
_WHERE = re.compile(
    r"\s+(?:in|on|at|to|by|from|with|during|after|before|late|early|outside)\b(?!.*\b(?:that|how)\b)",
    re.IGNORECASE,
)
# The beginning of a clause that says when or why something is said.
_SUBORDINATE = re.compile(
    r"\W*(?:after|when|as|before|because|if|while|although|though|since|until|asked)\b",
    re.IGNORECASE,
)
# Words after "told the paper" by which more is told.
_SAYS_MORE = re.compile(
    r"\b(?:that|how|what|why|of|about|to|had|has|have|was|were|is|are|will|would|can|could|must"
    r"|should|did|does|\w{2,}ed)\b|[:\"“]",
    re.IGNORECASE,
)
# Words before a speaker's name.
_ACCORDING = re.compile(
    r"\b(?:according to|in the words of|(?:reported|claimed|announced|stated|alleged|published"
    r"|as told) by|in the (?:opinion|view) of)\s+",
    re.IGNORECASE,
)
# Words by which a text passes on what nobody is named for.
_HEARSAY = re.compile(
    r"\b(?:reportedly|allegedly|supposedly|purportedly|rumou?red(?:ly)?|unconfirmed reports?"
    r"|(?:is|are|was|were) (?:widely )?(?:said|claimed|alleged|reported|believed|thought|feared"
    r"|rumou?red|suspected) to (?:be|have|own|hold|know|want|plan)"
    r"|(?:rumou?rs?|word|whispers?|speculation) (?:\w+ ){0,3}?that|(?:legend|rumou?r) has it"
    r"|it (?:is|was|has been) (?:said|claimed|alleged)"
    r"|some (?:people |users )?(?:say|claim|believe)"
    r"|(?:reports?|claims?|stories) (?:circulat|spread|emerg)\w+)\b",
    re.IGNORECASE,
)
# Nouns for what nobody is named for, before what they tell: "denied reports that he was paid", not
# "reports that were published" or "the post claims that".
_TOLD = re.compile(
    r"(?:^\W*|\b(?:den(?:y|ies|ied)|reject(?:s|ed)|dismiss(?:es|ed)|confirm(?:s|ed)|investigat\w+|of|by"
    r"|to|about|with|for|on|over|after|amid|despite|are|were|were no|the|these|such|some|several"
    r"|many|any|no|media|press|earlier|false|unconfirmed)\s+)"
    r"(?:reports|claims|allegations|accusations|suggestions|suspicions|fears|theory|speculation)"
    r"(?:\s+(?:in|on|by|from)\s+(?:\w+\s+){0,3}?\w+)?\s+that\s+"
    r"(?!(?:is|are|was|were|has|have|had|would|will|could|can|did|do|does|\w+ed|went|came|made)\b)",
    re.IGNORECASE,
)
# Words before what somebody is accused of, and words by which it is more than that.
_ACCUSED = re.compile(
    r"\b(?:(?:accused|suspected|suspicions?|charges|accusations|allegations)\s+of|charged\s+with"
    r"|(?:on trial|indicted|under investigation)\s+for)\s+"
    # Who is charged with these has a task.
    r"(?!(?:provid|ensur|overs|protect|enforc|lead|manag|runn|organi|keep|mak|review|investigat|draft"
    r"|design|develop|coordinat|supervis|implement|decid|find|maintain|monitor|regulat|uphold|build"
    r"|carry|tak|teach|prepar|negotiat)\w*ing\b)",
    re.IGNORECASE,
)
_PROVEN = re.compile(
    r"\b(?:convict\w+|guilty|sentenced|jailed|confess\w+|admit\w*|pleaded)\b", re.IGNORECASE
)
# The words under a picture, or of a message.
_BEARS = re.compile(
    r"\b(?:with|bearing|carrying|under) the (?:words?|caption|text|message|headline|comment)\b"
    r"[^\"“.]{0,30}(?=[\"“])",
    re.IGNORECASE,
)
_AND = re.compile(r"\band\s+$", re.IGNORECASE)
# The age of a speaker, after his name.
_AGE = re.compile(r",\s+(?:aged\s+)?\d{1,3}$")
# Speakers without a name: people, and posts.
_NOBODY = re.compile(
    r"\b(?:sources?|insiders?|anonymous|unnamed|unidentified|(?:people|persons?) (?:familiar|close)"
    r"|people briefed|rumou?rs?|callers|critics|onlookers|conspiracy theorists|someone|somebody)\b"
    r"|^(?:(?:some|several|earlier|local|media|press|news|unconfirmed) )*reports$",
    re.IGNORECASE,
)
_POST = re.compile(
    r"\b(?:viral|chain|whatsapp|telegram|facebook|tiktok|instagram|youtube|social media|reddit"
    r"|viber|twitter|weibo|wechat|snapchat|forum|anonymous|shared|forwarded)\b.{0,40}"
    r"\b(?:posts?|messages?|videos?|users?|clips?|images?|memes?|threads?|letters?|accounts?|texts?)\b"
    r"|\b(?:posts?|memes?|captions?|tweets?|messages?|leaflets?|users|videos?|clips?)"
    r"(?:\s+(?:on|that|which|shared|forwarded|sent|posted|spread|spreading|circulating|seen|making"
    r"|doing|going|in|from|with|under|over|of)\b.*)?$"
    r"|\bletters? (?:shared|circulating|that (?:went|made))\b",
    re.IGNORECASE,
)
# Words of a sentence that leave its speaker without a name.
_HIDDEN = re.compile(
    r"\bcondition of anonymity\b|\b(?:not to be|declined to be|did not want to be)\s+"
    r"(?:named|identified)\b",
    re.IGNORECASE,
)
# Words of a speaker's description that name the author of a post: it is no rumour then.
_AUTHORED = re.compile(
    r"['’]s\b|s['’]\s|\b(?:by|official (?:account|page|post)|ministry|police)\b", re.IGNORECASE
)
# "Morning Post" is the name of a newspaper.
_NEWSPAPER = re.compile(r"\b[A-Z]\w+ Post\b")
# Where another statement begins in the same sentence.
_CLAUSE = re.compile(r";\s|,?\s+[—–]\s+|,\s+(?:but|and|while|whereas|although|though|yet)\s+", re.I)
_RELATIVE = re.compile(r"\b(?:who|which|whose|that)\b", re.IGNORECASE)
_RELATIVE_END = re.compile(r"\b(?:who|which|that)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Attribution:
    """The places in a sentence, start and end, of a speaker and of what he says.

    speaker: None where nobody is named. rumour: who says it has no name.
    """

    speaker: tuple[int, int] | None
    said: tuple[int, int]
    rumour: bool = False


def attributions(sentence: str) -> Iterator[Attribution]:
    """Everything that a sentence attributes to somebody, or passes on as hearsay."""
    for found in _HEARSAY.finditer(sentence):
        said = _said_around(sentence, found.start())
        if _AND.search(sentence, said[0], found.start()):  # "It lies in Oria and is said to be old"
            said = (found.start(), said[1])
        yield Attribution(None, said, rumour=True)
    for found in _BEARS.finditer(sentence):
        yield Attribution(None, (found.end(), len(sentence)), rumour=True)
    for found in _ACCORDING.finditer(sentence):
        who = _name_after(sentence, found.end())
        yield Attribution(who, _said_around(sentence, found.start()), _is_unnamed(sentence, who))
    for found in _VERB.finditer(sentence):
        if (one := _spoken(sentence, found)) is not None:
            yield one
    for found in _TOLD.finditer(sentence):
        comma = sentence.find(",", found.end())
        end = _clause(sentence, found.end())[1]
        said = (found.end(), end if comma < 0 else min(end, comma))
        yield Attribution(None, said, rumour=True)


def accusation(sentence: str) -> tuple[int, int] | None:
    """The place of what somebody is only accused of in a sentence: "was charged with theft"."""
    found = _ACCUSED.search(sentence)
    if found is None or _PROVEN.search(sentence):
        return None
    return found.end(), _clause(sentence, found.end())[1]


def _spoken(sentence: str, verb: re.Match[str]) -> Attribution | None:
    """The attribution that a verb such as "said" makes, before or after its speaker."""
    before = sentence[: verb.start()].rstrip()
    while (adverb := _ADVERB.search(before, _last_word(before))) is not None:
        before = before[: adverb.start()].rstrip()
    if _NO_SPEAKER.search(before, _last_word(before)):
        return None
    after = sentence[verb.end() :]
    quoted = before.endswith(('"', "”", "»", "'", "’"))
    if verb[0].lower() == "reads" and not quoted:  # '"It leaks," reads a post'
        return None
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
        comma = sentence.find(",", verb.end())
        end = end if comma < 0 else min(end, comma)
    said = (verb.end(), end)
    if not re.search(r"\w+\W+\w+\W+\w", re.sub(_CLOSING, "", sentence[verb.end() : end])):
        start = _clause(sentence, who[0] if who else verb.start())[0]
        said = (start, who[0] if who else verb.start())  # "..., police said on Monday"
    elif who and (re.match(r"\s*,", after) or _is_after_said(sentence, who, after, verb[0])):
        said = _clause(sentence, who[0])  # "It is full, the board said, as it was a year ago"
    return Attribution(who, said, _is_unnamed(sentence, who))


def _is_after_said(sentence: str, who: tuple[int, int], after: str, verb: str) -> bool:
    """Whether a speaker follows what he says, and only where, when or to whom he said so follows
    him: "It is full, the board said at its meeting", "It is full, two members told the Gazette"."""
    before = sentence[max(0, who[0] - AROUND_CHARS) : who[0]].rstrip()
    after = after[:AROUND_CHARS]
    if not before.endswith((",", '"', "”", "»", "'", "’")) or _SUBORDINATE.match(before):
        return False
    if not any(may_be_verb(word.strip('.,"”')) for word in before.split()[1:]):
        return False
    if verb.lower() == "told":
        return _SAYS_MORE.search(after) is None
    return _WHERE.match(after) is not None


def _last_word(text: str) -> int:
    """The index from which a text is searched for its last word. A search from 0, for each verb of
    a sentence, takes time quadratic in its length."""
    return max(0, len(text) - LAST_WORD_CHARS)


def _is_verb_here(sentence: str, who: tuple[int, int] | None, after: str) -> bool:
    """Whether a word that may be a noun is a verb, by the word before it and the text after it."""
    if who is None:
        return False
    before = sentence[slice(*who)].split()[-1]
    if before.lower() in _NO_NAMES or _VERB.fullmatch(before):  # "the port rejected reports"
        return False
    goes_on = r"\s+(?:that|the|a|an|it|he|she|they|there|his|her|its|to|in|[A-Z0-9\"“])|[.,;\s]*$"
    return re.match(goes_on, after) is not None


def _name_before(sentence: str, end: int) -> tuple[int, int] | None:
    """The name that ends at a place, without a description between commas after it."""
    if sentence[:end].endswith(","):
        # "Elijah Magnier, the paper's correspondent, said"
        inner = sentence.rfind(",", 0, end - 1)
        aged = _AGE.search(sentence, max(0, inner - LAST_WORD_CHARS), inner) if inner > 0 else None
        if aged:  # "Lind, 34, a farmer from Oria, said"
            inner = aged.start()
        if inner > 0 and len(sentence[inner:end].split()) <= SPEAKER_WORDS:
            return _trimmed(sentence, _after_boundary(sentence, inner), inner)
        return None
    return _trimmed(sentence, _after_boundary(sentence, end), end)


def _after_boundary(sentence: str, end: int) -> int:
    """The index after the last boundary before `end`."""
    return max((found.end() for found in _BOUNDARY.finditer(sentence, 0, end)), default=0)


def _name_after(sentence: str, start: int) -> tuple[int, int] | None:
    boundary = _NAME_ENDS.search(sentence, start + 1)
    return _trimmed(sentence, start, boundary.start() if boundary else len(sentence))


def _trimmed(sentence: str, start: int, end: int) -> tuple[int, int] | None:
    """The place of the name in a part of a sentence, without the words before and after it that
    are not part of it; None where no word or more than SPEAKER_WORDS remain."""
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
    """Whether a text, up to its first comma, may be a name."""
    words = text.partition(",")[0].strip(' ."”').split()
    return 0 < len(words) <= TRAILING_WORDS and not any(may_be_verb(w) for w in words[1:])


def _is_unnamed(sentence: str, who: tuple[int, int] | None) -> bool:
    """Whether a speaker has no name, by what he is called and the clause that describes him."""
    if who is None:
        return False
    name = sentence[slice(*who)]
    if described := re.match(r"\s+(?:that|which)\s[^,;.]*", sentence[who[1] :]):
        name += described[0]
    if _NOBODY.search(name) or _HIDDEN.search(sentence):
        return True
    name = _NEWSPAPER.sub("", name)
    return _POST.search(name) is not None and _AUTHORED.search(name) is None


def _clause(sentence: str, at: int) -> tuple[int, int]:
    """The start and end of the clause that a place is in."""
    start, end = 0, len(sentence)
    for found in _CLAUSE.finditer(sentence):
        if found.end() <= at:
            start = found.end()
        elif found.start() >= at:
            end = found.start()
            break
    return start, end


def _said_around(sentence: str, at: int) -> tuple[int, int]:
    """The start and end of what a word such as "allegedly" is about: its relative clause, or else
    its clause."""
    start, end = _clause(sentence, at)
    comma = sentence.rfind(",", start, at) + 1 or start
    relative = list(_RELATIVE.finditer(sentence, comma, at))
    if not relative:
        return start, end
    closed = sentence.find(",", at)
    return relative[-1].start(), min(end, closed) if closed > 0 else end
