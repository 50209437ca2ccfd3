"""What probes and Prometheus are told when something is wrong."""

from pathlib import Path

import pytest

from api.routes.health import check_space
from api.service import Service
from api.settings import Settings
from index.errors import CorpusCorrupt, DiskFull
from index.exact import ExactCorpus
from tests.api.answers import assert_problem
from tests.conftest import client_for
from tests.fakes import FakeEmbedder

# A file system of Linux without a free byte.
FULL = Path("/proc")
needs_full = pytest.mark.skipif(not (FULL / "self").exists(), reason="no /proc on this system")


@needs_full
def test_a_full_disk_is_not_ready_and_answers_claims() -> None:
    service = Service(Settings(data=FULL), ExactCorpus(), FakeEmbedder())
    with client_for(service) as client:
        problem = assert_problem(client.get("/readyz"), 503)
        assert (
            problem["detail"] == "the disk is full: claims are answered, documents cannot be stored"
        )
        assert client.post("/v1/verify", json={"claim": "x"}).status_code == 200
        assert client.get("/healthz").status_code == 200


@needs_full
def test_space_is_measured(tmp_path: Path) -> None:
    with pytest.raises(DiskFull, match=r"/proc: 0 bytes are free"):
        check_space(FULL)
    check_space(tmp_path)
    check_space(tmp_path / "not there yet")


def test_metrics_are_there_when_the_corpus_cannot_be_read(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Damaged(ExactCorpus):
        def stats(self):
            raise CorpusCorrupt("/srv/secret: damaged")

    with client_for(Service(Settings(), Damaged(), FakeEmbedder())) as client:
        answer = client.get("/metrics")
        ready = assert_problem(client.get("/readyz"), 503)
    assert answer.status_code == 200
    assert "claimdesk_requests_in_flight" in answer.text
    assert "secret" not in answer.text
    assert ready["detail"] == "the corpus cannot be read; see the log"
    assert "/srv/secret: damaged" in caplog.text
