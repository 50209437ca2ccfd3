"""Figures -> PNG pictures."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

BLUE, ORANGE, GREY = "#2f6690", "#d1603d", "#8a8f98"
LINES = (GREY, ORANGE, BLUE, "#3a7d44")


def png(figure: Figure) -> bytes:
    """The picture as a PNG file."""
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=150, bbox_inches="tight")
    return stream.getvalue()


def _axes(width: float = 4.6, height: float = 3.6) -> tuple[Figure, Any]:
    """An empty picture, sizes in inches, and its axes."""
    figure = Figure(figsize=(width, height))
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def confusion(labels: Sequence[str], rows: Sequence[Sequence[int]]) -> bytes:
    """A confusion matrix; the shade of a cell is its share of the row, an expected label."""
    counts = np.array(rows)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    names = [label.replace("_", "\n").lower() for label in labels]
    figure, axes = _axes(1.5 + 1.05 * len(labels), 1 + 0.85 * len(labels))
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for row, column in np.ndindex(counts.shape):
        dark = shares[row, column] > 0.55
        axes.text(
            column, row, f"{counts[row, column]:,}", ha="center", va="center",
            color="white" if dark else "black",
        )  # fmt: skip
    axes.set_xticks(range(len(names)), names, fontsize=8)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.set_xlabel("given")
    axes.set_ylabel("expected")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return png(figure)


def reliability(bins: Sequence[Mapping[str, float]], ece: float) -> bytes:
    """Accuracy against confidence; on the diagonal the two are equal, as they should be."""
    figure, axes = _axes()
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle="--")
    most = max(point["n"] for point in bins)
    confidence = [point["confidence"] for point in bins]
    accuracy = [point["accuracy"] for point in bins]
    axes.plot(confidence, accuracy, color=BLUE, linewidth=1.2, alpha=0.6)
    axes.scatter(
        confidence, accuracy, s=[12 + 150 * point["n"] / most for point in bins], color=BLUE,
        zorder=3,
    )  # fmt: skip
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel="probability given", ylabel="share right")
    axes.set_title(f"ECE {ece:.3f}; a dot's size is how many answers", fontsize=9)
    return png(figure)


def coverage(points: Sequence[Mapping[str, float | None]]) -> bytes:
    """The accuracy of answers against the share that is given, the surest first."""
    figure, axes = _axes()
    known = [
        (point["coverage"], point["accuracy"], point["threshold"])
        for point in points
        if point["accuracy"] is not None
    ]
    axes.plot([c for c, *_ in known], [a for _, a, _ in known], color=BLUE, marker="o")
    for share, right, threshold in known:
        axes.annotate(
            f"≥ {threshold:g}", (share, right), textcoords="offset points", xytext=(4, 6),
            fontsize=7, color=GREY,
        )  # fmt: skip
    axes.set(xlim=(0, 1.05), ylim=(0, 1.05), xlabel="share answered", ylabel="share right of those")
    return png(figure)


def recall(k: Sequence[int], curves: Mapping[str, Sequence[float]]) -> bytes:
    """Recall against the number of documents looked at, a line for each way of searching."""
    figure, axes = _axes()
    for (name, values), colour in zip(curves.items(), LINES, strict=False):
        axes.plot(k, values, marker="o", markersize=3, color=colour, label=name)
    axes.set_xscale("log")
    axes.set_xticks(k, [str(value) for value in k])
    axes.minorticks_off()
    axes.set(ylim=(0, 1.02), xlabel="documents looked at", ylabel="recall")
    axes.legend(frameon=False)
    return png(figure)


def lines(
    series: Mapping[str, Sequence[tuple[float, float]]], across: str, up: str, *, log: bool = False
) -> bytes:
    """Named lines through points (x, y); the x axis is logarithmic, with `log` the y axis, too."""
    figure, axes = _axes()
    for (name, points), colour in zip(series.items(), LINES, strict=False):
        x, y = zip(*points, strict=True)
        axes.plot(x, y, marker="o", markersize=4, color=colour, label=name)
    ticks = sorted({x for points in series.values() for x, _ in points})
    axes.set_xscale("log")
    axes.set_xticks(ticks, [f"{value:,}" for value in ticks])
    if log:
        axes.set_yscale("log")
    else:
        axes.set_ylim(bottom=0)
    axes.minorticks_off()
    axes.set(xlabel=across, ylabel=up)
    if len(series) > 1:
        axes.legend(frameon=False)
    return png(figure)
