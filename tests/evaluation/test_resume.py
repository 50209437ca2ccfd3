"""A run that was cut off goes on where it stopped, and never from what another run left."""

from pathlib import Path

import pytest

from api.service import Service
from api.settings import Settings
from evaluation import commands
from evaluation.errors import EvaluationError
from evaluation.resume import FOLDER, Journal, Recorded, workplace
from evaluation.target import InProcess
from index.exact import ExactCorpus
from index.ingest import ingest
from tests.conftest import articles
from tests.fakes import FakeEmbedder, FakeStance

MODELS = {"stance": "one@1"}


def never() -> None:
    raise AssertionError("made again")


def test_a_value_is_made_once(tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    assert Journal(file, MODELS).once("a", lambda: [0.5]) == [0.5]
    assert Journal(file, MODELS).once("a", never) == [0.5]


def test_a_line_cut_off_while_it_was_written_is_made_again(tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    journal = Journal(file, MODELS)
    journal.once("a", lambda: 1)
    journal.once("b", lambda: 2)
    file.write_text(file.read_text()[:-4])
    again = Journal(file, MODELS)
    assert again.once("a", never) == 1
    assert again.once("b", lambda: 3) == 3
    assert Journal(file, MODELS).once("b", never) == 3


def test_other_models_answer_anew(tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    Journal(file, MODELS).once("a", lambda: 1)
    assert Journal(file, {"stance": "two@1"}).once("a", lambda: 2) == 2


def interrupted(report: Path, about: dict[str, str]) -> None:
    def run() -> None:
        with workplace(report, about) as place:
            (place / "kept").touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run()


def test_a_workplace_stays_when_cut_off_and_goes_when_done(tmp_path: Path) -> None:
    interrupted(tmp_path, {"task": "stance"})
    with workplace(tmp_path, {"task": "stance"}) as place:
        assert (place / "kept").exists()
    assert not (tmp_path / FOLDER).exists()


def test_the_work_of_another_evaluation_is_neither_used_nor_deleted(tmp_path: Path) -> None:
    interrupted(tmp_path, {"task": "stance"})
    with (
        pytest.raises(EvaluationError, match="work of another evaluation"),
        workplace(tmp_path, {"task": "verdict"}),
    ):
        raise AssertionError("entered")
    assert (tmp_path / FOLDER / "kept").exists()


def test_a_folder_with_a_report_is_refused(tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text("{}")
    with (
        pytest.raises(EvaluationError, match="holds a report already"),
        workplace(tmp_path, {"task": "stance"}),
    ):
        raise AssertionError("entered")
    assert [file.name for file in tmp_path.iterdir()] == ["results.json"]


def test_an_evaluation_cut_off_after_its_report_was_written_is_resumed(tmp_path: Path) -> None:
    interrupted(tmp_path, {"task": "stance"})
    (tmp_path / "results.json").write_text("{}")
    with workplace(tmp_path, {"task": "stance"}) as place:
        assert (place / "kept").exists()


def test_a_claim_is_verified_once(tmp_path: Path) -> None:
    claim, file, stance = "Turkey and Russia each sent 60 servicemen.", tmp_path / "a", FakeStance()
    service = Service(Settings(), ExactCorpus(), FakeEmbedder(), stance)
    list(ingest(articles(), service.corpus, service.embedder))
    first = Recorded(InProcess(service), file).verify(claim, 3)
    asked = len(stance.calls)
    assert Recorded(InProcess(service), file).verify(claim, 3) == first
    assert len(stance.calls) == asked > 0
    Recorded(InProcess(service), file).verify(claim, 4)
    assert len(stance.calls) > asked
    service.close()


def test_other_code_is_another_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "CODE", [tmp_path])
    (tmp_path / "way.py").write_text("STEP = 1")
    before = commands.about("stance", [])
    assert commands.about("stance", []) == before
    (tmp_path / "way.py").write_text("STEP = 2")
    assert commands.about("stance", []) != before
