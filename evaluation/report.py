"""results.json -> one HTML page that needs no network, with its pictures beside it."""

from __future__ import annotations

import base64
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from evaluation import plots

PAGE = "report.html"


def write(folder: Path, content: Mapping[str, Any]) -> Path:
    """Writes pictures and page into `folder`; returns the path of the page."""
    pictures = {}
    for name, image in _pictures(content).items():
        (folder / f"{name}.png").write_bytes(image)
        pictures[name.replace("_", " ")] = base64.b64encode(image).decode()
    environment = Environment(
        loader=PackageLoader("evaluation"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    page = environment.get_template(f"{PAGE}.j2").render(
        content=content,
        headline=headline(content),
        pictures=pictures,
        published=[] if "oracle" in content else published(content["data"], content["task"]),
    )
    (folder / PAGE).write_text(page)
    return folder / PAGE


def headline(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The figures that have an interval, with it."""
    rows = []
    for name, (low, high) in content["intervals"].items():
        rows.append({"name": name, "value": _value(content, name), "low": low, "high": high})
    return rows


def _value(content: Mapping[str, Any], name: str) -> float:
    """The figure of a result that an interval is named after."""
    if content["task"] == "retrieval":
        row, measure = name.rsplit(" ", 1)
        return float(content["rows"][row][measure])
    if content["task"] == "scifact":
        return float((content.get("open") or content["oracle"])[name]["f1"])
    return float(content[name])


def published(data: str, task: str) -> list[dict[str, Any]]:
    """The figures that others report on this data set, from `published.toml`."""
    rows = tomllib.loads((Path(__file__).parent / "published.toml").read_text())["row"]
    return [row for row in rows if row["data"] == data and row["task"] == task]


def _pictures(content: Mapping[str, Any]) -> dict[str, bytes]:
    """PNG pictures by name."""
    pictures = {}
    if "confusion" in content:
        matrix = content["confusion"]
        pictures["confusion"] = plots.confusion(matrix["labels"], matrix["rows"])
        pictures["reliability"] = plots.reliability(content["reliability"], content["ece"])
        pictures["coverage"] = plots.coverage(content["coverage"])
    if "recall_curve" in content:
        curve = dict(content["recall_curve"])
        pictures["recall"] = plots.recall(curve.pop("k"), curve)
    return pictures
