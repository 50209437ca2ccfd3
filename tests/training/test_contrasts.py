"""Made-up corrections: the labels are read off the facts again."""

import re

from training.contrasts import DATASET, contrasts

PASSAGES = ["A first sentence of news. A second one, about the weather. A third."]
AMOUNTS = (
    r"(?P<one>.+?) \w+ (?P<right>[\d,]+) .*not (?:the )?(?P<wrong>[\d,]+)\b",
    r"(?P<one>.+?) did not \w+ (?P<wrong>[\d,]+) .*but (?P<right>[\d,]+)\.",
    r".*said that (?P<one>.+?) \w+ (?P<wrong>[\d,]+) .*number was (?P<right>[\d,]+)\.",
)


def test_the_number_that_is_corrected_is_refuted() -> None:
    labels: dict[tuple[str, bool], set[str]] = {}
    for pair in contrasts([], 6_000, seed=1):
        fact = next((found for form in AMOUNTS if (found := re.match(form, pair.evidence))), None)
        claim = re.fullmatch(r"(.+?) (?:(did not) )?\w+ ([\d,]+) [\w ]+\.?", pair.claim)
        if fact and claim and claim[1] == fact["one"]:
            which = "right" if claim[3] == fact["right"] else "wrong"
            assert claim[3] == fact[which]
            labels.setdefault((which, claim[2] is None), set()).add(pair.label)
    assert labels == {
        ("right", True): {"SUPPORTS"}, ("wrong", True): {"REFUTES"},
        ("right", False): {"REFUTES"}, ("wrong", False): {"SUPPORTS"},
    }  # fmt: skip


def test_years_are_told_apart() -> None:
    labels: dict[bool, set[str]] = {True: set(), False: set()}
    for pair in contrasts([], 6_000, seed=2):
        fact = re.match(r"(The \w+ in \w+) .*in (\d{4})(?:,| rather) .*(\d{4})", pair.evidence)
        claim = re.fullmatch(r"(The \w+ in \w+) .*in (\d{4})\.?", pair.claim)
        if fact and claim and claim[1] == fact[1] and " not" not in pair.claim + pair.evidence[:60]:
            labels[claim[2] == fact[2]].add(pair.label)
    assert labels == {True: {"SUPPORTS"}, False: {"REFUTES"}}


def test_only_one_of_two_has_the_office() -> None:
    labels: dict[bool, set[str]] = {True: set(), False: set()}
    for pair in contrasts([], 6_000, seed=3):
        fact = re.match(r"(.+?), not (.+?), was elected", pair.evidence)
        claim = re.match(r"(.+?) (?:became|was elected) ", pair.claim)
        if fact and claim:
            labels[claim[1] == fact[1]].add(pair.label)
    assert labels == {True: {"SUPPORTS"}, False: {"REFUTES"}}


def test_half_of_the_facts_stand_among_news_and_the_seed_decides() -> None:
    made = contrasts(PASSAGES, 400, seed=1)
    assert len(made) == 400
    assert made == contrasts(PASSAGES, 400, seed=1)
    assert 0.3 < sum("about the weather" in pair.evidence for pair in made) / 400 < 0.7
    assert {pair.dataset for pair in made} == {DATASET}
    assert {pair.label for pair in made} == {"SUPPORTS", "REFUTES", "NOT_ENOUGH_INFO"}
