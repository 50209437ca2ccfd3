"""Stances -> verdict: by hand, and what must hold for any stances."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.types import VERDICTS, Calibration
from retrieval.verdict import discount, judge, probability_about, stance_of, worth_reading


def stances(*rows: tuple[float, float, float]) -> np.ndarray:
    return np.array(rows, np.float32).reshape(-1, 3)


SURE = (0.9, 0.02, 0.08)
AGAINST = (0.05, 0.8, 0.15)
EMPTY = (0.05, 0.05, 0.9)
random_stances = st.lists(
    st.tuples(*[st.floats(0.01, 1)] * 3).map(lambda row: tuple(x / sum(row) for x in row)),
    max_size=8,
)


def test_one_source_gives_back_its_stance() -> None:
    answer = judge(stances(SURE), [0])
    assert answer.verdict == "SUPPORTED"
    assert answer.probabilities == pytest.approx(
        {"SUPPORTED": 0.9, "REFUTED": 0.01, "CONFLICTING_EVIDENCE": 0, "NOT_ENOUGH_EVIDENCE": 0.09},
        abs=1e-6,
    )  # half of 0.02 goes over, for no source refutes
    assert (answer.supporting, answer.refuting) == (1, 0)


def test_two_sources_by_hand() -> None:
    answer = judge(stances((0.8, 0.1, 0.1), (0.1, 0.75, 0.15)), [0, 1])
    nothing = 0.1 * 0.15
    supported = (1 - 0.1) * (1 - 0.75) - nothing
    refuted = (1 - 0.8) * (1 - 0.1) - nothing
    assert answer.probabilities == pytest.approx(
        {
            "SUPPORTED": supported,
            "REFUTED": refuted,
            "CONFLICTING_EVIDENCE": 1 - nothing - supported - refuted,
            "NOT_ENOUGH_EVIDENCE": nothing,
        },
        abs=1e-6,
    )
    assert answer.verdict == "CONFLICTING_EVIDENCE"
    assert (answer.supporting, answer.refuting) == (1, 1)


def test_a_weak_opposite_is_no_conflict() -> None:
    answer = judge(stances(SURE, (0.1, 0.6, 0.3)), [0, 1])
    assert answer.probabilities["CONFLICTING_EVIDENCE"] == 0
    assert answer.verdict == "SUPPORTED"


def test_copies_count_once() -> None:
    copies = judge(stances((0.6, 0.1, 0.3), (0.5, 0.1, 0.4), (0.55, 0.1, 0.35)), [0, 0, 0])
    assert copies == judge(stances((0.6, 0.1, 0.3)), [0])
    apart = judge(stances((0.6, 0.1, 0.3), (0.5, 0.1, 0.4), (0.55, 0.1, 0.35)), [0, 1, 2])
    assert apart.supporting == 3
    assert apart.probabilities["NOT_ENOUGH_EVIDENCE"] < copies.probabilities["NOT_ENOUGH_EVIDENCE"]


def test_no_evidence_at_all() -> None:
    answer = judge(stances(), [])
    assert (answer.verdict, answer.probabilities["NOT_ENOUGH_EVIDENCE"]) == (
        "NOT_ENOUGH_EVIDENCE",
        1,
    )


def test_below_the_threshold_it_abstains() -> None:
    row = stances((0.5, 0.2, 0.3))
    assert judge(row, [0], threshold=0.49).verdict == "SUPPORTED"
    unsure = judge(row, [0], threshold=0.6)
    assert unsure.verdict == "NOT_ENOUGH_EVIDENCE"
    assert unsure.probabilities["SUPPORTED"] == pytest.approx(0.5)  # what it abstained from


def test_doubts_do_not_add_up_to_a_verdict() -> None:
    weak = stances(*[(0.3, 0.1, 0.6)] * 10)
    answer = judge(weak, range(10))
    assert (answer.verdict, answer.supporting) == ("NOT_ENOUGH_EVIDENCE", 0)
    assert 0.4 < answer.probabilities["SUPPORTED"] < 0.5
    spoken = judge(stances(*[(0.3, 0.1, 0.6)] * 9, (0.5, 0.1, 0.4)), range(10))
    assert (spoken.verdict, spoken.supporting) == ("SUPPORTED", 1)


def test_sharpness_keeps_many_weak_sources_from_adding_up() -> None:
    weak = stances(*[(0.15, 0.05, 0.8)] * 10)
    plain, sharp = judge(weak, range(10)), judge(weak, range(10), sharpness=2.5)
    assert plain.probabilities["NOT_ENOUGH_EVIDENCE"] < 0.6
    assert sharp.probabilities["NOT_ENOUGH_EVIDENCE"] > 0.9


@given(random_stances, st.floats(0.5, 4), st.floats(0.5, 4))
def test_a_verdict_has_a_source(rows, sharpness: float, temperature: float) -> None:
    answer = judge(stances(*rows), range(len(rows)), sharpness=sharpness, temperature=temperature)
    sources = {"SUPPORTED": answer.supporting, "REFUTED": answer.refuting}
    ordered = np.sort(stances(*rows), axis=1)
    tied = (ordered[:, 1] == ordered[:, 2]).any()
    assert tied or sources.get(answer.verdict, 1) > 0


@given(random_stances, st.floats(0.5, 4), st.floats(0.5, 4))
def test_probabilities_sum_to_one(rows, sharpness: float, temperature: float) -> None:
    answer = judge(stances(*rows), range(len(rows)), sharpness=sharpness, temperature=temperature)
    assert sum(answer.probabilities.values()) == pytest.approx(1)
    assert all(0 <= value <= 1 for value in answer.probabilities.values())
    assert answer.probabilities[answer.verdict] == max(answer.probabilities.values())


@given(random_stances)
def test_order_does_not_matter_and_sides_are_alike(rows) -> None:
    forward = judge(stances(*rows), range(len(rows))).probabilities
    back = judge(stances(*reversed(rows)), range(len(rows))).probabilities
    assert forward == pytest.approx(back, abs=1e-5)
    turned = judge(stances(*[(r, s, n) for s, r, n in rows]), range(len(rows))).probabilities
    names = ("REFUTED", "SUPPORTED", "CONFLICTING_EVIDENCE", "NOT_ENOUGH_EVIDENCE")
    assert forward == pytest.approx(
        {name: turned[other] for name, other in zip(VERDICTS, names, strict=True)}, abs=1e-5
    )


def test_a_stance_counts_as_far_as_its_passage_is_about_the_claim() -> None:
    fitted = Calibration(about=0.3, about_width=0.1)
    shares = probability_about(np.array([0.3, 2, -2], np.float32), fitted)
    counted = discount(stances(SURE, SURE, AGAINST), shares)
    assert counted[0] == pytest.approx([0.45, 0.01, 0.54], abs=1e-6)
    assert counted[1] == pytest.approx(SURE, abs=1e-4)
    assert counted[2] == pytest.approx([0, 0, 1], abs=1e-4)
    assert np.allclose(counted.sum(axis=1), 1)
    assert probability_about(np.array([-2.0]), Calibration()).tolist() == [1]


@given(random_stances, st.floats(0, 0.499))
def test_what_is_likelier_about_something_else_cannot_decide(rows, share: float) -> None:
    shares = np.full(len(rows), share, np.float32)
    read = discount(stances(*rows), shares, thorough=True)
    unread = discount(stances(*rows), shares, thorough=False)
    assert {stance_of(row) for row in (*read, *unread)} <= {"NOT_ENOUGH_INFO"}


def test_what_is_read_thoroughly_is_told_apart_by_claim() -> None:
    shares = np.array([0.05, 0.3, 0.3, 0.6], np.float32)
    read = worth_reading(shares, thorough=[True, True, False, False])
    assert read.tolist() == [False, True, False, True]


def test_a_conflict_leans_to_the_newer_camp() -> None:
    rows = stances(SURE, AGAINST)
    either = judge(rows, [0, 1]).probabilities
    newer = judge(rows, [0, 1], newer="REFUTES")
    assert either["CONFLICTING_EVIDENCE"] > 0.5
    assert newer.verdict == "REFUTED"
    assert newer.probabilities["SUPPORTED"] == pytest.approx(either["SUPPORTED"])
    assert sum(newer.probabilities.values()) == pytest.approx(1)
    assert (newer.supporting, newer.refuting) == (1, 1)


def test_a_strong_camp_yields_to_a_newer_one_that_is_not_strong() -> None:
    rows = np.array([[0.95, 0.02, 0.03], [0.1, 0.6, 0.3]], np.float32)
    either, newer = judge(rows, [0, 1]), judge(rows, [0, 1], newer="REFUTES")
    assert either.probabilities["SUPPORTED"] > 0.8
    assert newer.probabilities["SUPPORTED"] < 0.6
    assert newer.probabilities["CONFLICTING_EVIDENCE"] == 0
