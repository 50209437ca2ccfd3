"""(paragraph, place of a quotation) -> whom the clause right beside it names as its speaker.

For direct speech in English, German, French, Spanish, Italian, Dutch and Portuguese: a verb of
saying and a name touch the quotation marks. The other rules for English
are in `retrieval.attributions`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.documents import Span

# Verbs of saying as they stand beside direct speech.
_ENGLISH = r"went\s+on|goes\s+on|" + "|".join(
    re.findall(
        r"\S+",
        """said says told tells asked asks replied replies answered answers responded responds
        countered counters retorted retorts continued continues added adds concluded insisted
        joked quipped shouted cried whispered remarked observed commented urged vowed pledged
        conceded agreed disagreed complained wrote writes recalled explained explains warned
        warns noted announced declared stressed argues argued tweeted posted objected objects
        interjected""",
    )
)
# The same in languages that put the verb before the name, too: Dazu sagte Eva Moor.
_INVERTING = "|".join(
    re.findall(
        r"\S+",
        """sagt sagte sagten erklärt erklärte betont betonte meint meinte antwortet antwortete
        fragt fragte entgegnet entgegnete kritisiert kritisierte warnt warnte fordert forderte
        ergänzt ergänzte schreibt schrieb erzählt erzählte berichtet berichtete versichert
        versicherte behauptet behauptete urteilt urteilte klagt klagte kündigte verspricht
        versprach findet ruft rief dit déclare affirme explique répond estime assure ajoute
        souligne précise lance raconte confie regrette reconnaît promet prévient martèle résume
        poursuit conclut insiste indique indigne écrit déclaré affirmé expliqué répondu estimé
        assuré ajouté souligné précisé lancé raconté confié regretté reconnu promis prévenu
        martelé résumé poursuivi conclu insisté indiqué indigné dijo dice afirmó afirma
        declaró declara explicó explica añadió añade respondió responde aseguró asegura señaló
        señala advirtió advierte escribió subrayó disse detto afferma affermato spiega spiegato
        dichiara dichiarato risponde risposto aggiunge aggiunto scrive zei zegt verklaarde
        verklaart antwoordde antwoordt schreef schrijft waarschuwde stelt stelde afirmou
        declarou explicou respondeu acrescentou""",
    )
)
_VERBS = f"{_ENGLISH}|{_INVERTING}"
_ADVERB = (
    r"(?:Dazu|Hierzu|Darauf|Daraufhin|Dann|Danach|Später|Zuvor|Vorher|Gestern|Heute|Außerdem"
    r"|Anschließend|Schließlich|Am\s+\w+|Puis|Ensuite|Hier|Aujourd['’]hui)"
)
_ACCORDING = (
    r"(?:Selon|D['’]après|Laut|Nach (?:Angaben|den Worten|Ansicht|Aussage) (?:von|der|des)|Según"
    r"|Secondo|Volgens|Segundo)"
)
_UPPER = r"[^\W\d_a-zß-öø-ÿœ]"
_CAPITAL = rf"(?:(?:{_UPPER}|Mr|Mrs|Ms|Dr|St|Prof|Mme|Sr|Sra)\.|{_UPPER}[\w'’-]*)"
_PARTICLE = (
    r"(?:(?:de|van|von|of)\s+(?:la|los|las|der|den|the)"
    r"|de|du|des|la|le|van|von|di|da|do|dos|del|el|al|bin|ten|ter|of)"
)
# Words with a capital that begin a sentence, and no name.
_OPENERS = (
    r"(?:As|But|And|Then|Later|When|While|After|Before|However|Still|Yet|So|Also|In|On|At|For|To"
    r"|Wie|Da|Und|Aber|Doch|Auch|Am|Im|Comme|Mais|Et|Puis|Como|Pero|Come|Ma)\b"
)
_NAME = rf"(?!{_OPENERS}){_CAPITAL}(?:\s+(?:{_PARTICLE}\s+)?{_CAPITAL})*"
_ARTICLE = (
    r"(?i:the|a|an|his|her|their|its|der|die|das|ein|eine|sein|seine|ihr|ihre|le|la|les|l['’]|un|une"
    r"|son|sa|el|los|las|una|su|il|lo|gli|uno|de|het|een|um|uma)"
)
_LOWER = r"[a-zß-öø-ÿœ'’-]+"
_NOUN = rf"\b{_ARTICLE}(?:\s+|(?<=['’]))"
# A name with what may stand before it ("la ministre Claire Vasseur", "der Pächter Kurt Lohse"), or
# an office alone: "le maire".
_WHO = rf"(?:(?:{_NOUN}(?:{_LOWER}\s+){{0,4}})?{_NAME}|{_NOUN}{_LOWER}(?:\s+{_LOWER}){{0,2}}?)"
_ASIDE = r"(?:\s*\([^()]{1,40}\))?(?:,[^,.;:]{1,60},)?"
_MARKS = "“”„\"«»‹›‘’'‚"
# Before the verb: words of a compound tense, and adverbs.
_AUXILIARY = (
    r"(?:(?:a|ont|avait|s['’]est|ha|han|hat|haben|hatte|heeft|has|had|have|also|later|then)\s+)"
    r"{0,2}"
)
# “…”, sagte Helga Maurer.  “…”, a affirmé la ministre Claire Vasseur.  »…«, so Ute Brandl.
_AFTER = re.compile(
    rf"\s*+[{_MARKS}]\s*+,?\s*+(?:[sS]['’])?{_AUXILIARY}(?:{_VERBS}|so)(?:\s+(?:dazu|hierzu|auch))?"
    rf"\s+(?P<who>{_WHO})"
)
# “…”, Claire Vasseur a affirmé. After a full stop it may be another sentence.
_AFTER_NAME = re.compile(
    rf"(?:(?<=[,?!])\s*[{_MARKS}]|\s*[{_MARKS}]\s*,)\s*(?P<who>{_WHO}){_ASIDE}\s+{_AUXILIARY}(?:{_VERBS})\b"
    rf"(?!\s+(?:of|about|von|über|de|sur)\b)"
)
# “…”, she answered. “…”, sagt er. « … », dit-elle.
_PRONOUN_AFTER = re.compile(
    rf"\s*+[{_MARKS}]\s*+,?\s*+(?:(?P<who>he|she|they|we|I)\s+{_AUXILIARY}(?:{_VERBS})"
    rf"|(?:{_VERBS})(?:\s+|-t?-?)(?:he|she|they|er|sie|il|elle|on|él|ella|lui|lei|hij|zij|ze))\b"
)
# Jens Tobler erklärte: “…”.  Asked about it, Okoro replied: “…”.
_BEFORE = re.compile(
    rf"(?P<who>{_WHO}){_ASIDE}\s+{_AUXILIARY}(?:{_VERBS})\b[^.;:]{{0,80}}[:,]?\s*[{_MARKS}]\s*$"
)
# Dazu sagte die Landrätin Eva Moor: “…”.
_BEFORE_INVERTED = re.compile(
    rf"(?:{_ADVERB}\s+{_AUXILIARY}|\b(?:a|ont|ha|han)\s+)(?:{_INVERTING})\s+(?P<who>{_WHO})"
    rf"[^.;:]{{0,60}}:\s*[{_MARKS}]\s*$"
)
_BEFORE_ACCORDING = re.compile(rf"{_ACCORDING}\s+(?P<who>{_WHO})[^.;:]{{0,60}},?\s*[{_MARKS}]\s*$")
# Councillor Piers Dunmore disagreed: “…”: whoever begins the sentence, where he has two names.
_COLON = re.compile(
    rf"\s*(?:{_ARTICLE}\s+)?(?P<who>{_CAPITAL}(?:\s+(?:{_PARTICLE}\s+)?{_CAPITAL})+)\b"
    rf"[^.;:]{{0,80}}:\s*[{_MARKS}]\s*$"
)
_ENDS = re.compile(
    r"(?:(?<!\b[A-ZÀ-Þ])(?<!\b(?:Mr|Dr|Ms|St|Sr|Lt))(?<!\b(?:Mrs|Sra|Rev|Gen|Gov|Sen))(?<!\bProf)\.|[!?…])"
    r"[\s”»\"“«›’‘]*\s"
)
# Most quotations of a paragraph that are searched for the speaker of a later one.
MOST_BACK = 7
# Most characters before a quotation that are searched for the clause that introduces it.
_REACH = 300


def speaker_before(masked: str, quoted: Sequence[Span], at: int) -> Span | None:
    """As `speaker_beside`, of the quotations before that this one goes on from: no more than a full
    stop and a clause stand between them."""
    pronoun = _PRONOUN_AFTER.match(masked, quoted[at].end)
    if pronoun is not None:
        return Span(*pronoun.span("who")) if pronoun["who"] else None
    for own in range(at, max(0, at - MOST_BACK), -1):
        if not _follows(masked, quoted[own - 1], quoted[own]):
            return None
        if (found := speaker_beside(masked, quoted, own - 1)) is not None:
            return found
    return None


def speaker_beside(masked: str, quoted: Sequence[Span], at: int) -> Span | None:
    """The speaker of one of a paragraph's quotations, as a clause that touches it names him; places
    are offsets into the paragraph.

    Args:
        masked: the paragraph, its quotations made unreadable.
        at: the index of the quotation.
    """
    span = quoted[at]
    until = quoted[at + 1].start if at + 1 < len(quoted) else len(masked)
    for pattern in (_AFTER, _AFTER_NAME):
        if (found := pattern.match(masked, span.end, until)) is not None:
            return Span(*found.span("who"))
    low = max(quoted[at - 1].end + 1 if at else 0, span.start - _REACH)
    ends = [found.end() for found in _ENDS.finditer(masked, low, span.start)]
    start = ends[-1] if ends else low
    for pattern in (_BEFORE_ACCORDING, _BEFORE_INVERTED, _BEFORE):
        if (found := pattern.search(masked, start, span.start)) is not None:
            return Span(*found.span("who"))
    found = _COLON.match(masked, start, span.start)
    return Span(*found.span("who")) if found else None


def _follows(masked: str, one: Span, other: Span) -> bool:
    """Whether a quotation begins where the sentence of the one before it ends."""
    between = masked[one.end : other.start]
    return len(_ENDS.findall(between)) <= 1 and len(between.split()) <= 15
