"""The real models over the example articles: evidence, quotes, and the demo's verdicts."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.service import Service
from api.settings import Settings
from index.read import read
from retrieval.types import Claim
from tests.conftest import EXAMPLES, ROOT, OpenEmbedded

EXPECTED = {
    "Turkey and Russia have equal servicemen at the monitoring center": (
        "examples/centre-opens.md", "Turkey and Russia each sent 60 servicemen"
    ),
    "Jonas Eck won the mayoral run-off in Lindholm": (
        "examples/election.md", "She took 50.4 per cent of the vote"
    ),
    "The Oria reservoir was 61 percent full on 1 June 2022": (
        "examples/reservoir.md", "The Oria reservoir was 37.4 per cent full"
    ),
    "La baignade est autorisée dans l'Oria": ("examples/river-fr.md", "La baignade"),
    "The night train leaves at 10:40 p.m.": ("examples/train-line.html", "Trains will leave"),
    "Ferry crews got 4.5 per cent more pay": ("examples/ferry-strike", "The union accepted"),
}  # fmt: skip


@pytest.fixture
def service(open_embedded: OpenEmbedded, real_embedder) -> Iterator[Service]:
    service = Service(Settings(), open_embedded(embedder=real_embedder), real_embedder)
    assert {outcome.status for outcome in service.ingest(read(EXAMPLES))} == {"added"}
    service.corpus.sync()
    yield service
    service.close()


def test_claims_find_their_evidence(service: Service) -> None:
    answers = service.verify([Claim(claim) for claim in EXPECTED], "test")
    for answer, (document, sentence) in zip(answers, EXPECTED.values(), strict=True):
        first = answer.evidence[0]
        assert first.document.id == document, answer.claim
        assert first.rationale[0].quote.startswith(sentence), answer.claim
        for item in answer.evidence:
            text = service.corpus.get(item.document.id).text
            assert text[item.passage.start : item.passage.end] == item.passage.text
            for quote in item.rationale:
                assert text[quote.start : quote.end] == quote.quote


def test_sources_that_disagree_are_both_found(service: Service) -> None:
    claim = "The harbour bridge in Lindholm cost 48 million euros"
    (answer,) = service.verify([Claim(claim, top_k=2)], "test")
    assert {item.document.publisher for item in answer.evidence} == {
        "Port Tribune", "Coast Observer"
    }  # fmt: skip


def test_agency_copy_is_found_in_both_papers(service: Service) -> None:
    (answer,) = service.verify([Claim("Measles vaccination in Norland is at 95 per cent")], "test")
    agency = [item for item in answer.evidence if item.document.id.startswith("examples/vaccine")]
    assert len({item.passage.text for item in agency}) == 1
    assert len(agency) == 2


def test_a_claim_of_10_000_characters(service: Service) -> None:
    claim = ("The reservoir was 37 per cent full and the mayor won by 312 votes. " * 200)[:10_000]
    (answer,) = service.verify([Claim(claim)], "test")
    assert len(answer.evidence) == 5


@pytest.mark.slow
def test_the_demo_gives_every_verdict_that_a_reader_gives(tmp_path: Path, cache: Path) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "demo.py"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"CLAIMDESK_CACHE": str(cache), "PATH": "/bin"},
    )
    assert done.returncode == 0, done.stderr
    assert "“Turkey and Russia each sent 60 servicemen" in done.stdout
    *_, counted, page = done.stdout.splitlines()
    assert counted == "5 of 5 verdicts are what a reader says", done.stdout
    assert "make serve-demo" in page
    assert page.endswith("http://127.0.0.1:8000/")
