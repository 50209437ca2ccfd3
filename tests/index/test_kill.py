"""kill -9 in the middle of an import: all that was acknowledged is there, nothing half-there."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from index.embedded import open_corpus
from index.split import split
from tests.conftest import ROOT
from tests.fakes import FakeEmbedder

IMPORT = """
import sys
from pathlib import Path
from index.embedded import open_corpus
from index.ingest import ingest
from index.documents import document
from tests.fakes import FakeEmbedder

model = FakeEmbedder(delay=0.02)
corpus = open_corpus(
    Path(sys.argv[1]), identity=model.identity, dimension=model.dimension, writable=True
)
text = "The river rose by {0} metres. It fell again on day {0}. Nobody was hurt. All is well now."
documents = (document(f"d{n % 400}", text.format(n)) for n in range(100_000))
for outcome in ingest(documents, corpus, model):
    print(outcome.id, outcome.status, flush=True)
    if sys.argv[2] == "sync":
        corpus.sync()
"""


@pytest.mark.parametrize(("lines", "mode"), [(1, "bulk"), (200, "sync"), (700, "bulk")])
def test_kill_in_the_middle(tmp_path: Path, lines: int, mode: str) -> None:
    command = [sys.executable, "-c", IMPORT, str(tmp_path / "data"), mode]
    acknowledged: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        for line in process.stdout:
            acknowledged.append(line.split()[0])
            if len(acknowledged) == lines:
                process.send_signal(signal.SIGKILL)
    assert len(acknowledged) >= lines
    model = FakeEmbedder()
    corpus = open_corpus(
        tmp_path / "data", identity=model.identity, dimension=model.dimension, writable=True
    )
    stored = {item.id: item for item in corpus.all_documents()}
    assert set(acknowledged) <= set(stored)
    expected = {passage.id: passage for item in stored.values() for passage in split(item)}
    assert corpus.stats().passages == len(expected)
    hits = corpus.search_vector(model.embed(["river"])[0], 100_000)
    found = corpus.passages([hit.key for hit in hits])
    assert {passage.id: passage for passage in found.values()} == expected
    by_words = corpus.search_words("river rose fell nobody well", 100_000)
    assert {hit.key for hit in by_words} == {hit.key for hit in hits}
    corpus.close()
