"""The bench's own parts: its workload, its truth, its summary. Speed itself is never asserted."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from api.address import database_of
from api.opening import corpus_of
from api.service import Service
from api.settings import Settings
from evaluation.bench import checking, databases, reading, searching, texts
from evaluation.bench.cli import Part, _kept, _summary, app
from evaluation.bench.limit import reached
from evaluation.bench.load import measure
from evaluation.errors import EvaluationError
from index.ingest import ingest_one
from tests.conftest import client_for
from tests.fakes import FakeEmbedder
from tests.retrieval.test_stance import save_tiny
from tests.served import client_of

RATIOS = {
    "embedding", "stance", "verify_p50_1", "throughput_32_vs_1", "throughput_32_vs_plain",
    "import", "search_p50_1m_vs_10k", "search_as_of", "check_vs_one_by_one",
    "verify_vs_one_passage",
}  # fmt: skip


def unit(rows: int, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).standard_normal((rows, 16)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_made_up_documents_are_the_same_each_time_and_give_claims() -> None:
    made = texts.documents(None, 300)
    assert made == texts.documents(None, 300)
    assert len({one.text for one in made}) == 300
    claims = texts.claims(made, 50)
    assert len(set(claims)) == 50
    assert all(any(one.text.startswith(claim) for one in made) for claim in claims)


def test_a_corpus_that_is_too_small_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "corpus.jsonl"
    file.write_text(json.dumps({"text": "One."}) + "\n")
    assert [one.text for one in texts.documents(file, 1)] == ["One."]
    with pytest.raises(EvaluationError, match="holds 1 passages, fewer than 2"):
        texts.documents(file, 2)


def test_blocks_are_unit_vectors_of_the_size_asked_for() -> None:
    real = unit(7_000)
    made = list(searching.blocks(real, 45_000))
    keys = [key for part, _ in made for key in part]
    vectors = np.concatenate([part for _, part in made])
    assert keys == list(range(45_000))
    assert np.allclose(vectors[:7_000], real, atol=1e-6)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert len(np.unique(vectors, axis=0)) > 44_000


def test_exact_is_the_ten_largest_products() -> None:
    real, queries = unit(3_000), unit(20, 1)
    found = searching.exact(searching.blocks(real, 3_000), queries)
    expected = np.argsort(-(queries @ real.T), axis=1)[:, :10]
    assert [set(row) for row in found.tolist()] == [set(row) for row in expected.tolist()]


def test_an_exact_index_has_full_recall() -> None:
    row = searching.at_size(unit(2_000), unit(20, 1), 2_000, "flat")
    assert row["recall_at_10"] == 1.0
    assert row["passages"] == 2_000


def test_a_search_with_a_new_day_beside_one_without(tmp_path: Path) -> None:
    documents = searching.dated(texts.documents(None, 300))
    dates = [one.published_at for one in documents if one.published_at]
    assert 200 < len(dates) < 300
    assert len(set(dates)) > 100
    claims = texts.claims(documents, 20)
    row = searching.with_new_days(documents, FakeEmbedder(), claims, tmp_path / "data")
    assert row["passages"] == 600
    assert row["without_ms"] > 0
    assert row["with_as_of_ms"] > 0


def test_an_article_is_checked_whole_and_one_by_one(weighing_service: Service) -> None:
    # Long enough that whole and first statement are milliseconds apart, of which figures have one.
    text = checking.article(400)
    assert 400 <= len(text.split()) < 500
    with client_of(weighing_service) as client:
        found = checking.figures(client, text, rounds=1)
    assert found["statements"] >= 5
    assert 0 < found["first_statement_seconds"] < found["whole_seconds"]
    assert found["one_by_one_seconds"] > 0


def test_reading_on_takes_more_than_one_passage(weighing_service: Service) -> None:
    found = reading.figures(weighing_service, claims=4)
    assert found["claims"] == 20  # four of each folder
    # Of each claim the first is a part of the second.
    assert 0 < found["one_passage_ms"] <= found["read_on_ms"]
    assert found["as_checked_ms"] > 0
    assert 0 < found["same_verdicts"] <= 20


def test_the_summary_has_every_key_whatever_was_measured() -> None:
    empty = _summary({})
    assert empty["ratios"].keys() == RATIOS
    load = {"clients": 1, "p50": 10.0, "per_second": 8.0, "failed": 0}
    full = _summary(
        {
            "embedding": {"ours_per_second": 8.0, "plain_per_second": 2.0},
            "serving": {
                "ours": [load, {**load, "clients": 32, "per_second": 20.0, "failed": 1}],
                "plain": [{**load, "p50": 50.0}, {**load, "clients": 32, "per_second": 4.0}],
            },
            "start": {"start_seconds": 2.0},
            "filters": {"with_as_of_ms": 3.0, "without_ms": 2.0},
            "check": {
                "one_by_one_seconds": 3.0,
                "whole_seconds": 2.0,
                "first_statement_seconds": 0.4,
            },
            "reading": {"read_on_ms": 3.2, "one_passage_ms": 2.0},
            "search": [{"p50_ms": ms, "recall_at_10": 0.99} for ms in (0.5, 0.6, 0.7)],
        }
    )
    ratios = full["ratios"]
    assert ratios["embedding"] == 4.0
    assert ratios["verify_p50_1"] == 5.0
    assert ratios["throughput_32_vs_1"] == 2.5
    assert ratios["throughput_32_vs_plain"] == 5.0
    assert ratios["search_p50_1m_vs_10k"] == 1.4
    assert ratios["search_as_of"] == 1.5
    assert ratios["check_vs_one_by_one"] == 1.5
    assert ratios["verify_vs_one_passage"] == 1.6
    assert full["first_statement_seconds"] == 0.4
    assert ratios["stance"] is None
    assert (full["recall_at_10_1m"], full["failed_requests"]) == (0.99, 1)
    assert full["start_seconds"] == 2.0


@pytest.mark.slow
def test_a_part_alone(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIMDESK_CACHE", str(cache))
    monkeypatch.setenv("CLAIMDESK_STANCE_MODEL", "claimdesk-stance")
    arguments = ["--only", "search", "--passages", "2000", "--largest", "10000", "--json"]
    done = CliRunner().invoke(app, [*arguments, "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    content = json.loads(done.stdout)
    assert content["search"][0]["recall_at_10"] == 1.0
    assert content == json.loads((tmp_path / "bench.json").read_text())
    assert (tmp_path / "search.png").read_bytes().startswith(b"\x89PNG")
    kept = {**content, "embedding": {"ours_per_second": 8.0, "plain_per_second": 2.0}}
    (tmp_path / "bench.json").write_text(json.dumps(kept))
    assert _kept(tmp_path, [Part.SEARCH]) == {"embedding": kept["embedding"]}
    assert _kept(tmp_path, [Part.EMBEDDING]) == {"search": content["search"]}
    kept["about"]["machine"] = "another"
    (tmp_path / "bench.json").write_text(json.dumps(kept))
    assert _kept(tmp_path, [Part.SEARCH]) == {}


@pytest.mark.slow
def test_a_database_beside_a_folder(database: str, tmp_path: Path) -> None:
    made = texts.documents(None, 120)
    claims, place = texts.claims(made, 10), database_of(database)
    again: list[object] = [made, claims, FakeEmbedder, place, tmp_path / "data", Settings()]
    found = databases.beside(*again)
    assert found["embedded"].keys() == found["postgresql"].keys()
    assert found["embedded"]["passages"] == found["postgresql"]["passages"] >= 120
    assert found["embedded"]["recall_at_10"] == 1.0
    assert found["postgresql"]["recall_at_10"] >= 0.95
    settings = Settings(data=database)
    corpus = corpus_of(settings, FakeEmbedder(), writable=True)
    assert corpus.stats().documents == 0
    ingest_one(made[0], corpus, FakeEmbedder())
    corpus.close()
    with pytest.raises(EvaluationError, match="holds documents"):
        databases.beside(*again[:4], tmp_path / "other", Settings())


def test_the_share_of_what_the_processor_can_do_by_hand(tmp_path: Path) -> None:
    folder = save_tiny(tmp_path / "model")
    # [CLS] one two [SEP] three [SEP]; two layers of 4 * 32 * 32 + 2 * 32 * 64 weights.
    found = reached([("one two", "three")] * 2, 1e6, folder)
    assert found["tokens_per_pair"] == 6
    assert found["billion_operations_per_second"] == round(2 * 16_384 * 6 * 1e6 / 1e9)
    assert found["of_one_product_alone"] > 0


@pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not installed")
def test_the_load_is_answered(service) -> None:
    import socket
    import threading

    import uvicorn

    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(client_for(service).app, log_level="error")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        port = listening.getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        load = measure(url, ["The bridge cost 48 million euros"], 4, 1)
        refused = measure(url, [""], 4, 1)
        server.should_exit = True
        thread.join()
    assert load.failed == 0
    assert load.per_second > 0
    assert 0 < load.p50 <= load.p95 <= load.p99
    assert refused.failed > 0
    assert refused.per_second == 0
