"""The torch runtime, on the device that is there: a GPU's arithmetic where there is one, else the
processor's."""

from pathlib import Path

import numpy as np
import pytest
import torch

from retrieval import models
from retrieval.embed import CompiledEmbedder, load_embedder
from retrieval.errors import ModelUnavailable
from retrieval.gpu import Gpu
from retrieval.models import ModelFiles, Precision, Tracer
from retrieval.stance import CompiledCrossEncoder, load_stance
from tests.retrieval.test_models import TEXTS
from tests.retrieval.test_stance import PAIRS, save_tiny

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


@pytest.fixture
def in_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    def gpu(files: ModelFiles, _: Path, __: int, trace: Tracer, precision: Precision) -> Gpu:
        return Gpu(files, trace, precision, DEVICE)

    monkeypatch.setattr(models, "Processor", gpu)


@pytest.mark.usefixtures("in_torch")
@pytest.mark.parametrize(("precision", "least"), [("f32", 0.99999), ("bf16", 0.999)])
def test_the_same_vectors(
    precision: Precision, least: float, real_embedder: CompiledEmbedder, tmp_path: Path
) -> None:
    ours = load_embedder("all-MiniLM-L6-v2", tmp_path, precision=precision).embed(TEXTS)
    assert ours.dtype == np.float32
    assert (ours * real_embedder.embed(TEXTS)).sum(axis=1).min() > least
    assert not list(tmp_path.iterdir())


def test_the_same_stances(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    folder = str(save_tiny(tmp_path / "model"))
    # A text longer than the window is read in several, here as there.
    pairs = [*PAIRS, ("word " * 150 + "not", "a claim")]
    compiled = load_stance(folder, tmp_path / "cache", precision="f32").logits(pairs)
    request.getfixturevalue("in_torch")
    in_torch = load_stance(folder, tmp_path / "cache", precision="f32")
    assert isinstance(in_torch, CompiledCrossEncoder)
    np.testing.assert_allclose(in_torch.logits(pairs), compiled, atol=1e-4)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_no_gpu(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="CLAIMDESK_DEVICE=cpu"):
        load_embedder("all-MiniLM-L6-v2", tmp_path, device="cuda")
