"""python -m tests.faults.worker FOLDER ACTION: acts again and again, prints what is durable."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

from index.documents import Document, document
from index.embedded import EmbeddedCorpus, backup, open_corpus
from index.ingest import ingest, ingest_one
from tests.fakes import FakeEmbedder

DOCUMENTS = 60
TEXT = (
    "The river {0} rose by {0} metres in version {1}. It fell again on day {0}. Nobody was hurt."
    " The only marker{0}x of it was found by a diver."
)


def stored(number: int, version: int = 0) -> Document:
    return document(f"d{number}", TEXT.format(number, version) * 3, title=f"River {number}")


def opened(folder: Path) -> EmbeddedCorpus:
    model = FakeEmbedder()
    return open_corpus(folder, identity=model.identity, dimension=model.dimension, writable=True)


def prepare(folder: Path) -> None:
    corpus = opened(folder)
    list(ingest(map(stored, range(DOCUMENTS)), corpus, FakeEmbedder()))
    corpus.close()


def imports(corpus: EmbeddedCorpus) -> Iterator[str]:
    for outcome in ingest(map(stored, itertools.count(DOCUMENTS)), corpus, FakeEmbedder()):
        yield outcome.id


def updates(corpus: EmbeddedCorpus) -> Iterator[str]:
    for version in itertools.count(1):
        for number in range(DOCUMENTS):
            ingest_one(stored(number, version), corpus, FakeEmbedder())
            yield f"d{number} {version}"


def deletions(corpus: EmbeddedCorpus) -> Iterator[str]:
    for number in range(DOCUMENTS):
        corpus.delete([f"d{number}"])
        yield f"d{number}"


def erasures(corpus: EmbeddedCorpus) -> Iterator[str]:
    for number in range(DOCUMENTS):
        receipt = corpus.erase(f"d{number}")
        assert receipt is not None
        assert receipt.is_complete, receipt
        yield f"d{number}"


def backups(corpus: EmbeddedCorpus, folder: Path) -> Iterator[str]:
    for number in itertools.count():
        file = folder.parent / f"{number}.zip"
        backup.write_backup(folder, file, beside=[], made_by="faults")
        yield file.name
        ingest_one(stored(number % DOCUMENTS, number), corpus, FakeEmbedder())


def main(folder: Path, action: str) -> None:
    corpus = opened(folder)
    actions = {
        "import": imports, "update": updates, "delete": deletions, "erase": erasures,
        "backup": lambda corpus: backups(corpus, folder),
    }  # fmt: skip
    print("ready", flush=True)
    for durable in actions[action](corpus):
        print(durable, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
