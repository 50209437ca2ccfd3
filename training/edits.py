"""A sentence -> the same sentence with one word changed, and what the first says of the second.

Opposites and negation ("rose" / "fell", "will" / "will not") turn a support into a refutation; a
synonym does not. Both are made, or a model would learn that whatever was edited is refuted.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping

from retrieval.types import Stance

_OPPOSITES = """
rose fell | rise fall | rises falls | rising falling | increased decreased | increase decrease
increases decreases | increasing decreasing | higher lower | highest lowest | largest smallest
bigger smaller | approved rejected | accepted refused | accept refuse | won lost | winning losing
opened closed | open closed | opening closing | before after | north south
northern southern | northeast southwest | east west | eastern western | supported opposed
support oppose | supporters opponents | agreed refused | guilty innocent | alive dead
stronger weaker | strong weak | starts ends | start end | bought sold | buy sell
buying selling | imports exports | imported exported | profit loss | profits losses
profitable unprofitable | older younger | oldest youngest | above below | success failure
successful unsuccessful | successfully unsuccessfully | legal illegal | legally illegally
allows bans | improved worsened | improve worsen | improvement deterioration
better worse | best worst | cheaper dearer | faster slower | fastest slowest | longer shorter
longest shortest | hired dismissed | male female | men women | boys girls | husband wife
father mother | brother sister | son daughter | safe dangerous | safer riskier | likely unlikely
possible impossible | public private | domestic foreign | early late | earlier later
arrived left | arrive leave | majority minority | most few | many few | always never
positive negative | praised criticised | praise criticise | welcomed condemned | gained lost
expanded shrank | expand shrink | raised cut | raise cut | confirmed denied | confirm deny
true false | healthy ill | rich poor | wealthy poor | victory defeat | friend enemy | ally rival
""".replace("\n", "|")
_SYNONYMS = """
rose climbed | rose increased | fell dropped | fell declined | increased grew | said stated
bought purchased | buy purchase | began started | start begin | ended finished | large big
near close_to | quickly rapidly | approximately about
injured hurt | due_to because_of | several various | showed indicated | help assist
helped assisted | needed required | needs requires | obtained got | received got
attempted tried | residents inhabitants | film movie | error mistake | reply answer
replied answered | sufficient enough | often frequently | allowed permitted | children kids
company firm | doctors physicians | teams squads | car automobile | cars automobiles
physician doctor | per_cent percent | percent per_cent | more_than over
fewer_than less_than | at_least no_fewer_than | selected chosen | chose picked | wounded injured
annual yearly | each_year annually | whole entire | construct build | constructed built
shut closed | assisted helped | reduced lowered | terminated ended | roughly approximately
roughly about | prior_to before | in_order_to to | spoke talked | asked requested
""".replace("\n", "|")
_CONTRARY = {
    "will": "will not", "would": "would not", "has": "has not", "have": "have not",
    "had": "had not", "is": "is not", "was": "was not", "are": "are not", "were": "were not",
    "can": "cannot", "could": "could not", "should": "should not",
}  # fmt: skip
# "Have to", "could only": a "not" there does not deny the sentence.
_NO_VERB = re.compile(r"\s+(?:to|only|not|been only|no|never|also|yet|less|more|[A-Z\d\"'(,.;:])")


def _table(text: str, both_ways: bool) -> Mapping[str, list[str]]:
    """Word -> what may stand in its place."""
    found: dict[str, list[str]] = {}
    for entry in filter(str.strip, text.split("|")):
        one, other = (word.replace("_", " ") for word in entry.split())
        found.setdefault(one, []).append(other)
        if both_ways:
            found.setdefault(other, []).append(one)
    return found


OPPOSITES, SYNONYMS = _table(_OPPOSITES, both_ways=True), _table(_SYNONYMS, both_ways=False)
_ANY_OPPOSITE = re.compile(rf"\b(?:{'|'.join(OPPOSITES)})\b")
_ANY_SYNONYM = re.compile(rf"\b(?:{'|'.join(sorted(SYNONYMS, key=len, reverse=True))})\b")
_ANY_VERB = re.compile(rf"\b(?:{'|'.join(_CONTRARY)})(?:\s+not|not)?\b")
_PLAIN = {negated: plain for plain, negated in _CONTRARY.items()}


def edited(sentence: str, randomly: random.Random) -> Iterator[tuple[str, Stance]]:
    """Claims made of the sentence, each with what the sentence says of it."""
    if found := list(_ANY_OPPOSITE.finditer(sentence)):
        at = randomly.choice(found)
        yield _replaced(sentence, at, randomly.choice(OPPOSITES[at.group()])), "REFUTES"
    if found := [m for m in _ANY_VERB.finditer(sentence) if not _NO_VERB.match(sentence, m.end())]:
        at = randomly.choice(found)
        verb = " ".join(at.group().split())
        yield _replaced(sentence, at, _CONTRARY.get(verb) or _PLAIN[verb]), "REFUTES"
    if found := list(_ANY_SYNONYM.finditer(sentence)):
        at = randomly.choice(found)
        yield _replaced(sentence, at, randomly.choice(SYNONYMS[at.group()])), "SUPPORTS"


def _replaced(sentence: str, at: re.Match[str], other: str) -> str:
    return sentence[: at.start()] + other + sentence[at.end() :]
