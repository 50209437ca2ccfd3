"""Made-up facts about two sides: the labels are read off the facts again."""

import re

from training.comparisons import DATASET, comparisons

PASSAGES = ["A first sentence of news. A second one, about the weather. A third."]


def test_amounts_are_compared_right() -> None:
    seen = set()
    for pair in comparisons([], 6_000, seed=1):
        equal = re.search(r"the same number|an equal number|equal numbers", pair.claim) is not None
        if equal and re.match(r".+? and .+? each ", pair.evidence):
            seen.add("each")
            assert pair.label == "SUPPORTS"
        two = re.fullmatch(
            r"(.+?) \w+ ([\d,]+) .+? and (\S+(?: [A-Z]\S*)?) (?:\w+ )?([\d,]+)(?: .*)?\.",
            pair.evidence,
        )
        if not two:
            continue
        amounts = {two[1]: _number(two[2]), two[3]: _number(two[4])}
        same = len(set(amounts.values())) == 1
        if equal and amounts.keys() == set(re.findall(r"^(.+?) and (.+?) \w+ ", pair.claim)[0]):
            seen.add(same)
            assert pair.label == ("SUPPORTS" if same else "REFUTES"), pair
        more = re.fullmatch(r"(.+?) \w+ (more|fewer) .+ than (.+?)\.?", pair.claim)
        if more and {more[1], more[3]} == amounts.keys():
            ahead = amounts[more[1]] - amounts[more[3]]
            holds = ahead > 0 if more[2] == "more" else ahead < 0
            seen.add((more[2], holds))
            assert pair.label == ("SUPPORTS" if holds else "REFUTES"), pair
    truths = {(word, holds) for word in ("more", "fewer") for holds in (True, False)}
    assert seen == {"each", True, False} | truths


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def test_shares_are_compared_right() -> None:
    shares = {"half": 50, "a third": 33.3, "a quarter": 25, "two thirds": 66.7,
              "three quarters": 75, "a fifth": 20}  # fmt: skip
    seen = set()
    for pair in comparisons([], 4_000, seed=2):
        percent = re.search(r"In (\w+), ([\d.]+) ?(?:per cent|percent|%)", pair.evidence)
        claim = re.match(r"(More|Less) than (.+?) of .* in (\w+)", pair.claim)
        if percent and claim and percent[1] == claim[3]:
            over = float(percent[2]) > shares[claim[2]]
            seen.add(claim[2])
            assert pair.label == ("SUPPORTS" if over == (claim[1] == "More") else "REFUTES")
    assert seen == set(shares)


def test_one_who_won_did_not_lose() -> None:
    labels = {True: set(), False: set()}
    for pair in comparisons([], 4_000, seed=3):
        beat = re.match(r"(.+?) beat (.+?) \d", pair.evidence)
        won = re.match(r"(.+?) won ", pair.claim)
        if beat and won and won[1] in beat.groups() and not re.search(r"\d", pair.claim):
            labels[won[1] == beat[1]].add(pair.label)
    assert labels == {True: {"SUPPORTS"}, False: {"REFUTES"}}


def test_half_of_the_facts_stand_among_news_and_the_seed_decides() -> None:
    made = comparisons(PASSAGES, 400, seed=1)
    assert len(made) == 400
    assert made == comparisons(PASSAGES, 400, seed=1)
    assert 0.3 < sum("about the weather" in pair.evidence for pair in made) / 400 < 0.7
    assert {pair.dataset for pair in made} == {DATASET}
    assert {pair.label for pair in made} == {"SUPPORTS", "REFUTES", "NOT_ENOUGH_INFO"}
