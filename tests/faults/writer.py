"""python -m tests.faults.writer ADDRESS NAME FIRST: writes to a database, prints what is durable.

A document that could not be stored is tried again, as a client does that is told 503.
"""

from __future__ import annotations

import itertools
import sys
import time

from index.documents import Document, document
from index.errors import CorpusBusy, CorpusUnavailable
from index.ingest import ingest_one
from index.postgres import PostgresCorpus, open_corpus
from tests.fakes import FakeEmbedder

# Documents that every writer changes, one after the other.
SHARED = 5
# Seconds until a server that does not answer is given up, and before the next try.
SECONDS, PAUSE_SECONDS = 5.0, 0.02


def opened(address: str, **options: object) -> PostgresCorpus:
    model = FakeEmbedder()
    given = {"writable": True, "connections": 4, "seconds": SECONDS, **options}
    return open_corpus(address, identity=model.identity, dimension=model.dimension, **given)


def own(name: str, number: int) -> Document:
    text = f"Writer {name} saw the river rise by {number} metres. Nobody was hurt on day {number}."
    return document(f"{name}-{number}", f"{text} " * 4, title=f"River {number}", language="en")


def shared(name: str, number: int) -> Document:
    text = f"The harbour has {number} boats, says {name}. It had fewer before. Boats come and go."
    title = f"Harbour {name} {number}"
    return document(f"shared-{number % SHARED}", f"{text} " * 3, title=title, language="en")


def main(address: str, name: str, first: int) -> None:
    corpus, model = opened(address), FakeEmbedder()
    print("ready", flush=True)
    for number in itertools.count(first):
        for new in (own(name, number), shared(name, number)):
            while True:
                try:
                    ingest_one(new, corpus, model)
                except (CorpusUnavailable, CorpusBusy):
                    time.sleep(PAUSE_SECONDS)
                else:
                    break
        print(number, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
