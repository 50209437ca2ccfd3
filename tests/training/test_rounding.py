"""What a pass sees is what will be stored; what a step changes is exact."""

import pytest

from retrieval.stance import unpack
from training.pack import LEVELS, pack, rounded

torch = pytest.importorskip("torch")


def test_rounded_is_what_comes_back_from_the_packed_file(tmp_path) -> None:
    weight = torch.randn(6, 40, generator=torch.Generator().manual_seed(1))
    for name in ("encoder.weight", "embeddings.word_embeddings.weight"):
        file = tmp_path / "packed"
        file.write_bytes(pack({name: weight}))
        assert torch.allclose(rounded(name, weight), unpack(file)[name], atol=1e-6)


def test_passes_see_rounded_weights_and_steps_change_exact_ones() -> None:
    from training.rounding import AsPacked

    model = torch.nn.Sequential(torch.nn.Linear(8, 4), torch.nn.Linear(4, 2))
    model[0].requires_grad_(False)
    frozen, exact = model[0].weight.clone(), model[1].weight.data.clone()
    callback = AsPacked(model)
    assert not torch.equal(model[0].weight, frozen)  # what is not learned is rounded for good
    callback.on_step_begin(None, None, None)
    assert torch.equal(model[1].weight.data, rounded("1.weight", exact))
    assert len(model[1].weight.data[0].unique()) <= 2 * LEVELS + 1
    callback.on_pre_optimizer_step(None, None, None)
    assert torch.equal(model[1].weight.data, exact)
