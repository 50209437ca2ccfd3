"""A claim's text -> whether it states anything that evidence could support or refute.

English only. A text in doubt is taken for a statement and verified.
"""

from __future__ import annotations

import re

_AUXILIARY = (
    r"(?:is|are|was|were|am|do|did|does|has|have|had|will|would|can|could|should|may|might|must)"
    r"(?:n['’]t)?"
)
# Openings of a question, whatever follows; WHO in capitals is an organisation.
_ASKS = re.compile(
    rf"(?:(?:[Ww]ho|[Ww]hom|[Ww]hose|[Ww]hich)\b|(?i:when|where|why|how|what)\s+(?i:{_AUXILIARY})\b"
    r"|(?i:how come|what about|why not|any(?:one|body) (?:know|seen|heard))\b"
    r"|(?i:can|could|would|will)\s+(?i:some|any)(?:one|body)\b|(?:Would|Could)\s+[A-Z]"
    r"|[Hh]ow\s+(?:many|much|long|old|far|often|big|high|large|likely)\b"
    r"|[Ww]hat\s+(?:happened|happens|made|makes|caused|kind|sort|time)\b"
    r"|(?i:is|are|was|were|am|did|does|has|had|(?:is|are|was|were|did|does|has|had)n['’]t)\b)"
)
# The beginning of a condition without "if": "Had it rained, the dam would hold".
_SUPPOSES = re.compile(r"(?:had|were|should)\s[^,?]+,\s+\w+\s+\w", re.IGNORECASE)
# The verb after an indirect question: "Whose ship sank is not known" states something.
_INDIRECT = re.compile(
    r"\b(?:is|was|are|were|remains?|remained|has|had) (?:not|un\w+|still|never|a|the|being|what)\b"
)
# Words at the beginning of an indirect question that are not searched for its verb.
_OPENING_WORDS = 3
# Words that open a question before a subject only: "Will the bridge open", not "Will Smith won".
_ASKS_BEFORE_SUBJECT = re.compile(
    r"(?:do|will|can|could|would|should|may|might|must|have|don['’]t|won['’]t|can['’]t)\s+"
    r"(?:the|a|an|this|that|these|those|he|she|it|they|we|you|I|there|any|his|her|their|our|your"
    r"|its)\b",
    re.IGNORECASE,
)
# Openings of an order.
_ORDERS = re.compile(
    r"(?:please\b|let['’]?s?\s+(?:us|me|them|him|her|the|it|go|see)\b|(?:do not|don['’]t|never)\s+"
    r"(?:share|vote|trust|believe|eat|drink|use|buy|forget|go|let|tell|take|miss|click|open)\b"
    r"|(?:share|vote|stop|tell|click|read|watch|call|buy|look|check|find|show|give|make|take|send"
    r"|write|list|explain|describe|summari[sz]e|compare|translate|search|verify|help|join|sign"
    r"|support|boycott|save|ask|try|keep|put|remember|imagine|consider)\s+"
    r"(?:the|a|an|this|that|these|those|me|us|your|my|our|it|them|him|her"
    r"|if|what|whether|who|how|why|all|everyone|everybody|whatever)\b"
    r"|(?:vote|look|listen|sign up|watch out)\s+(?:for|against|at|to)\b)",
    re.IGNORECASE,
)
_VERBS = frozenset(
    re.findall(
        r"\S+",
        """am is are was were be been has have had do does did will would can could shall should
        may might must ain't isn't aren't wasn't weren't won't can't doesn't didn't
        hasn't became began beat bit bled blew broke brought built burnt bought came
        caught chose clung cost crept cut dealt dug drew drank drove ate fell fed felt
        fought found fled flew forbade forgot froze gave got grew hung heard hid hit
        held hurt kept knew laid led left lent let lay lit lost made meant met overcame
        paid put quit ran rang read rode rose said sang sank sat saw sent set sewed
        shook shone shot shrank shut slept slid sold sought spent split spoke spread
        sprang stole stood struck stuck sued swam swept swore taught thought threw told
        took tore understood upheld went wept withdrew woke won wore wound wrote dies
        died lied used owed lies says sees goes""",
    )
)
# Most words of a text that may be a bare name.
NAME_WORDS = 6
# "Ines Rolfe, mayor of Arden", "The old town hall of Arden"; not "The sick die of Ebola".
_NAMED_BY = re.compile(
    r"[A-Z][\w'’-]*(?: [A-Z][\w'’-]*)*, (?:the |an? )?(?:[a-z][\w-]* ){1,3}(?:of|at|for) [\w ]+"
    r"|(?:The|An?) (?:[a-z][\w-]* ){1,4}(?<!die )(?<!think )(?<!speak )(?<!approve )(?<!consist )"
    r"(?<!dream )(?<!hear )(?<!tell )(?<!dispose )(?<!boast )(?<!smell )of (?:the )?[A-Z]\w*"
)
_JOINS_NAMES = frozenset(("of", "the", "and", "de", "la", "du", "van", "von", "der", "for", "in"))
_QUOTES = "\"“”„'‘’«»"


def states_something(text: str) -> bool:
    """Whether a text is a statement: no question, no order, no bare name."""
    plain = text.strip()
    if plain[:1] in _QUOTES and plain[-1:] in _QUOTES:
        plain = plain[1:-1].strip()
    if plain.endswith("?"):
        return False
    if _SUPPOSES.match(plain):
        return True
    if _ASKS_BEFORE_SUBJECT.match(plain) or _ORDERS.match(plain):
        return False
    if _ASKS.match(plain):
        rest = " ".join(plain.split()[_OPENING_WORDS:])
        return _INDIRECT.search(rest) is not None
    return not _is_bare_name(plain)


def _is_bare_name(text: str) -> bool:
    words = re.findall(r"[^\W_][\w'’&.-]*", text)
    if not words:
        return True
    if len(words) > NAME_WORDS or any(may_be_verb(word) for word in words[1:]):
        return False
    if len(words) <= 2:
        # "Rovers lose" may state something, "the mayor" does not.
        return not (words[0][0].isupper() and words[0].endswith("s") and words[-1].islower())
    if _NAMED_BY.fullmatch(text):
        return True
    return all(
        word[0].isupper() or word[0].isdigit() or word in _JOINS_NAMES for word in words
    ) and any(word[0].isupper() for word in words)


def may_be_verb(word: str) -> bool:
    """Whether a word can be a finite verb, by its form."""
    low = word.lower().replace("’", "'").rstrip(".")
    if low in _VERBS:
        return True
    # "resigned", "resigns"; not "Red Cross", "Paris", "Texas".
    if len(low) > 4 and low.endswith("ed"):
        return True
    return len(low) > 3 and low.endswith("s") and not low.endswith(("ss", "us", "is", "as", "os"))
