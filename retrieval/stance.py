"""(evidence, claim) -> stance: evidence supports the claim, refutes it, or says too little."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

from index.documents import Vectors
from retrieval.errors import ClaimTooLong, ModelUnavailable
from retrieval.running.files import ModelFiles, file_hashes, find_model, one_hash
from retrieval.running.graph import Graph
from retrieval.running.integers import SCALES
from retrieval.running.load import load_graph
from retrieval.running.packed import PACKED, unpack
from retrieval.running.probes import PAIRS
from retrieval.running.runtime import Device, Precision
from retrieval.running.traceable import Measure, Traceable, without_empty_attention
from retrieval.types import STANCES, VOICES, Calibration, Stance, Voice

SHIPPED = "claimdesk-stance"
SHIPPED_FOLDER = Path(__file__).parent.parent / "models" / "stance"
CALIBRATION = "calibration.json"
_CALIBRATION = TypeAdapter(Calibration)
# Largest number of tokens that are read at once. Passages are a few sentences; attention over more
# costs time and decides nothing.
WINDOW_TOKENS = 256
DEFAULT_PRECISION: Precision = "auto"
# Largest mean difference of a probability from the plain library's in float32. `claimdesk bench`
# prints it for other texts as mean_probability_difference, where 0.01 is the most: hence a margin.
TOLERANCE = 0.008
# Largest difference of any probability, so that it stays within 0.01 on other texts.
TOLERANCE_OF_EACH = 0.005
_NAMES: Mapping[str, Stance | Voice] = {
    "supports": "SUPPORTS", "support": "SUPPORTS", "supported": "SUPPORTS",
    "entailment": "SUPPORTS",
    "refutes": "REFUTES", "refute": "REFUTES", "refuted": "REFUTES",
    "contradiction": "REFUTES", "contradict": "REFUTES",
    "not_enough_info": "NOT_ENOUGH_INFO", "nei": "NOT_ENOUGH_INFO", "neutral": "NOT_ENOUGH_INFO",
    **{voice: voice for voice in VOICES},
}  # fmt: skip


class CompiledCrossEncoder:
    """A cross-encoder: (evidence, claim) in, probability of each stance out, perhaps of each voice.

    Evidence longer than the window is read in overlapping windows. Its logits are those of the
    window with the least probability of NOT_ENOUGH_INFO.
    """

    def __init__(self, graph: Graph, calibration: Calibration) -> None:
        self._graph, self.calibration = graph, calibration
        labels: list[Stance | Voice] = self._graph.meta["labels"]
        named = (*STANCES, *VOICES) if len(labels) > len(STANCES) else STANCES
        self._columns = [labels.index(label) for label in named]
        self.window = int(self._graph.meta["max_tokens"])
        self._overlap = self.window // 8
        self._graph.tokenizer.enable_truncation(
            self.window, stride=self._overlap, strategy="only_first"
        )
        self.identity = graph.identity

    def logits(self, pairs: Sequence[tuple[str, str]]) -> Vectors:
        """(evidence, claim) pairs -> float32 of shape (n, 3), columns in the order of `STANCES`.

        Raises:
            ClaimTooLong: a claim leaves less than half of the window to its evidence.
            ModelUnavailable: the model gives no finite numbers, or its device fails.
        """
        return self._outputs(pairs)[:, : len(STANCES)]

    def _outputs(self, pairs: Sequence[tuple[str, str]]) -> Vectors:
        """The same with the logits of the voices after them, where the model has them."""
        if not pairs:
            return np.zeros((0, len(self._columns)), np.float32)
        for claim in {claim for _, claim in pairs}:
            self.check(claim)
        encodings = self._graph.tokenizer.encode_batch(list(pairs))
        windows = [[encoding, *encoding.overflowing] for encoding in encodings]
        every = self._graph.run([window for each in windows for window in each])[:, self._columns]
        undecided = softmax(every[:, : len(STANCES)])[:, STANCES.index("NOT_ENOUGH_INFO")]
        ends = np.cumsum([len(each) for each in windows]).tolist()
        starts = [0, *ends[:-1]]
        chosen = [a + int(np.argmin(undecided[a:b])) for a, b in zip(starts, ends, strict=True)]
        return every[chosen]

    def predict(self, pairs: Sequence[tuple[str, str]]) -> Vectors:
        """Calibrated probabilities of shape (n, 3), columns in the order of `STANCES`; of a model
        that tells voices, of shape (n, 6), with those of `VOICES` after them. Each three sum to 1.

        Raises: as `logits`.
        """
        outputs = self._outputs(pairs)
        width = len(STANCES)
        stances = softmax(outputs[:, :width] / self.calibration.temperature)
        if outputs.shape[1] == width:
            return stances
        return np.hstack([stances, softmax(outputs[:, width:])])

    @property
    def claim_tokens(self) -> int:
        """Number of tokens of the longest claim: the other half of the window is for evidence."""
        return self.window // 2

    def count_tokens(self, text: str) -> int:
        """Number of the text's tokens, however long it is, without special ones."""
        first = self._graph.tokenizer.encode(text, add_special_tokens=False)
        # Neighbouring windows share `_overlap` tokens.
        return sum((len(one.ids) - self._overlap for one in first.overflowing), len(first.ids))

    def check(self, claim: str) -> None:
        """Refuse a claim that leaves less than half of the window to its evidence.

        Raises:
            ClaimTooLong: it has more than `claim_tokens`.
        """
        most, count = self.claim_tokens, self.count_tokens(claim)
        if count > most:
            raise ClaimTooLong(
                f"the claim has {count} tokens, more than the {most} tokens that the stance model "
                f"can weigh, about {most * 3 // 4} English words: split it into single statements"
            )


def softmax(logits: Vectors) -> Vectors:
    """Logits -> probabilities that sum to 1 along the last axis."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True), np.float32)


def load_stance(
    name: str,
    cache: Path,
    threads: int = 0,
    precision: Precision = DEFAULT_PRECISION,
    device: Device = "cpu",
) -> CompiledCrossEncoder:
    """The stance model of a name: the shipped one, a folder, or a hub's model.

    Args:
        precision: "auto" takes the fastest form that gives each probability as float32 does;
            the others, the fastest up to this one that does so in the mean. A model that brings
            scales of its activations was trained and calibrated for integers, so that the mean is
            enough.

    Raises:
        ModelUnavailable: see `find_stance` and `load_graph`; or its labels are not the stances.
    """
    files = find_stance(name)
    each = precision == "auto" and not (files.folder / SCALES).is_file()
    graph = load_graph(files, cache, threads, partial(trace, each=each), precision, device)
    return CompiledCrossEncoder(graph, read_calibration(files.folder))


def find_stance(name: str) -> ModelFiles:
    """Files of a stance model by name.

    Raises:
        ModelUnavailable: see `find_model`; or the shipped one is damaged.
    """
    return _shipped() if name == SHIPPED else find_model(name)


def _shipped() -> ModelFiles:
    try:
        manifest = json.loads((SHIPPED_FOLDER / "manifest.json").read_text())
        hashes = file_hashes(SHIPPED_FOLDER)
        found = hashes[PACKED]
    except (OSError, KeyError) as error:
        raise ModelUnavailable(
            f"the stance model is not in {SHIPPED_FOLDER} ({error}): install claimdesk again, or "
            "set CLAIMDESK_STANCE_MODEL"
        ) from error
    if found != manifest["sha256"]:
        raise ModelUnavailable(
            f"{SHIPPED_FOLDER / PACKED} has sha256 {found}, not {manifest['sha256']}: "
            "install claimdesk again"
        )
    return ModelFiles(SHIPPED, SHIPPED_FOLDER, one_hash(hashes))


def read_calibration(folder: Path) -> Calibration:
    """The calibration that lies beside the weights; the neutral one where there is none.

    Raises:
        ModelUnavailable: the file is there and damaged.
    """
    file = folder / CALIBRATION
    if not file.is_file():
        return Calibration()
    try:
        return _CALIBRATION.validate_json(file.read_text())
    except (OSError, ValidationError) as error:
        raise ModelUnavailable(f"{file} cannot be read: {error}") from error


def output_labels(id2label: Mapping[int, str], name: str) -> list[Stance | Voice]:
    """What each of a model's outputs stands for, in the model's order: stances, perhaps voices.

    Raises:
        ModelUnavailable: the labels are not the three stances under any of their usual names.
    """
    given = [id2label[at] for at in sorted(id2label)]
    labels = [_NAMES.get(label.lower().replace(" ", "_")) for label in given]
    known = [label for label in labels if label is not None]
    if len(known) < len(given) or sorted(known) not in (
        sorted(STANCES), sorted((*STANCES, *VOICES))
    ):  # fmt: skip
        raise ModelUnavailable(
            f"{name} has the labels {', '.join(given)}; a stance model has three: "
            f"{', '.join(STANCES)} (or entailment, contradiction, neutral)"
        )
    return known


def trace(files: ModelFiles, each: bool = False) -> Traceable:
    """The tokenizer's columns, each (texts, tokens), -> logits (texts, 3) in the model's order.

    Args:
        each: whether the largest difference of a probability is measured, or else the mean.
    """
    import torch
    from transformers import AutoConfig, AutoModelForSequenceClassification, AutoTokenizer

    # Without a word on remote code transformers asks whoever is at the keyboard whether to run it.
    local: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    tokenizer = AutoTokenizer.from_pretrained(str(files.folder), **local)
    config = AutoConfig.from_pretrained(str(files.folder), **local)
    labels = output_labels(config.id2label, files.name)
    if (files.folder / PACKED).is_file():
        model = AutoModelForSequenceClassification.from_config(config)
        model.load_state_dict(unpack(files.folder / PACKED))
    else:
        model, found = AutoModelForSequenceClassification.from_pretrained(
            str(files.folder), dtype=torch.float32, use_safetensors=True, output_loading_info=True,
            **local,
        )  # fmt: skip
        if lacking := found["missing_keys"]:  # transformers fills in random numbers
            raise ModelUnavailable(f"{files.folder} lacks the weights {', '.join(sorted(lacking))}")
    model = without_empty_attention(model.eval())
    inputs = [
        name
        for name in ("input_ids", "attention_mask", "token_type_ids")
        if name in tokenizer.model_input_names
    ]

    class Logits(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *columns: Any) -> Any:
            return self.model(**dict(zip(inputs, columns, strict=True))).logits

    # Some models keep two positions for themselves.
    most = min(int(config.max_position_embeddings) - 2, int(tokenizer.model_max_length))
    window = min(most, WINDOW_TOKENS)
    temperature = read_calibration(files.folder).temperature

    columns = [at for at, label in enumerate(labels) if label in STANCES]

    def shares(logits: Vectors) -> Vectors:
        return softmax(logits[:, columns] / temperature)

    def measure() -> Measure:
        rows = []
        with torch.inference_mode():
            for pair in PAIRS:
                given = tokenizer(*pair, truncation=True, max_length=window, return_tensors="pt")
                rows.append(model(**{name: given[name] for name in inputs}).logits[0].numpy())
        plain = shares(np.array(rows, np.float32))

        def difference(graph: Graph) -> float:
            graph.tokenizer.enable_truncation(window)
            ours = shares(graph.run(graph.tokenizer.encode_batch(list(PAIRS))))
            differences = np.abs(ours - plain)
            return float(differences.max() if each else differences.mean())

        return difference

    meta = {
        "width": len(labels),
        "labels": labels,
        "max_tokens": window,
        "pad_id": tokenizer.pad_token_id or 0,
    }
    tolerance = TOLERANCE_OF_EACH if each else TOLERANCE
    return Traceable(Logits(), inputs, tokenizer.backend_tokenizer, meta, measure, tolerance)
