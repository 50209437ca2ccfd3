"""File of passages, or made-up ones -> documents to index and claims to verify."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import BaseModel

from evaluation.errors import EvaluationError
from evaluation.lines import read_lines
from index.documents import Document, document
from index.split import sentences

CLAIM_WORDS = 30  # most words of a claim
_NEWS = Path(__file__).parent.parent / "sets" / "newsroom"
# Forms of made-up news; five of them are about as long as a passage of news.
SENTENCES = (
    "The council of {place} approved {number} million euros for the {thing} on {day}.",
    "{name} told reporters in {place} that the {thing} would open before {month}.",
    "About {number} people came to the {thing}, fewer than in the year before.",
    "The {thing} in {place} was closed for {number} days after a storm in {month}.",
    "According to {name}, prices in {place} rose by {number} per cent within a year.",
    "A court in {place} ordered {name} to pay {number} thousand euros to the town.",
    "The railway will run {number} trains a day between {place} and the coast from {month}.",
    "Researchers led by {name} counted {number} birds along the river near {place}.",
    "The clinic in {place} treated {number} patients on {day}, its director {name} said.",
    "Workers at the {thing} ended a strike of {number} days and accepted the offer.",
)
PLACES = (
    "Lindholm", "Arvik", "Torsby", "Norland", "Oria", "Halden", "Vester", "Marsk", "Brunn",
    "Selby", "Kaldor", "Ekeby",
)  # fmt: skip
NAMES = (
    "Ada Marlow", "Jonas Eck", "Pia Holm", "Tomas Reyes", "Ines Falk", "Karl Aaltonen",
    "Mira Stein",
)  # fmt: skip
THINGS = (
    "bridge", "museum", "harbour", "reservoir", "theatre", "airport", "library", "tunnel",
    "market", "stadium",
)  # fmt: skip
MONTHS = (
    "January", "March", "April", "June", "July", "September", "October", "December",
)  # fmt: skip
DAYS = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip


class _Line(BaseModel):
    text: str
    title: str = ""


def news_folders() -> list[Path]:
    """Folders of news that we wrote, each with articles.jsonl and claims.jsonl."""
    return sorted(folder for folder in _NEWS.iterdir() if folder.is_dir())


def documents(corpus: Path | None, count: int, seed: int = 1) -> list[Document]:
    """`count` documents of one or two passages each.

    Raises:
        EvaluationError: the file has fewer, or a line of it is not a document.
    """
    if corpus is None:
        return [document(f"made-up-{n}", text, language="en") for n, text in _made_up(count, seed)]
    found: list[Document] = []
    for line in read_lines(corpus, _Line, EvaluationError):
        found.append(document(f"d{len(found)}", line.text, title=line.title, language="en"))
        if len(found) == count:
            return found
    raise EvaluationError(f"{corpus} holds {len(found):,} passages, fewer than {count:,}")


def _made_up(count: int, seed: int) -> Iterator[tuple[int, str]]:
    """Yields numbered texts of five sentences; the same ones for the same seed."""
    randomly = random.Random(seed)  # noqa: S311 - a workload, not a secret
    for number in range(count):
        yield number, " ".join(
            form.format(
                place=randomly.choice(PLACES), name=randomly.choice(NAMES),
                thing=randomly.choice(THINGS), month=randomly.choice(MONTHS),
                day=randomly.choice(DAYS), number=randomly.randint(2, 990),
            )
            for form in randomly.sample(SENTENCES, 5)
        )  # fmt: skip


def claims(found: Sequence[Document], count: int, seed: int = 2) -> list[str]:
    """At most `count` first sentences of documents, each cut after `CLAIM_WORDS` words."""
    randomly = random.Random(seed)  # noqa: S311
    chosen = randomly.sample(found, min(len(found), 2 * count))
    made = dict.fromkeys(_first_sentence(one.text) for one in chosen)
    return list(made)[:count]


def _first_sentence(text: str) -> str:
    (span, *_) = sentences(text)
    return " ".join(text[span.start : span.end].split()[:CLAIM_WORDS])
