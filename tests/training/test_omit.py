"""Evidence without what decides."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from evaluation.pairs import Pair, read_pairs
from training import omit
from training.omit import omissions

CENTRE = "The centre opened in Aghdam. Turkey and Russia each sent 60 servicemen there."
CLAIM = "Sixty Turkish servicemen and 60 from Russia work at the centre."


def left_out(claim: str, evidence: str, label: str = "SUPPORTS") -> set[str]:
    """The evidence of what is made of one pair under a few seeds, all of it undecided."""
    pairs = [
        pair
        for seed in range(20)
        for pair in omissions([Pair(claim, evidence, label, "fm2")], 5, seed)
    ]
    assert all(pair.label == "NOT_ENOUGH_INFO" and pair.claim == claim for pair in pairs)
    return {pair.evidence for pair in pairs}


@pytest.mark.parametrize("label", ["SUPPORTS", "REFUTES"])
def test_the_sentence_nearest_the_claim_is_left_out(label: str) -> None:
    assert left_out(CLAIM, CENTRE, label) == {"The centre opened in Aghdam."}


def test_evidence_that_still_says_most_of_the_claim_is_not_used() -> None:
    evidence = "The centre is in Aghdam. Aghdam is where the centre opened."
    assert left_out("The centre is in Aghdam.", evidence) == set()


def test_a_single_sentence_is_cut_before_a_name_that_the_claim_says() -> None:
    evidence = "The Bosphorus bridge was opened in May by Minister Kaya."
    assert left_out("Minister Kaya opened the Bosphorus bridge.", evidence) == {
        "The Bosphorus bridge was opened in May.",
        "The Bosphorus bridge was opened.",
    }
    # Another minister refutes the claim only while the sentence names him.
    assert left_out("Minister Demir opened the Bosphorus bridge.", evidence, "REFUTES") == set()


def test_a_part_that_the_claim_asks_for_decides_and_another_does_not() -> None:
    evidence = "The Bosphorus bridge (built by Kaya) is 1,560 metres long and was opened in 1973."
    pair = Pair("The Bosphorus bridge was opened in 1973.", evidence, "SUPPORTS", "fm2")
    made = {one for seed in range(60) for one in omissions([pair], 5, seed)}
    assert {one.label for one in made} == {"SUPPORTS", "NOT_ENOUGH_INFO"}
    assert all(("1973" in one.evidence) == (one.label == "SUPPORTS") for one in made)
    shortened = "The Bosphorus bridge is 1,560 metres long and was opened in 1973."
    assert shortened in {one.evidence for one in made}


def test_undecided_pairs_make_none() -> None:
    assert left_out(CLAIM, CENTRE, "NOT_ENOUGH_INFO") == set()


def test_the_limit_and_the_seed_hold() -> None:
    pairs = [Pair(f"{CLAIM} {n}", CENTRE, "SUPPORTS", "fm2") for n in range(9)]
    assert len(omissions(pairs, 4, seed=2)) == 4
    assert omissions(pairs, 4, seed=2) == omissions(pairs, 4, seed=2) != omissions(pairs, 4, seed=3)


def test_the_command_reads_the_sources_alone(tmp_path: Path) -> None:
    for name, dataset in zip(omit.FILES, ("fm2", "lingnli"), strict=True):
        row = {"claim": f"{CLAIM} {name}", "evidence": CENTRE, "label": "REFUTES"}
        (tmp_path / name).write_text(json.dumps({**row, "dataset": dataset}) + "\n")
    app = typer.Typer()
    app.command()(omit.main)
    ran = CliRunner().invoke(app, [str(tmp_path), str(tmp_path / "out.jsonl")])
    assert ran.exit_code == 0, ran.output
    assert [pair.dataset for pair in read_pairs(tmp_path / "out.jsonl")] == ["omitted"]
    (tmp_path / omit.FILES[0]).unlink()
    assert CliRunner().invoke(app, [str(tmp_path), str(tmp_path / "again.jsonl")]).exit_code == 1
    assert not (tmp_path / "again.jsonl").exists()
