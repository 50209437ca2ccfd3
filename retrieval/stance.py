"""(evidence, claim) -> stance: does it support the claim, refute it, or say too little?"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

from index.documents import Vectors
from retrieval.errors import ClaimTooLong, ModelUnavailable
from retrieval.running.files import ModelFiles, file_hashes, find_model, one_hash
from retrieval.running.graph import Graph, load_graph
from retrieval.running.packed import PACKED, unpack
from retrieval.running.runtime import Device, Precision, Traceable
from retrieval.types import STANCES, Calibration, Stance

SHIPPED = "claimdesk-stance"
SHIPPED_FOLDER = Path(__file__).parent.parent / "models" / "stance"
CALIBRATION = "calibration.json"
_CALIBRATION = TypeAdapter(Calibration)
# Passages are a few sentences; attention over more costs time and decides nothing.
WINDOW_TOKENS = 256
# Its answers are within what chance makes of float32's, in a third of the time.
FASTEST: Precision = "int8"
_NAMES: Mapping[str, Stance] = {
    "supports": "SUPPORTS", "support": "SUPPORTS", "supported": "SUPPORTS",
    "entailment": "SUPPORTS",
    "refutes": "REFUTES", "refute": "REFUTES", "refuted": "REFUTES",
    "contradiction": "REFUTES", "contradict": "REFUTES",
    "not_enough_info": "NOT_ENOUGH_INFO", "nei": "NOT_ENOUGH_INFO", "neutral": "NOT_ENOUGH_INFO",
}  # fmt: skip


class CompiledCrossEncoder:
    """A three-way cross-encoder: (evidence, claim) in, probability of each stance out.

    Evidence longer than the window is read in overlapping windows, and the most decided one
    speaks for it.
    """

    def __init__(self, graph: Graph, calibration: Calibration) -> None:
        self._graph, self.calibration = graph, calibration
        labels: list[Stance] = self._graph.meta["labels"]
        self._columns = [labels.index(stance) for stance in STANCES]
        self.window = int(self._graph.meta["max_tokens"])
        self._graph.tokenizer.enable_truncation(
            self.window, stride=self.window // 8, strategy="only_first"
        )
        self.identity = graph.identity

    def logits(self, pairs: Sequence[tuple[str, str]]) -> Vectors:
        """(evidence, claim) pairs -> float32 of shape (n, 3), columns in the order of `STANCES`.

        Raises:
            ClaimTooLong: a claim leaves less than half of the window to its evidence.
            ModelUnavailable: the model gives no finite numbers, or its device fails.
        """
        if not pairs:
            return np.zeros((0, len(STANCES)), np.float32)
        for claim in {claim for _, claim in pairs}:
            self.check(claim)
        encodings = self._graph.tokenizer.encode_batch(list(pairs))
        windows = [[encoding, *encoding.overflowing] for encoding in encodings]
        every = self._graph.run([window for each in windows for window in each])[:, self._columns]
        undecided = softmax(every)[:, STANCES.index("NOT_ENOUGH_INFO")]
        ends = np.cumsum([len(each) for each in windows]).tolist()
        starts = [0, *ends[:-1]]
        chosen = [a + int(np.argmin(undecided[a:b])) for a, b in zip(starts, ends, strict=True)]
        return every[chosen]

    def predict(self, pairs: Sequence[tuple[str, str]]) -> Vectors:
        """The same as calibrated probabilities: each row sums to 1."""
        return softmax(self.logits(pairs) / self.calibration.temperature)

    @property
    def claim_tokens(self) -> int:
        """Of the longest claim: half of the window is its evidence's."""
        return self.window // 2

    def check(self, claim: str) -> None:
        """Raises: ClaimTooLong: it has more than `claim_tokens`."""
        most = self.claim_tokens
        if len(self._graph.tokenizer.encode(claim, add_special_tokens=False).ids) > most:
            # How many it has is not known here: the tokenizer cuts texts off at the window.
            raise ClaimTooLong(
                f"the claim is longer than the {most} tokens that the stance model can weigh, "
                f"about {most * 3 // 4} English words: split it into single statements"
            )


def softmax(logits: Vectors) -> Vectors:
    """Along the last axis."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True), np.float32)


def load_stance(
    name: str,
    cache: Path,
    threads: int = 0,
    precision: Precision = FASTEST,
    device: Device = "cpu",
) -> CompiledCrossEncoder:
    """The stance model of a name: the shipped one, a folder, or a hub's.

    Raises:
        ModelUnavailable: see `find_stance` and `load_graph`; or its labels are not the stances.
    """
    files = find_stance(name)
    graph = load_graph(files, cache, threads, trace, precision, device)
    return CompiledCrossEncoder(graph, read_calibration(files.folder))


def find_stance(name: str) -> ModelFiles:
    """Folder of a stance model by name.

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
    """What lies beside the weights; a model that brings none is taken as it is.

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


def stance_labels(id2label: Mapping[int, str], name: str) -> list[Stance]:
    """A model's outputs, in its order, as stances.

    Raises:
        ModelUnavailable: they are not the three stances under any of their usual names.
    """
    given = [id2label[at] for at in sorted(id2label)]
    labels = [_NAMES.get(label.lower().replace(" ", "_")) for label in given]
    if sorted(filter(None, labels)) != sorted(STANCES):
        raise ModelUnavailable(
            f"{name} has the labels {', '.join(given)}; a stance model has three: "
            f"{', '.join(STANCES)} (or entailment, contradiction, neutral)"
        )
    return [label for label in labels if label]


def trace(files: ModelFiles) -> Traceable:
    """The tokenizer's columns, each (texts, tokens), -> logits (texts, 3) in the model's order."""
    import torch
    from transformers import AutoConfig, AutoModelForSequenceClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(str(files.folder), local_files_only=True)
    config = AutoConfig.from_pretrained(str(files.folder), local_files_only=True)
    labels = stance_labels(config.id2label, files.name)
    if (files.folder / PACKED).is_file():
        model = AutoModelForSequenceClassification.from_config(config)
        model.load_state_dict(unpack(files.folder / PACKED))
    else:
        model = AutoModelForSequenceClassification.from_pretrained(
            str(files.folder), local_files_only=True, dtype=torch.float32
        )
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
    meta = {"width": 3, "labels": labels, "max_tokens": min(most, WINDOW_TOKENS)}
    return Traceable(Logits(), inputs, tokenizer.backend_tokenizer, meta)
