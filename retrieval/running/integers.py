"""A graph that multiplies floats -> a graph that multiplies integers, which is faster."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from retrieval.errors import ModelUnavailable

# Name of the file with the scales, and suffix of the tensor with a layer's lowest and highest step.
SCALES, RANGE = "activations.safetensors", ":range"
# Number of steps that an activation is rounded to.
LEVELS = 256
# Name that OpenVINO's torch front end gives to the product of a linear layer. Another version may
# name it otherwise; `with_integer_products` then refuses, as it finds no product for a scale.
_LAYER = re.compile(r"__module\.(.+)/aten::linear/MatMul")


@dataclass(frozen=True, slots=True)
class Scale:
    """How the input x of a linear layer is rounded: x / spread, to one of `LEVELS` steps.

    `spread`, of shape (columns,), moves large values of x into the weights, which have room for
    them: Xiao et al., "SmoothQuant", ICML 2023. The steps go from `low` to `high`, and zero is one
    of them: Jacob et al., CVPR 2018.
    """

    spread: npt.NDArray[np.float32]
    low: float
    high: float


def read_scales(folder: Path) -> dict[str, Scale]:
    """Scales that lie beside a model's weights, by layer; an empty mapping where there are none.

    Raises:
        ModelUnavailable: the file is there and damaged.
    """
    file = folder / SCALES
    if not file.is_file():
        return {}
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        stored = load_file(file)
        scales = {
            layer: Scale(spread.astype(np.float32), *map(float, stored[layer + RANGE]))
            for layer, spread in stored.items()
            if not layer.endswith(RANGE)
        }
    except (OSError, SafetensorError, KeyError, TypeError) as error:
        raise ModelUnavailable(f"{file} cannot be read: {error}") from error
    for layer, scale in scales.items():
        if not (
            (scale.spread > 0).all() and scale.low <= 0 <= scale.high and scale.low < scale.high
        ):
            raise ModelUnavailable(f"{file} has no usable scale for {layer}")
    return scales


def scale_weights(module: Any, scales: Mapping[str, Scale]) -> None:
    """Multiply weights, in place, by the spread that their inputs will be divided by.

    Raises:
        ModelUnavailable: the scales are of another model.
    """
    import torch

    layers = dict(module.named_modules())
    for name, scale in scales.items():
        weight = getattr(layers.get(name), "weight", None)
        if weight is None or weight.shape[1:] != scale.spread.shape:
            raise ModelUnavailable(f"{SCALES} is of another model: no layer {name} of its width")
        with torch.no_grad():
            weight.mul_(torch.from_numpy(scale.spread))


def with_integer_weights(graph: Any) -> Any:
    """The graph with each row of each weight matrix as int8 and a scale."""
    return _compressed(graph, [])


def with_integer_products(graph: Any, scales: Mapping[str, Scale]) -> Any:
    """The graph with integer products in the layers that have a scale, and only there.

    `graph` is made of a module that went through `scale_weights` with the same scales.

    Raises:
        ModelUnavailable: it lacks one of the layers.
    """
    layers = {
        node.get_friendly_name(): found[1]
        for node in graph.get_ops()
        if (found := _LAYER.fullmatch(node.get_friendly_name()))
    }
    if missing := set(scales) - set(layers.values()):
        # Its weights were scaled: without the division its product would be wrong in silence.
        raise ModelUnavailable(f"no product of {', '.join(sorted(missing))} in the compiled graph")
    graph = _compressed(graph, [name for name, layer in layers.items() if layer not in scales])
    rounded: dict[Any, Any] = {}  # several layers may read the same
    for node in graph.get_ops():
        scale = scales.get(layers.get(node.get_friendly_name(), ""))
        if scale is not None:
            given = node.input_value(0)
            source = (given.get_node().get_friendly_name(), given.get_index())
            key = (*source, scale.spread.tobytes(), scale.low, scale.high)
            if key not in rounded:
                rounded[key] = _rounded(given, scale)
            node.input(0).replace_source_output(rounded[key].output(0))
    return graph


def _rounded(given: Any, scale: Scale) -> Any:
    from openvino import opset13 as ops

    step = (scale.high - scale.low) / (LEVELS - 1)
    low = round(scale.low / step) * step
    ends = [ops.constant(np.float32(end)) for end in (low, low + (LEVELS - 1) * step)]
    spread = ops.multiply(given, ops.constant(1 / scale.spread[None, None]))
    return ops.fake_quantize(spread, *ends, *ends, LEVELS)


def _compressed(graph: Any, left_out: list[str]) -> Any:
    import nncf

    # Not nncf.set_log_level: it changes the logger's handlers too, which others (pytest) may share.
    logging.getLogger("nncf").setLevel(logging.ERROR)
    return nncf.compress_weights(
        graph,
        mode=nncf.CompressWeightsMode.INT8_SYM,
        ignored_scope=nncf.IgnoredScope(names=left_out),
    )
