"""Made-up values and bounds: the labels are read off the facts again."""

import datetime as dt
import re

from training.bounds import COMMON, DATASET, bounds

PASSAGES = ["A first sentence of news. A second one, about the weather. A third."]
MADE = bounds([], 12_000, seed=1)


def label(holds: bool) -> str:
    return "SUPPORTS" if holds else "REFUTES"


def test_levels() -> None:
    shares = {"half": 50, "a third": 33.3, "a quarter": 25, "two thirds": 66.7,
              "three quarters": 75, "a fifth": 20}  # fmt: skip
    seen = set()
    for pair in MADE:
        fact = re.search(r"in (\w+) (?:is|was) ([\d.]+) ?(?:per cent|percent|%)", pair.evidence)
        claim = re.search(r"in (\w+) was (more than|less than|not even) (.+?) \w+( out)?\.?$",
                          pair.claim)  # fmt: skip
        if fact and claim and fact[1] == claim[1]:
            over = float(fact[2]) > shares[claim[3]]
            seen.add((claim[2], over))
            assert pair.label == label(over == (claim[2] == "more than")), pair
    assert len(seen) == 6


def minutes(clock: str) -> int:
    hour, minute, half = re.fullmatch(r"(\d+)(?::(\d+))?(?: ([ap])\.m\.?)?", clock).groups()
    hours = int(hour) if half is None else int(hour) % 12 + (12 if half == "p" else 0)
    return 60 * hours + int(minute or 0)


def test_hours() -> None:
    seen, clock = set(), r"([\d:]+(?: [ap]\.m)?)"
    for pair in MADE:
        fact = re.search(rf"from (\w+) (?:will leave|leaves) at {clock}", pair.evidence)
        claim = re.search(rf"from (\w+) leaves (before|after|at) {clock}", pair.claim)
        if fact and claim:
            told, asked = minutes(fact[2]), minutes(claim[3])
            truth = {"before": told < asked, "after": told > asked, "at": told == asked}
            seen.add((claim[2], truth[claim[2]]))
            assert pair.label == label(truth[claim[2]]), pair
    assert len(seen) == 6


def test_days() -> None:
    seen = set()
    for pair in MADE:
        fact = re.search(r"in (\w+) .+ on (\d+ \w+ (\d{4}))\.$", pair.evidence)
        claim = re.search(r"in (\w+) .+ (before|after) (\w+ )?(\d{4})\.?$", pair.claim)
        if not (fact and claim and fact[1] == claim[1]):
            continue
        day = dt.datetime.strptime(fact[2], "%d %B %Y")
        asked = dt.datetime.strptime(f"{claim[3] or 'January '}{claim[4]}", "%B %Y")
        if claim[3] or day.year != asked.year:
            seen.add((claim[2], day < asked))
            assert pair.label == label((day < asked) == (claim[2] == "before")), pair
    assert len(seen) == 4


def test_amounts() -> None:
    seen = set()
    words = r"(more than|at least|fewer than|less than|no more than) ([\d,]+)"
    for pair in MADE:
        claim = re.fullmatch(rf"(.+?) (?:won by|\w+) {words} .+?", pair.claim)
        if claim and pair.evidence.startswith(claim[1]) and "per cent" not in pair.claim:
            told = re.findall(r"(?<!\S)[\d,]+(?!\S)", pair.evidence)
            value, bound = int(told[-1].replace(",", "")), int(claim[3].replace(",", ""))
            above = claim[2] in {"more than", "at least"}
            seen.add((claim[2], value > bound))
            if pair.label != "NOT_ENOUGH_INFO":
                assert pair.label == label((value > bound) == above), pair
    assert len(seen) == 8


def test_what_two_sides_share_says_nothing_of_who_has_more() -> None:
    labels = {True: set(), False: set()}
    for pair in MADE:
        shared = next((what for what in COMMON if f" {what}." in pair.evidence), None)
        if shared and re.search(r"equal numbers of|have equal|more \D+ than", pair.claim):
            labels[pair.evidence.endswith(f"{shared}.") and pair.evidence.count(".") == 1].add(
                pair.label
            )
    assert labels[True] == {"NOT_ENOUGH_INFO"}
    assert {"SUPPORTS", "REFUTES"} <= labels[False]


def test_what_was_asked_for_is_not_what_came_of_it() -> None:
    seen = set()
    for pair in MADE:
        fact = re.search(r"(?:accepted|settled for|got|get) .*?([\d.]+) [a-z]", pair.evidence)
        claim = re.search(r" got a \w+ of ([\d.]+) ", pair.claim)
        if fact and claim:
            seen.add(claim[1] == fact[1])
            assert pair.label == label(claim[1] == fact[1]), pair
    assert seen == {True, False}


def test_half_of_the_facts_stand_among_news_and_the_seed_decides() -> None:
    made = bounds(PASSAGES, 400, seed=1)
    assert len(made) == 400
    assert made == bounds(PASSAGES, 400, seed=1)
    assert 0.3 < sum("about the weather" in pair.evidence for pair in made) / 400 < 0.7
    assert {pair.dataset for pair in made} == {DATASET}
    assert {pair.label for pair in made} == {"SUPPORTS", "REFUTES", "NOT_ENOUGH_INFO"}
