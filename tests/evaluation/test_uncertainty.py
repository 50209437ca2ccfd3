"""Intervals and paired tests: against what is known by hand or by a formula."""

import numpy as np
import pytest
from scipy.stats import ttest_rel
from sklearn.metrics import f1_score

from evaluation import figures
from evaluation.uncertainty import compare, intervals

generator = np.random.default_rng(3)
GOLD = generator.integers(0, 3, 300)


def answers(share: float, seed: int) -> dict[str, np.ndarray]:
    """Outcomes of a system that is right on about `share` of the items."""
    own = np.random.default_rng(seed)
    predicted = np.where(own.random(300) < share, GOLD, (GOLD + 1) % 3)
    return {"gold": GOLD, "predicted": predicted, "confidence": own.random(300)}


def test_macro_f1_as_sklearn() -> None:
    columns = answers(0.6, 1)
    expected = f1_score(columns["gold"], columns["predicted"], average="macro")
    assert figures.macro_f1(columns) == pytest.approx(expected)
    two = {"gold": np.array([0, 0, 1]), "predicted": np.array([0, 2, 1])}
    assert figures.macro_f1(two) == pytest.approx((2 / 3 + 1) / 2)


def test_intervals_as_the_normal_approximation() -> None:
    columns = answers(0.7, 2)
    mean = float((columns["gold"] == columns["predicted"]).mean())
    half = 1.96 * (mean * (1 - mean) / len(GOLD)) ** 0.5
    (low, high) = intervals(columns, figures.CLASSIFICATION)["accuracy"]
    assert low == pytest.approx(mean - half, abs=0.01)
    assert high == pytest.approx(mean + half, abs=0.01)


def test_figures_of_one_call_share_their_resamples() -> None:
    values = np.random.default_rng(4).random(50)
    columns = {"a": values, "b": 2 * values}
    found = intervals(columns, figures.of("retrieval", columns), 200)
    assert found["b"] == pytest.approx([2 * bound for bound in found["a"]], abs=2e-4)


def test_a_single_item_has_no_spread() -> None:
    one, other = {"x": np.array([0.5])}, {"x": np.array([1.0])}
    assert intervals(one, figures.of("retrieval", one)) == {"x": [0.5, 0.5]}
    assert compare(one, other, figures.of("retrieval", one))["x"]["p"] == 1


def test_intervals_are_the_same_each_time() -> None:
    columns = answers(0.7, 2)
    first, second = (intervals(columns, figures.CLASSIFICATION, 50) for _ in range(2))
    assert first == second


def test_p_by_hand() -> None:
    # Of 2 ** 4 ways to swap, only none and all give a difference as large.
    one, other = {"x": np.ones(4)}, {"x": np.zeros(4)}
    found = compare(one, other, figures.of("retrieval", one))["x"]
    assert (found["difference"], found["p"]) == (1, 2 / 16)


def test_p_as_the_paired_t_test() -> None:
    values = np.random.default_rng(5)
    one, other = values.normal(0.55, 0.2, 60), values.normal(0.5, 0.2, 60)
    found = compare({"x": one}, {"x": other}, figures.of("retrieval", {"x": one}), 4_000)["x"]
    assert found["p"] == pytest.approx(ttest_rel(one, other).pvalue, abs=0.03)
    assert found["difference"] == pytest.approx(one.mean() - other.mean(), abs=1e-4)


def test_of_many_figures_some_differ_by_chance() -> None:
    values = np.random.default_rng(7)
    one = {f"m{at}": values.normal(0.5, 0.2, 60) for at in range(30)}
    other = {name: values.normal(0.5, 0.2, 60) for name in one}
    found = compare(one, other, figures.of("retrieval", one)).values()
    assert min(row["p"] for row in found) < 0.05 < min(row["adjusted_p"] for row in found)


def test_a_real_difference_is_told_from_noise() -> None:
    good, bad, same = answers(0.8, 1), answers(0.5, 2), answers(0.8, 3)
    assert compare(good, bad, figures.CLASSIFICATION)["accuracy"]["p"] < 0.01
    assert compare(good, same, figures.CLASSIFICATION)["accuracy"]["p"] > 0.05
    assert compare(good, good, figures.CLASSIFICATION)["macro_f1"]["p"] == 1


def test_micro_f1_by_hand() -> None:
    columns = {
        "abstract_label": np.array([1, 0]),
        "abstract_predicted": np.array([2, 1]),
        "abstract_gold": np.array([1, 1]),
    }
    assert figures.micro_f1(columns, "abstract_label") == pytest.approx(2 * 1 / (3 + 2))
    empty = {name: np.zeros(2, int) for name in columns}
    assert figures.micro_f1(empty, "abstract_label") == 0
