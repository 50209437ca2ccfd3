"""Tokenised texts -> rows of numbers, in batches of like length, on any runtime."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

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
        groups = batches(lengths, self._runtime.batch_tokens, self._runtime.streams)
        columns = (
            self._columns([encodings[row] for row in rows], prompt_tokens) for rows in groups
        )
        for rows, outputs in zip(groups, self._runtime.infer_each(columns), strict=True):
            rows_of_output[rows] = outputs
        if not np.isfinite(rows_of_output).all():
            raise ModelUnavailable(f"{self.identity} returned numbers that are not finite")
        return rows_of_output

    def _columns(
        self, encodings: Sequence[Any], prompt_tokens: int
    ) -> dict[str, npt.NDArray[np.int64]]:
        """A batch of texts as the runtime takes it, padded to one width."""
        longest, most = max(len(one.ids) for one in encodings), int(self.meta["max_tokens"])
        # Not above the model's own maximum: it has no positions there.
        width = max(longest, min(-(-longest // WIDTH_STEP) * WIDTH_STEP, most))
        columns = {
            name: np.zeros((len(encodings), width), np.int64) for name in self._runtime.names
        }
        columns["input_ids"].fill(int(self.meta["pad_id"]))
        for at, encoding in enumerate(encodings):
            for name, column in columns.items():
                if name == "pooled_mask":
                    column[at, prompt_tokens : len(encoding.ids)] = 1
                else:
                    column[at, : len(encoding.ids)] = getattr(encoding, FIELDS[name])
        return columns


def batches(lengths: Sequence[int], most: int, streams: int = 1) -> list[list[int]]:
    """Row numbers, shortest text first, in groups of at most `most` padded tokens. A text that is
    longer than that is a group of its own.

    Args:
        streams: number of groups that run at the same time. There are as many groups for each
            stream, where the texts allow it, and the largest is as small as it can be then.
    """
    order = np.argsort(lengths, kind="stable").tolist()

    def groups(limit: int) -> list[list[int]]:
        made: list[list[int]] = []
        for row in order:
            if made and (len(made[-1]) + 1) * lengths[row] <= limit:
                made[-1].append(row)
            else:
                made.append([row])
        return made

    if streams == 1:
        return groups(most)
    number = -(-len(groups(most)) // streams) * streams
    return groups(bisect_left(range(most), True, key=lambda limit: len(groups(limit)) <= number))
