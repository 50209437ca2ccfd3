"""How much of what the processor can multiply the stance model uses."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.running.integers import Scale
from retrieval.running.processor import (
    BATCH_TOKENS,
    Stored,
    as_stored,
    compiled,
    openvino,
    stored_form,
)

ROUNDS = 30


def reached(pairs: Sequence[tuple[str, str]], per_second: float, folder: Path) -> dict[str, Any]:
    """Operations a second in the products with the weights, beside one such product alone.

    Args:
        pairs: what was weighed, at `per_second` pairs a second.
        folder: holds the model: its config.json and tokenizer.json.

    A token takes two operations for each weight of a layer: four square matrices of attention and
    two of the feed-forward part (Vaswani et al., 2017). Attention itself, a few in a hundred of
    that at these lengths, is left out, so what is reached is understated.
    """
    from tokenizers import Tokenizer

    config = json.loads((folder / "config.json").read_text())
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    weights = config["num_hidden_layers"] * (4 * hidden**2 + 2 * hidden * inner)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokens = float(np.mean([len(one.ids) for one in tokenizer.encode_batch(list(pairs))]))
    ours = 2 * weights * tokens * per_second / 1e9
    alone = _product(BATCH_TOKENS, hidden, inner, stored_form("int8", folder))
    return {
        "tokens_per_pair": round(tokens, 1),
        "billion_operations_per_second": round(ours),
        "of_one_product_alone": round(alone),
    }


def _product(rows: int, columns: int, width: int, stored: Stored) -> float:
    """Billions of operations a second of one matrix product, in what the model is stored in."""
    ov = openvino()
    from openvino import opset13 as ops

    random = np.random.default_rng(1)
    given = random.standard_normal((1, rows, columns), np.float32)
    into = ops.parameter([1, rows, columns], np.float32)
    matrix = ops.constant(random.standard_normal((width, columns), np.float32))
    product = ops.matmul(into, matrix, False, True)
    product.set_friendly_name("__module.alone/aten::linear/MatMul")
    scale = Scale(np.ones(columns, np.float32), -5, 5)
    graph = as_stored(ov.Model([product], [into]), stored, {"alone": scale})
    request = compiled(ov.Core(), graph, "int8", stored).create_infer_request()
    request.infer([given])
    spent = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        request.infer([given])
        spent.append(time.perf_counter() - started)
    return float(2 * rows * columns * width / np.median(spent) / 1e9)
