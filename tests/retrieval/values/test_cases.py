"""Pairs written by hand: what the values of a sentence say of those of a claim."""

import json
from collections import Counter
from pathlib import Path

import pytest

from retrieval.values import parse_claim, verdict_of_values

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases.jsonl").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['claim']} | {case['evidence']}")
def test_a_sentence_says_of_a_claim(case: dict[str, str]) -> None:
    found = verdict_of_values(parse_claim(case["claim"]), case["evidence"])
    assert found.relation.value == case["expected"]
    for step in found.steps:
        for at in step.evidence:
            assert any(char.isalnum() for char in case["evidence"][at.start : at.end])


def test_there_are_cases_of_every_kind() -> None:
    kinds = Counter(case["kind"] for case in CASES)
    assert len(CASES) >= 200
    assert set(kinds) >= {
        "notation", "different", "bound", "vague", "unit", "currency", "date", "clock", "duration",
        "ordinal", "fraction", "age", "derived", "sides", "share", "trap",
    }  # fmt: skip
    assert len({(case["claim"], case["evidence"]) for case in CASES}) == len(CASES)
