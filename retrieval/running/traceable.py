"""A model's files -> a torch module that a runtime can take, with how to measure the result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from retrieval.errors import ModelUnavailable
from retrieval.running.files import ModelFiles
from retrieval.running.graph import Graph

# Graph -> how far its answers to a few texts are from the plain library's.
Measure = Callable[[Graph], float]


@dataclass(frozen=True, slots=True)
class Traceable:
    """A torch module in float32 that takes `inputs` by position, and what is needed to run it."""

    module: Any
    inputs: Sequence[str]
    """Names of the columns, as in `Graph.run`."""
    tokenizer: Any
    meta: dict[str, Any]
    measure: Callable[[], Measure]
    """Asks the plain library now, in float32; to be called before the module is changed."""
    tolerance: float
    """Largest difference at which a compiled form of the module is used."""


Tracer = Callable[[ModelFiles], Traceable]


def load_traceable(files: ModelFiles, trace: Tracer) -> Traceable:
    """The model as a torch module.

    Raises:
        ModelUnavailable: it cannot be loaded.
    """
    try:
        made = trace(files)
    except ModelUnavailable:
        raise
    except Exception as error:
        raise ModelUnavailable(f"{files.folder} cannot be loaded: {error}") from error
    # transformers makes a tokenizer of nothing but special tokens where its files are missing.
    if made.tokenizer.get_vocab_size() <= len(made.tokenizer.get_added_tokens_decoder()):
        raise ModelUnavailable(
            f"{files.folder} holds no words for its tokenizer: tokenizer.json, or what it is made "
            "of, is missing"
        )
    return made


def without_empty_attention(module: Any) -> Any:
    """The module, changed so that its attention gives numbers for padding too.

    In a model with local attention (ModernBERT, EmbeddingGemma) a token far in the padding sees
    nothing but padding. torch's fused attention gives zeros for it, OpenVINO's gives NaN, and NaN
    times a mask of zero is NaN for every token. The eager form masks with a large negative number.
    """
    from transformers import PreTrainedModel

    for part in module.modules():
        layers = getattr(getattr(part, "config", None), "layer_types", None) or ()
        if isinstance(part, PreTrainedModel) and "sliding_attention" in layers:
            part.set_attn_implementation("eager")
    return module
