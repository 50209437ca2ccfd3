"""Where sentences end: the library's bounds, corrected by the abbreviations of each language.

The library cuts after "approx.", "M." and "Im 19.", and does not after "The answer is no.".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Code points around a full stop by which it is judged.
_JUDGED_BY = 40
# Marks before a word, and the word.
_OPENING = "\"'“‘«„([¿¡-–—"
_NEXT = re.compile(r"[\"'“‘«„(\[¿¡—\s$€£¥~<>±]*([\w’'\-]+)")
# A whole run of closing marks and, as the group `end`, what follows it at the end of a sentence.
# The group is optional so that one match takes the run: otherwise the search would begin anew at
# each of its n marks, which takes time quadratic in n.
SENTENCE_END = re.compile(
    r"[.!?…]++(?P<end>(?:[\"'”’»)\]]|[\s\u202f]»)*\s+(?=[\"'“‘«„(\[¿¡]*[^\W\d_a-zß-ÿ]))?"
)
_ROMAN = re.compile(r"[IVXLC]+\Z")
_NUMBER = re.compile(r"\d{1,3}\Z")
_CONSONANTS = re.compile(r"[^\W\d_aeiouyáéíóúàèìòùäöüâêîôûıěůý]+\Z", re.I)
_APOSTROPHE = re.compile("['’]")


@dataclass(frozen=True, slots=True)
class Rules:
    """The words of one language that tell whether a full stop ends a sentence; without the stop."""

    titles: frozenset[str] = frozenset()
    """Before a name: no sentence ends with them."""
    before_numbers: frozenset[str] = frozenset()
    """Before a number: no sentence ends with them where one follows."""
    inside: frozenset[str] = frozenset()
    """Other abbreviations: a sentence ends with one where `starters` follow."""
    starters: frozenset[str] = frozenset()
    """Words in lower case that begin a sentence more often than they follow an abbreviation."""
    articles: frozenset[str] = frozenset()
    """Words in lower case after which a number with a full stop is an ordinal."""
    ordinals: bool = False
    """Whether a number with a full stop is an ordinal."""


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _rules(
    titles: str, before_numbers: str, inside: str, starters: str, articles: str = ""
) -> Rules:
    return Rules(
        _words(titles),
        _words(before_numbers),
        _words(inside),
        _words(starters),
        _words(articles),
        ordinals=bool(articles),
    )


# After a.m. and p.m.
_DAYS_AND_ZONES = _words(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may "
    "june july august september october november december et est edt gmt bst cet utc pt pst "
    "eastern pacific local"
)
RULES = {
    "en": _rules(
        "mr mrs ms dr prof st sen rep gov lt sgt gen col capt cmdr maj adm rev hon pres supt "
        "messrs mme mlle fr det insp cpl pvt atty",
        "no nos fig figs vol p pp ch sec art approx may ca c para cl ed est circa min max eq pt "
        "ver",
        "a.m p.m u.s u.k u.n e.u etc inc co corp ltd jr sr al e.g i.e cf vs v dept univ jan feb "
        "mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun ave blvd bros viz "
        "temp d.c ph.d m.d b.a m.a",
        "the a an it he she they we you i in on at but and so this that these those there his her "
        "its their our my if when while as after before for from by with to not no what who how "
        "why where is was are prices officials some many most all one two critics police however "
        "last yet still then now more",
    ),
    "de": _rules(
        "dr prof hr fr frl st ing dipl hl mag med jur phil rer habil dipl.-ing dipl.-kfm gebr "
        "fa vgl abg nat pfr pfrn dt",
        "nr nrn abb abs art s bd kap ca tel tab ziff rd min max aufl anm vgl §",
        "usw etc u.a z.b d.h bzw evtl ggf inkl exkl mio mrd tsd jh jhd str gest geb sog u.ä o.ä "
        "v.chr n.chr chr a.d e.v z.t i.d.r bspw allg jan feb mrz apr jun jul aug sep sept okt nov "
        "dez mo di mi do sa so co b h a ä t u r",
        "der die das ein eine er sie es wir ich ihr in im am an auf aus bei mit nach von vor zu "
        "für über und aber doch danach dann dort hier so da damit dabei diese dieser dieses dies "
        "seine ihre seit als wenn wie was wer wo warum auch nur noch nun nicht kein keine jetzt "
        "heute gestern später zuvor zudem laut",
        "der die das dem den des im am vom zum zur beim seit ab bis ein eine einer einem einen "
        "jeder jedem ihr ihre ihren ihrem sein seine seinen seinem dieser diesem diesen und "
        "mein meinen bereits zweiten vor nach auf platz rang",
    ),
    "fr": _rules(
        "m mm mme mmes mlle mlles me mgr dr pr prof st ste vve cdt cne col gal lt gén sgt cap av "
        "apr bd",
        "art p pp n no nº env fig vol chap ch al par t tél éd av réf",
        "etc cf ex c.-à-d j.-c apr janv févr juil sept oct nov déc bd sté cie inc ltd min max hab "
        "p.-d.g s.a s.a.r.l",
        "le la les l un une il elle ils elles on nous vous je j ce c cette ces cet son sa ses leur "
        "leurs dans en au aux à de des du d pour par sur avec sans mais et or donc puis ensuite "
        "après avant depuis selon si quand qui que quel quelle comment pourquoi où aucun tout tous "
        "toutes aujourd hier demain pas non oui plusieurs certains",
    ),
    "es": _rules(
        "dip sen sr sra srta sres dr dra d dª dña prof profa lic ing arq gral cnel sto sta fr mons "
        "excmo excma hno rvdo mtro mtra",
        "art arts núm n nº no pág págs p pp vol cap fig aprox tel tít ap párr min máx",
        "etc ee uu ee.uu a.m p.m a p m ej c s a.c d.c s.a s.l cía ltda inc avda av dto depto admón "
        "gob prov ene feb abr jun jul ago sept oct nov dic pdta pdte cc oo rr ff aa jj mm",
        "el la los las un una unos unas él ella ellos ellas se su sus lo le en de del al a por "
        "para con sin sobre según desde hasta pero y e o no sí si que qué quién cuándo cómo dónde "
        "cuando como este esta estos estas ese esa eso esto después antes luego entonces ayer hoy "
        "mañana también además es era hay todos todas muchos muchas algunos nadie ninguno ambos "
        "otro otra otros otras tras durante mientras",
    ),
    "it": _rules(
        "sig sigg sig.ra sig.na dott dott.ssa prof prof.ssa ing avv on arch geom rag sen gen col "
        "cap ten mons don fra ss egr gent.mo cav comm",
        "art artt n nn nr pag pagg p pp vol cap fig sec ca circa tel tab cfr cod sez",
        "ecc etc es a.c d.c c s.p.a s.r.l spa srl ltd inc v u.s min max gen feb mar apr mag giu "
        "lug ago set sett ott nov dic prov st univ ang",
        "il lo la i gli le l un una uno egli ella lui lei loro essi si in di del della dei delle a "
        "al alla ai da dal dalla per con su sul sulla tra fra ma e o non no sì se che chi quando "
        "come dove perché questo questa questi queste quello quella dopo prima poi ieri oggi "
        "domani secondo anche nel nella è era tutti tutte molti molte alcuni nessuno nessuna ogni "
        "qui durante mentre",
    ),
    "cs": _rules(
        "p pí pan dr mudr judr phdr rndr ing mgr bc prof doc mvdr paeddr thdr arch gen plk mjr kpt "
        "por sv st ml",
        "č čl odst str s sv kap obr tab par § cca tel max min roč ods",
        "atd apod aj např tj tzv resp mj tis mil mld kč n.l př.n.l l n r z.s s.r.o a.s o.p.s vyd "
        "hod ul nám srov popř event",
        "v ve na z ze do od po pro při před o u s se k ke to ten ta ty tento tato toto on ona oni "
        "já my vy je jsou byl byla bylo byli ale a i však poté potom pak dnes včera zítra podle "
        "když kdy kde kdo co jak proč ne ano také už jeho její jejich není nikdo",
        "v ve na z ze do od po pro při před o u s k ke dne byl je den a až ten",
    ),
    "tr": _rules(
        "dr prof doç av sn bay yrd alb gen org müh mim öğr gör op uzm st hz yzb tic",
        "no s sf cilt md bkz fık yak yakl tel böl şek çev",
        "vb vs vd örn mah cad sok apt san ltd şti a.ş m.ö m.s t.c ör krş",
        "bu şu o ben biz siz onlar bir ve ama fakat ancak sonra daha önce dün bugün yarın çünkü "
        "ayrıca böylece başkan her hiç çok ne kim nasıl neden nerede evet hayır kimse en artık",
        "bu her yüz saat ocak ve dünya ilk",
    ),
    "nl": _rules(
        "dr drs mr mevr dhr prof ir ing ds st burg gen kol kapt",
        "nr art p pp blz ca vol fig afb jan feb mrt apr jun jul aug sept okt nov dec min max tel",
        "o.a bijv bv enz etc d.w.z m.b.t n.v b.v resp evt incl excl t.o.v a.u.b i.v.m jl",
        "de het een in op van en maar hij zij ze we wij ik dat dit er als toen daarna men volgens "
        "ook niet nu dus",
    ),
    "pl": _rules(
        "dr prof inż mgr hab św ks gen płk mjr kpt por red al ul pl pani pan",
        "ok nr art ust pkt str s m godz r t tom rys tab tel poz min max",
        "np tj itd itp tzn tzw w br ub r m.in zob por ww pw mln mld tys zł gr hab",
        "w na z ze do od po to ten ta nie a i ale jak kiedy gdy dziś wczoraj jutro już on ona oni "
        "było był była są jest skończono według",
    ),
    "pt": _rules(
        "sr sra srs dr dra prof profa eng d dom exmo exma sto sta av r pe gen cel cap",
        "n nº n.º art arts pág págs p pp séc aprox vol cap fig ca tel",
        "etc ex a.c d.c s.a ltda cia jan fev mar abr mai jun jul ago set out nov dez",
        "o a os as um uma em no na de do da e mas ele ela eles elas que se não por para com hoje "
        "ontem depois antes segundo já foi",
    ),
    "ru": _rules(
        "г-н г-жа д-р проф акад ген полк им ул св тов",
        "ок ст стр с п гл рис табл т вып",
        "г гг в вв млн млрд тыс руб чел т.е т.к т.д т.п и.о н.э др пр см ср напр",
        "в на и но а он она они мы вы я это этот эта как когда по с к из за что где кто сейчас "
        "потом сегодня вчера завтра также тогда дорого",
    ),
    "sv": _rules(
        "dr prof st hr fr ing",
        "kl ca nr s sid fig kap tel jan feb mar apr jun jul aug sept okt nov dec",
        "t.ex bl.a d.v.s osv m.m m.fl o.s.v f.d s.k p.g.a resp inkl exkl",
        "det den de en ett i på och men han hon vi jag att som när då där inte nu också alla",
    ),
    "uk": _rules(
        "п пан пані д-р проф акад ген ім вул св",
        "бл ст стор с п гл рис табл т вип",
        "р рр м млн млрд тис грн ос т.д т.п н.е ін див напр",
        "у в на і й але а він вона вони ми ви я це цей ця як коли за з до зараз потім сьогодні "
        "вчора завтра також",
    ),
}  # fmt: skip
RULES["sk"] = RULES["cs"]
_OTHER = Rules()
# Languages whose ordinals have a full stop, beside those of `RULES`.
_ORDINALS = _words("bs cs da de et fi hr hu is lt lv nb nn no pl sk sl sr tr")


def bounds(text: str, language: str) -> Iterator[int]:
    """The offsets where a sentence ends and the next begins, in order, and the end of the text."""
    import sentencex  # the command line shows its help without it

    rules = RULES.get(language, _OTHER)
    ordinals = rules.ordinals or language in _ORDINALS
    last = 0
    found = [
        boundary["end_index"] for boundary in sentencex.get_sentence_boundaries(language, text)
    ]
    for end in found:
        if end < len(text) and _goes_on(text, last, end, rules, ordinals):
            continue
        for ended in SENTENCE_END.finditer(text, last, end):
            if ended["end"] and ended.end() < end and _ends(text, last, ended, rules, ordinals):
                yield ended.end()
        yield end
        last = end
    if last < len(text):
        yield len(text)


def _goes_on(text: str, start: int, end: int, rules: Rules, ordinals: bool) -> bool:
    """Whether the sentence that begins at `start` goes on after a bound of the library."""
    before = text[max(start, end - _JUDGED_BY) : end]
    said = before.rstrip()
    if text[end] == "\n" or (before[len(said) :].count("\n") > 1):
        return False
    if not any(map(str.isalnum, said)):
        return 0 < len(said) < _JUDGED_BY  # a lone mark: "- ", "» "
    if said[-1] in "」』":
        return text[end] in "とっで"  # 「…」と述べた: somebody says so
    if said[-1] not in ".?!":
        return False
    following = _NEXT.match(text, end, end + _JUDGED_BY)
    if following is None:
        return text[end] in ",;" or (text[end] == "-" and said[-1] == ".")  # J.-C.
    after = following[1]
    goes_on_small = after[0].islower() and not after[1:2].isupper()  # iPhone begins a sentence
    if said[-1] != ".":
        return goes_on_small
    words = said[:-1].split()
    word = words[-1].lstrip(_OPENING) if words else ""
    lower = word.lower()
    elided = _APOSTROPHE.split(lower)[-1]  # l'avv. Conti
    if said == before and text[end].isalpha() and not word[-2:-1].isalpha():
        return True  # letters with full stops and no space: P.-D.G., a.C.
    if _NUMBER.match(word):
        if len(words) == 1 and end - start < _JUDGED_BY:
            return True  # the number of an item: "1. Ada Marlow"
        return ordinals and _is_ordinal(words[-2] if len(words) > 1 else "", after, rules)
    if _ROMAN.match(word) and len(words) == 1 and ordinals and end - start < _JUDGED_BY:
        return True  # the ordinal before a ruler's name: "II. Abdülhamid"
    if lower in rules.titles or elided in rules.titles:
        return True
    numbered = not {lower, elided}.isdisjoint(rules.before_numbers)  # l'art. 49
    if numbered and (after[0].isdigit() or _ROMAN.match(after)):
        return True
    if goes_on_small and not text[start : start + 1].islower():
        return True
    if goes_on_small:  # of a text without capitals
        known = not {lower, elided}.isdisjoint(rules.inside | rules.before_numbers)
        known = known or word[:1].isdigit()
        return known or "." in word or len(word) == 1 or bool(_CONSONANTS.match(word))
    if lower.endswith(".m") and after.lower() in _DAYS_AND_ZONES:
        return True
    if word[-1:].isupper() and word[-2:-1] in ("", "-"):  # J.-P. Lorrain
        return not _begins(after, rules)
    return lower in rules.inside and not _begins(after, rules)


def _is_ordinal(before: str, after: str, rules: Rules) -> bool:
    """Whether a number with a full stop is an ordinal: "Im 19. Jahrhundert", not "Er ist 19. Das".

    Args:
        before: the word before the number.
        after: the word after it.
    """
    if after[0].islower():
        return True
    if _begins(after, rules):
        return False
    return not rules.articles or before.lstrip(_OPENING).lower() in rules.articles


def _ends(text: str, start: int, ended: re.Match[str], rules: Rules, ordinals: bool) -> bool:
    """Whether the sentence that begins at `start` ends where the library saw no bound."""
    following = _NEXT.match(text, ended.end(), ended.end() + _JUDGED_BY)
    if following is None:
        return False
    after = following[1]
    if after[0].islower():
        return False
    if "»" in ended[0]:
        return True
    if ended[0][0] == "…" or ")" in ended[0]:
        return _begins(after, rules) or (")" in ended[0] and text.startswith("(", start))
    words = text[max(0, ended.start() - _JUDGED_BY) : ended.start()].split()
    if ended[0][0] != "." or not words:
        return False
    word = words[-1].lstrip(_OPENING)
    lower = word.lower()
    if lower in rules.titles:
        return False
    if lower in rules.before_numbers and len(lower) > 1 and (word == lower or lower == "may"):
        return not _ROMAN.match(after)
    if word[:1] == "°" or (len(word) > 1 and text[ended.end()] in "“„«" and word.isalpha()):
        return lower not in rules.inside
    pair = "".join(words[-2:]).lower()  # a. C., S. L.
    if (len(word) < 2 and pair not in rules.inside) or (_NUMBER.match(word) and ordinals):
        return False
    return _begins(after, rules) and not _is_quoted(text[start : ended.start()])


def _is_quoted(text: str) -> bool:
    """Whether a quotation is open at the end of a text."""
    low, turned, high = map(text.count, "„“”")
    return (
        text.count('"') % 2 == 1
        or turned > high + low
        or low > turned + high
        or text.count("«") > text.count("»")
    )


def _begins(word: str, rules: Rules) -> bool:
    """Whether a word with a capital is one that mostly begins a sentence."""
    return _APOSTROPHE.split(word, maxsplit=1)[0].lower() in rules.starters
