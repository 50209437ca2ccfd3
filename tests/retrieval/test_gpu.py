"""The torch runtime, on the device that is there: a GPU, else the processor."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from api.opening import embedder_of, stance_of
from api.settings import Settings
from retrieval import embed, stance
from retrieval.embed import CompiledEmbedder, load_embedder
from retrieval.errors import ModelUnavailable
from retrieval.running.files import ModelFiles, find_model
from retrieval.running.gpu import Gpu
from retrieval.running.graph import Graph
from retrieval.running.runtime import Precision
from retrieval.running.traceable import Traceable, Tracer
from retrieval.stance import CompiledCrossEncoder, load_stance
from retrieval.types import Calibration
from tests.retrieval.test_models import TEXTS
from tests.retrieval.test_stance import PAIRS, save_tiny

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


def in_torch(files: ModelFiles, trace: Tracer, precision: Precision) -> Graph:
    return Graph(files.identity, Gpu(files, trace, precision, DEVICE))


@pytest.mark.parametrize(("precision", "least"), [("f32", 0.99999), ("bf16", 0.999)])
def test_the_same_vectors(precision: Precision, least: float, cache: Path) -> None:
    texts = TEXTS
    if DEVICE == "cpu" and precision == "bf16":  # where it is not multiplied, it takes its time
        texts = [text for text in TEXTS if len(text) < 100][:12]
    exact = load_embedder("all-MiniLM-L6-v2", cache, precision="f32").embed(texts)
    graph = in_torch(find_model("all-MiniLM-L6-v2"), embed.trace, precision)
    ours = CompiledEmbedder(graph).embed(texts)
    assert ours.dtype == np.float32
    assert (ours * exact).sum(axis=1).min() > least


def test_the_same_stances(tmp_path: Path) -> None:
    folder = str(save_tiny(tmp_path / "model"))
    # A text longer than the window is read in several, here as there.
    pairs = [*PAIRS, ("word " * 150 + "not", "a claim")]
    compiled = load_stance(folder, tmp_path / "cache", precision="f32").logits(pairs)
    model = CompiledCrossEncoder(in_torch(find_model(folder), stance.trace, "f32"), Calibration())
    np.testing.assert_allclose(model.logits(pairs), compiled, atol=1e-4)


class OutOfMemory(torch.nn.Module):
    def forward(self, *_: torch.Tensor) -> torch.Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory")


def test_a_gpu_that_fails_says_so(tmp_path: Path) -> None:
    def trace(files: ModelFiles) -> Traceable:
        return replace(stance.trace(files), module=OutOfMemory())

    files = find_model(str(save_tiny(tmp_path / "model")))
    with pytest.raises(ModelUnavailable, match="the GPU fails: CUDA out of memory"):
        in_torch(files, trace, "f32")


@pytest.mark.skipif(DEVICE == "cuda", reason="there is a GPU")
@pytest.mark.parametrize("load", [embedder_of, stance_of])
def test_no_gpu(load, tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="CLAIMDESK_DEVICE=cpu"):
        load(Settings(device="cuda", cache=tmp_path))
