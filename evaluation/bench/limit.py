"""Pairs a second -> operations a second of the stance model beside those of one bare product."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.running.forms import Form, abilities, compiled, forms_for, in_form, openvino
from retrieval.running.integers import Scale
from retrieval.running.processor import BATCH_TOKENS

ROUNDS = 30  # timed products


def reached(pairs: Sequence[tuple[str, str]], per_second: float, folder: Path) -> dict[str, Any]:
    """Billions of operations a second in the products with weights, beside one product alone.

    Args:
        pairs: what was predicted, at `per_second` pairs a second.
        folder: holds the model: its config.json and tokenizer.json.

    A token takes two operations for each weight of a layer: four square matrices of attention and
    two of the feed-forward part (Vaswani et al., 2017). Attention itself, a few per cent of that at
    these lengths, is left out, so that the figure is a lower bound.
    """
    from tokenizers import Tokenizer
    from transformers import AutoConfig

    config = AutoConfig.from_pretrained(str(folder), local_files_only=True)
    hidden = config.hidden_size
    inner = getattr(config, "intermediate_size", None) or config.hidden_dim  # as DistilBERT has it
    weights = config.num_hidden_layers * (4 * hidden**2 + 2 * hidden * inner)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokens = float(np.mean([len(one.ids) for one in tokenizer.encode_batch(list(pairs))]))
    ours = 2 * weights * tokens * per_second / 1e9
    form = forms_for("int8", folder, abilities(openvino().Core()))[0]
    alone = _product(BATCH_TOKENS, hidden, inner, form)
    return {
        "tokens_per_pair": round(tokens, 1),
        "billion_operations_per_second": round(ours),
        "of_one_product_alone": round(alone),
    }


def _product(rows: int, columns: int, width: int, form: Form) -> float:
    """Billions of operations a second of one matrix product, in the form of the model."""
    ov = openvino()
    from openvino import opset13 as ops

    random = np.random.default_rng(1)
    given = random.standard_normal((1, rows, columns), np.float32)
    into = ops.parameter([1, rows, columns], np.float32)
    matrix = ops.constant(random.standard_normal((width, columns), np.float32))
    product = ops.matmul(into, matrix, False, True)
    product.set_friendly_name("__module.alone/aten::linear/MatMul")
    scale = Scale(np.ones(columns, np.float32), -5, 5)
    graph = in_form(ov.Model([product], [into]), form, {"alone": scale})
    request = compiled(ov.Core(), graph, form).create_infer_request()
    request.infer([given])
    spent = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        request.infer([given])
        spent.append(time.perf_counter() - started)
    return float(2 * rows * columns * width / np.median(spent) / 1e9)
