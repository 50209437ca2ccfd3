"""What a pass sees is what will be stored; what a step changes is exact."""

import pytest

from retrieval.running.packed import read_packed, unpack
from training.pack import LEVEL, MOST, pack, rounded
from training.rounding import as_packed

torch = pytest.importorskip("torch")


def test_rounded_is_what_comes_back_from_the_packed_file(tmp_path) -> None:
    weight = torch.randn(6, 40, generator=torch.Generator().manual_seed(1))
    for name in ("encoder.weight", "embeddings.word_embeddings.weight"):
        file = tmp_path / "packed"
        file.write_bytes(pack({name: weight}, seed=3))
        assert torch.allclose(rounded(name, weight, 3), unpack(file)[name], atol=1e-6)


def test_passes_see_rounded_weights_and_steps_change_exact_ones() -> None:
    model = torch.nn.Sequential(torch.nn.Linear(8, 4), torch.nn.Linear(4, 2))
    model[0].requires_grad_(False)
    frozen, exact = model[0].weight.clone(), model[1].weight.data.clone()
    with as_packed(model, seed=3)():
        assert torch.equal(model[0].weight, frozen)  # what is not learned stays as it was packed
        assert torch.equal(model[1].weight.data, rounded("1.weight", exact, 3))
        assert not torch.equal(model[1].weight.data, exact)
        model(torch.ones(1, 8)).sum().backward()
    assert torch.equal(model[1].weight.data, exact)
    torch.optim.SGD(model[1].parameters(), lr=1.0).step()
    assert torch.allclose(model[1].weight.data, exact - model[1].weight.grad)


def test_a_level_is_a_share_of_a_row_s_size_and_no_value_is_cut_off() -> None:
    weight = torch.randn(6, 400, generator=torch.Generator().manual_seed(1))
    weight[0, 0] = 60.0  # far from the rest: its row takes wider levels
    width = torch.maximum(LEVEL * weight.pow(2).mean(dim=1).sqrt(), weight.abs().amax(dim=1) / MOST)
    apart = (rounded("encoder.weight", weight, 3) - weight).abs()
    assert (apart <= width[:, None] / 2 + 1e-6).all()
    assert apart.mean() > width.mean() / 8


def test_what_was_not_learned_since_stays_what_it_is_to_the_bit(tmp_path) -> None:
    one, other = torch.randn(2, 6, 400, generator=torch.Generator().manual_seed(1))
    earlier, later = tmp_path / "earlier", tmp_path / "later"
    earlier.write_bytes(pack({"one": one, "other": other}, seed=3))
    now = unpack(earlier)
    now["other"] += 0.01
    later.write_bytes(pack(now, seed=4, before=read_packed(earlier)))
    assert torch.equal(unpack(later)["one"], unpack(earlier)["one"])
    assert not torch.equal(unpack(later)["other"], unpack(earlier)["other"])


def test_small_steps_survive_packing_again_on_average() -> None:
    weight = torch.randn(50, 400, generator=torch.Generator().manual_seed(1))
    packed = rounded("w", weight, seed=3)
    step = 0.1 * LEVEL  # far less than half a level
    apart = rounded("w", packed + step, seed=4) - packed
    assert rounded("w", packed + step, seed=3).sub(packed).mean().abs() < 0.1 * step
    assert apart.mean() == pytest.approx(step, rel=0.2)
