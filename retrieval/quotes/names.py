"""(name asked for, name that a text gives) -> whether both are the same person or body."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.quotes.text import words_of

_PRONOUN = re.compile(r"(?:he|she|they|it|we|i|who)\b", re.IGNORECASE)
_TITLES = frozenset(
    re.findall(
        r"\S+",
        """mr mrs ms miss dr prof professor sir dame lord lady president minister premier chancellor
    mayor senator governor chairman chairwoman chair director judge general colonel captain
    spokesman spokeswoman spokesperson secretary treasurer chief deputy prime former the a an of
    and for in councillor king queen prince princess pope bishop rep sen gov lt sgt officer
    ambassador commissioner congressman congresswoman detective inspector rev reverend
    herr frau herrn monsieur madame mme mlle señor señora sr sra signor signora senhor senhora
    mevrouw meneer""",
    )
)
# Offices that German writes before a name, and with a capital: Bürgermeisterin, Oppositionsführer.
_OFFICE = re.compile(
    r"\w*(?:meister|minister|kanzler|sprecher|präsident|direktor|chef|leiter|führer|richter|lehrer"
    r"|kommissar|professor|pfarrer|manager|forscher|händler|trainer|anwalt|anwält|geordnete"
    r"|sitzende|rat|rät|sekretär|vorstand|kämmerer|ökonom|expert|wissenschaftler|pächter|wirt"
    r"|intendant)(?:e|in|r|n)?"
)
_ARTICLES = frozenset(
    ("der", "die", "das", "ein", "eine", "le", "la", "les", "el", "los", "il", "de")
)
_OFFICE_ALONE = re.compile(
    r"(?:[Tt]he|[Aa]n?|[Ll]es?|[Ll]a|[Ll]['’]|[Uu]ne?|[Ee]l|[Ii]l|[Dd]e|[Hh]et)\b[^A-ZÀ-Þ]+"
)
_GERMAN_ARTICLE = re.compile(r"(?:der|die|das|ein|eine|sein|seine|ihr|ihre)\s", re.IGNORECASE)
CAPITAL = re.compile(r"[^\W\d_a-zß-ÿ][^\W_]*(?:['’-][^\W_]+)*")


def same_speaker(asked: str, attributed: str) -> bool | None:
    """Whether two names are of one person or body; None where that cannot be told.

    Equal surnames are enough unless first names contradict. An office alone and a pronoun may stand
    for anybody.
    """
    asked_all = [key for key in words_of(asked).keys if key not in ("the", "a", "an")]
    said_all = [key for key in words_of(attributed).keys if key not in ("the", "a", "an")]
    if not asked_all or not said_all:
        return None
    if asked_all == said_all:
        return True
    if is_pronoun(asked.strip()) or is_pronoun(attributed.strip()):
        return None
    named = [key for match in CAPITAL.findall(attributed) for key in words_of(match).keys]
    asked_name, said_name = _name_of(asked_all), _name_of(named)
    if len(said_name) > 1 and said_name[0] == "m":  # "M. Roche", a gentleman of French texts
        said_name = said_name[1:]
    if not asked_name or not said_name:
        return None
    shared = set(asked_name) & set(said_name)
    if not shared:
        unknown = _is_office(asked, asked_name) or _is_office(attributed, said_name)
        return None if unknown else False
    if asked_name[-1] not in said_name and said_name[-1] not in asked_name:
        return False
    first = asked_name[0]
    if len(asked_name) < 2 or len(said_name) < 2 or asked_name[-1] not in said_name:
        return True
    at = said_name.index(asked_name[-1])
    if not at:
        return True
    if first in said_name[:at] or set(asked_name[:-1]) & set(said_name[:at]):
        return True
    return _is_initial_of(first, said_name[at - 1]) or _is_initial_of(said_name[at - 1], first)


def _is_office(who: str, name: Sequence[str]) -> bool:
    """Whether somebody is named by an office alone: "le maire", or "die Sprecherin", which has a
    capital as names have."""
    if _OFFICE_ALONE.fullmatch(who.strip()):
        return True
    return len(name) < 2 and _GERMAN_ARTICLE.match(who) is not None


def _name_of(keys: Sequence[str]) -> list[str]:
    """A name without titles, and without articles and offices before it."""
    name = [key.rstrip(".") for key in keys if key.rstrip(".") not in _TITLES]
    while name and (name[0] in _ARTICLES or (len(name) > 1 and _OFFICE.fullmatch(name[0]))):
        name.pop(0)
    return name


def _is_initial_of(one: str, other: str) -> bool:
    return len(one) == 1 and other.startswith(one)


def is_pronoun(speaker: str) -> bool:
    """Whether a speaker is named by no more than "she"."""
    return _PRONOUN.fullmatch(speaker) is not None
