"""docs/scale.md: its figures are those of the committed results, and its arithmetic is right."""

from __future__ import annotations

import json
import re

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "scale.md").read_text()
RESULTS = ROOT / "docs" / "bench" / "scale"
# Numbers with × or / or + between them, what they give, and in which unit.
SUM = re.compile(r"((?:[\d,.]+ [×/+] )+[\d,.]+)(?: B)? = ([\d,.]*\d)( GB)?")


def number(text: str) -> float:
    return float(text.replace(",", ""))


def rows(section: str) -> list[list[str]]:
    """The rows of the tables of a section, without their heads."""
    text = PAGE.partition(f"## {section}\n")[2].partition("\n## ")[0]
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")]
    return [line for line in lines if not set("".join(line)) <= set("- |")]


@pytest.mark.parametrize(("left", "right", "unit"), SUM.findall(PAGE))
def test_every_sum_is_right(left: str, right: str, unit: str) -> None:
    value, sign = 0.0, "+"
    for part in left.split(" "):
        if part in "×/+":
            sign = part
        else:
            given = number(part)
            value = {"+": value + given, "×": value * given, "/": value / given}[sign]
    decimals = len(right.partition(".")[2])
    assert round(value / (1e9 if unit else 1), decimals) == number(right)


def test_there_are_sums_to_check() -> None:
    assert len(SUM.findall(PAGE)) > 15


def test_the_bytes_of_a_passage_are_those_that_were_measured() -> None:
    sizes = json.loads((RESULTS / "sizes.json").read_text())["bytes_per_passage"]
    told = {
        line[0].strip("`"): int(number(line[1]))
        for line in rows("On paper: 10 and 100 million passages")
        if line[0].startswith("`")
    }
    others = {name: size for name, size in sizes.items() if name not in told}
    assert told == {name: sizes[name] for name in told}
    every = sum(sizes.values())
    walked = sizes["vectors_graph"] + sizes["passages_words"]
    table = {
        line[0]: int(number(line[1]))
        for line in rows("On paper: 10 and 100 million passages")
        if len(line) > 1 and line[1].replace(",", "").isdigit()
    }
    assert table["all others"] == sum(others.values())
    assert table["all of it"] == every
    for size in (sizes["vectors_graph"], walked, every):
        assert f"10,000,000 × {size:,} B" in PAGE


def test_the_curve_is_what_was_measured() -> None:
    told = {
        (int(number(line[0])), line[1]): line[2:]
        for line in rows("When to move")
        if line[0].replace(",", "").isdigit()
    }
    files = sorted(RESULTS.glob("[0-9]*.json"))
    assert len(told) == 2 * len(files) >= 4
    for file in files:
        result = json.loads(file.read_text())
        for name in ("embedded", "postgresql"):
            measured = result[name]
            told_here = told[measured["passages"], {"embedded": "folder"}.get(name, "PostgreSQL")]
            names = ("vectors_ms", "words_ms", "search_ms", "documents_per_second", "recall_at_10")
            for cell, key in zip(told_here, names, strict=True):
                decimals = len(cell.partition(".")[2])
                assert number(cell) == round(measured[key], decimals), (file.name, name, key)


def test_the_speeds_are_those_of_the_bench() -> None:
    bench = json.loads((ROOT / "docs" / "bench" / "bench.json").read_text())
    per_core = max(one["per_second"] for one in bench["serving"]["ours"]) / 2
    assert f"({per_core:.1f} for a core" in PAGE
    assert f"{bench['embedding']['ours_per_second']:.0f} passages a second" in PAGE
    assert max(one["passages"] for one in bench["search"]) == 1_000_000
    (alone,) = (one["p50_ms"] for one in bench["search"] if one["passages"] == 10_000)
    assert f"it took {alone:.1f} ms at 10,000 passages" in PAGE
    stored = json.loads((RESULTS / "50000.json").read_text())["postgresql"]
    assert f"{2 * stored['documents_per_second']:.0f} passages a second" in PAGE
