"""results.json files -> docs/results.md: the one place the project's own figures come from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from evaluation.errors import EvaluationError
from evaluation.report import published

# Keys of a result that are not kept: they hold sentences of data sets, which their licences may
# forbid to pass on.
PRIVATE = ("items", "worst_errors")
CLASSIFICATION_HEAD = ("", "n", "accuracy", "macro-F1", "ECE", "ECE by chance")
HEAD = """# Results

`claimdesk evaluate publish` writes this page. Each section shows the command that gave its
figures, and the 95 % bootstrap interval of its main figure. [Measuring](evaluation.md) explains
the commands.
"""


def keep(content: Mapping[str, Any], folder: Path) -> Path:
    """Stores the figures of a result, without sentences of its data; returns the file.

    Raises:
        EvaluationError: the file is kept for another command, of another split or sample.
    """
    folder.mkdir(parents=True, exist_ok=True)
    way = "-oracle" if "oracle" in content else ""
    file = folder / f"{content['task']}-{content['data']}{way}.json"
    if file.is_file() and (kept := json.loads(file.read_text())["command"]) != content["command"]:
        raise EvaluationError(f"{file} is what `{kept}` gave: remove it to keep another there")
    shown = {name: value for name, value in content.items() if name not in PRIVATE}
    file.write_text(json.dumps(shown, indent=1) + "\n")
    return file


def page(folder: Path) -> str:
    """Markdown with a section for every kept result."""
    results = [json.loads(file.read_text()) for file in sorted(folder.glob("*.json"))]
    return "\n".join([HEAD, *(_section(result) for result in results)])


CARD_START, CARD_END = "<!-- scores: claimdesk evaluate publish -->", "<!-- /scores -->"


def fill_card(card: str, folder: Path) -> str:
    """A model card with all kept results of the stance model between its two marks."""
    before, _, rest = card.partition(CARD_START)
    _, _, after = rest.partition(CARD_END)
    return f"{before}{CARD_START}\n{_scores(folder)}\n{CARD_END}{after}"


def _scores(folder: Path) -> str:
    """A table of the kept results of the stance model alone."""
    rows = []
    for file in sorted(folder.glob("stance-*.json")):
        result = json.loads(file.read_text())
        first, *others = _classification_rows(result)
        rows += [(result["data"], *first), *(("", *row) for row in others)]
    return _table(("set", *CLASSIFICATION_HEAD), rows)


def _section(result: Mapping[str, Any]) -> str:
    way = ", oracle" if "oracle" in result else ""
    parts = [f"## {result['data']}: {result['task']}{way}", f"`{result['command']}`"]
    if result["task"] == "retrieval":
        parts.append(_retrieval(result))
    elif result["task"] == "scifact":
        parts.append(_scifact(result))
    elif result["task"] == "articles":
        parts.append(_articles(result))
    else:
        parts.append(_classification(result))
    # Others report figures of open retrieval.
    others = published(result["data"], result["task"]) if "oracle" not in result else []
    if others:
        rows = [
            (row["system"], row["figure"].replace("_", " "), f"{row['value']:.3f}",
             row.get("differs", ""), row["source"])
            for row in others
        ]  # fmt: skip
        parts.append(_table(("others", "figure", "value", "where it differs", "source"), rows))
    models = ", ".join(f"{kind} `{name}`" for kind, name in result["models"].items() if name)
    parts.append(f"Models: {models}. Data sha256 `{result['data_sha256'][:16]}`.")
    return "\n\n".join(parts) + "\n"


def _retrieval(result: Mapping[str, Any]) -> str:
    measures = list(result["rows"]["hybrid"])
    low, high = result["intervals"]["hybrid nDCG@10"]
    rows = (
        (name, *(f"{row[measure]:.3f}" for measure in measures))
        for name, row in result["rows"].items()
    )
    return (
        f"{result['queries']:,} queries, {result['documents']:,} documents, "
        f"{result['passages']:,} passages. The interval of hybrid's nDCG@10 is"
        f" {low:.3f} to {high:.3f}.\n\n" + _table(("", *measures), rows)
    )


def _scifact(result: Mapping[str, Any]) -> str:
    way = "open" if "open" in result else "oracle"
    rows = (
        (name.replace("_", ", "), *(f"{100 * value:.1f}" for value in row.values()),
         "{:.1f} to {:.1f}".format(*(100 * bound for bound in result["intervals"][name])))
        for name, row in result[way].items()
    )  # fmt: skip
    said = "all abstracts" if way == "open" else "its gold abstracts"
    return f"Each claim is compared with {said}.\n\n" + _table(
        ("", "precision", "recall", "F1", "95 %"), rows
    )


def _classification(result: Mapping[str, Any]) -> str:
    low, high = result["intervals"]["accuracy"]
    parts = [f"The interval of the accuracy is {low:.3f} to {high:.3f}."]
    parts.append(_table(CLASSIFICATION_HEAD, _classification_rows(result)))
    for field, groups in result.get("by", {}).items():
        values = (
            (value, f"{row['n']:,}", f"{row['accuracy']:.3f}", f"{row['macro_f1']:.3f}")
            for value, row in groups.items()
        )
        parts.append(_table((field, "n", "accuracy", "macro-F1"), values))
    return "\n\n".join(parts)


def _articles(result: Mapping[str, Any]) -> str:
    rows = (
        (name, f"{row['n']:,}", f"{row['decided']:.3f}", f"{row['right_where_decided']:.3f}")
        for name, row in {"all": result, **result["labels"]}.items()
        if row["n"]
    )
    low, high = result["intervals"]["right_where_decided"]
    return (
        f"{result['articles']:,} articles. The interval of the share that is right where decided is"
        f" {low:.3f} to {high:.3f}.\n\n"
        + _table(("", "claims", "decided", "right where decided"), rows)
    )


def _classification_rows(result: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Rows under `CLASSIFICATION_HEAD`: all items, and each selection that was scored, too."""
    scored = {
        "all": result,
        "without near-duplicates": result.get("without_near_duplicates"),
        "as a service reads it": result.get("as_read"),
    }
    keys = ("accuracy", "macro_f1", "ece", "ece_by_chance")
    return [
        (name, f"{figures['n']:,}", *(f"{figures[key]:.3f}" for key in keys))
        for name, figures in scored.items()
        if figures
    ]


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(head)
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
