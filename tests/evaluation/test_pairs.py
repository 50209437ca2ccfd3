"""Files of labelled pairs: there and back, and errors that name file and line."""

from pathlib import Path

import pytest

from evaluation.errors import EvaluationError
from evaluation.pairs import Pair, read_pairs, write_pairs

PAIRS = [Pair("a", "b\u2028c", "REFUTES", "d"), Pair("😀", "e", "NOT_ENOUGH_INFO", "f", True)]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_pairs(PAIRS, tmp_path / "pairs.jsonl")
    assert list(read_pairs(tmp_path / "pairs.jsonl")) == PAIRS


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "Invalid JSON"),
        ('{"claim": "a", "evidence": "b", "label": "MAYBE"}', "label"),
        ('{"claim": "", "evidence": "b", "label": "REFUTES"}', "claim"),
        ('{"claim": "a", "label": "REFUTES"}', "evidence"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, reason: str) -> None:
    good = '{"claim": "a", "evidence": "b", "label": "REFUTES", "dataset": "c"}'
    (tmp_path / "pairs.jsonl").write_text(f"{good}\n{line}\n")
    with pytest.raises(EvaluationError, match=rf"pairs\.jsonl:2: .*{reason}"):
        list(read_pairs(tmp_path / "pairs.jsonl"))
