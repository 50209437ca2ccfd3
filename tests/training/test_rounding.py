"""What a pass sees is what will be stored; what a step changes is exact."""

import pytest

from retrieval.stance import unpack
from training.pack import EARLIER_LEVELS, LEVEL, MOST, pack, rounded

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
    assert not torch.equal(model[1].weight.data, exact)
    callback.on_pre_optimizer_step(None, None, None)
    assert torch.equal(model[1].weight.data, exact)


def test_a_level_is_a_share_of_a_row_s_size_and_no_value_is_cut_off() -> None:
    weight = torch.randn(6, 400, generator=torch.Generator().manual_seed(1))
    weight[0, 0] = 60.0  # far from the rest: its row takes wider levels
    width = torch.maximum(LEVEL * weight.pow(2).mean(dim=1).sqrt(), weight.abs().amax(dim=1) / MOST)
    apart = (rounded("encoder.weight", weight) - weight).abs()
    assert (apart <= width[:, None] / 2 + 1e-6).all()
    assert apart.mean() > width.mean() / 8


def test_what_was_packed_before_and_not_learned_since_stays_what_it_is() -> None:
    weight = torch.randn(6, 400, generator=torch.Generator().manual_seed(1))
    width = weight.abs().amax(dim=1, keepdim=True) / EARLIER_LEVELS
    before = torch.round(weight / width) * width
    assert torch.allclose(rounded("encoder.weight", before), before, atol=1e-6)
