"""Tokenised texts -> rows of numbers, in batches of like length, on any runtime."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from index.documents import Vectors
from retrieval.errors import ModelUnavailable
from retrieval.running.runtime import Runtime

# OpenVINO compiles for every input shape it meets: round widths up, to this many tokens, so that
# few shapes occur.
WIDTH_STEP = 8
# Field of a tokenizer's encoding that fills a column, by the column's name.
FIELDS = {
    "input_ids": "ids",
    "attention_mask": "attention_mask",
    "token_type_ids": "type_ids",
}


class Graph:
    """A model with its tokenizer: token ids in, one row of float32 for each text out."""

    def __init__(self, identity: str, runtime: Runtime) -> None:
        self.identity, self._runtime = identity, runtime
        self.meta, self.tokenizer = runtime.meta, runtime.tokenizer
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()

    def run(self, encodings: Sequence[Any], prompt_tokens: int = 0) -> Vectors:
        """Tokenised texts -> float32 of shape (n, width), in the order given.

        Args:
            prompt_tokens: number of tokens at the start of each text that a model which pools
                without its prompt leaves out. Other models take no notice.

        Raises:
            ModelUnavailable: the model returned numbers that are not finite.
        """
        rows_of_output = np.zeros((len(encodings), int(self.meta["width"])), np.float32)
        lengths = [len(encoding.ids) for encoding in encodings]
        most = int(self.meta["max_tokens"])
        for rows in batches(lengths, self._runtime.batch_tokens):
            longest = max(lengths[row] for row in rows)
            # Not above the model's own maximum: it has no positions there.
            width = max(longest, min(-(-longest // WIDTH_STEP) * WIDTH_STEP, most))
            columns = {name: np.zeros((len(rows), width), np.int64) for name in self._runtime.names}
            columns["input_ids"].fill(int(self.meta["pad_id"]))
            for at, row in enumerate(rows):
                encoding = encodings[row]
                for name, column in columns.items():
                    if name == "pooled_mask":
                        column[at, prompt_tokens : lengths[row]] = 1
                    else:
                        column[at, : lengths[row]] = getattr(encoding, FIELDS[name])
            rows_of_output[rows] = self._runtime.infer(columns)
        if not np.isfinite(rows_of_output).all():
            raise ModelUnavailable(f"{self.identity} returned numbers that are not finite")
        return rows_of_output


def batches(lengths: Sequence[int], most: int) -> list[list[int]]:
    """Row numbers, shortest text first, in groups of at most `most` padded tokens. A text that is
    longer than that is a group of its own."""
    groups: list[list[int]] = []
    for row in np.argsort(lengths, kind="stable").tolist():
        if groups and (len(groups[-1]) + 1) * lengths[row] <= most:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups
