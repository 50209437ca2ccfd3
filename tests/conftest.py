"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.service import Service
from api.settings import Settings
from index.corpus import Embedder
from index.documents import Document, document
from index.embedded import EmbeddedCorpus, open_corpus
from index.exact import ExactCorpus
from index.ingest import ingest
from retrieval.embed import CompiledEmbedder, load_embedder
from tests.fakes import FakeEmbedder, FakeStance
from tests.postgres import database, new_database, postgres  # noqa: F401 - fixtures

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
CENTRE = "Turkey and Russia each sent 60 servicemen to the centre. It opened on Saturday."


# Tests marked slow, beside those that carry the marker: by file, and by fixtures of real models.
SLOW_FILES = {
    "api/test_cli.py",
    "api/test_server.py",
    "api/test_stop.py",
    "evaluation/test_cli.py",
    "evaluation/test_uncertainty.py",
    "index/test_kill.py",
    "index/test_state_machine.py",
    "retrieval/test_families.py",
    "retrieval/test_gpu.py",
    "retrieval/test_integers.py",
    "retrieval/test_stance.py",
    "test_start.py",
    "training/test_calibrate.py",
}
REAL_MODELS = {"real_embedder", "real_stance"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = [name for name in SLOW_FILES if not (ROOT / "tests" / name).is_file()]
    assert not missing, f"SLOW_FILES names {missing}, which are not there"
    for item in items:
        file = item.path.relative_to(ROOT / "tests").as_posix()
        if file in SLOW_FILES or REAL_MODELS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("CLAIMDESK_") and name != "CLAIMDESK_CACHE":
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    given = os.environ.get("CLAIMDESK_CACHE")
    return Path(given) if given else tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def real_embedder(cache: Path) -> CompiledEmbedder:
    return load_embedder("all-MiniLM-L6-v2", cache)


OpenEmbedded = Callable[..., EmbeddedCorpus]


@pytest.fixture
def open_embedded(tmp_path: Path) -> OpenEmbedded:
    def opener(folder: str = "data", embedder: Embedder | None = None, **options) -> EmbeddedCorpus:
        model = embedder or FakeEmbedder()
        options = {"writable": True, **options}
        return open_corpus(
            tmp_path / folder, identity=model.identity, dimension=model.dimension, **options
        )

    return opener


def articles() -> list[Document]:
    return [
        document("a", CENTRE, title="Centre", publisher="Wire", published_at="2021-01-30"),
        document("b", "The bridge cost 48 million euros. It opened in May.", publisher="Tribune"),
        document("c", "Le pont a coûté 48 millions.", language="fr", published_at="2023-05-11"),
    ]


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service(Settings(), ExactCorpus(), FakeEmbedder())
    list(ingest(articles(), made.corpus, made.embedder))
    yield made
    made.close()


@pytest.fixture
def weighing_service() -> Iterator[Service]:
    """With a stance model."""
    made = Service(Settings(), ExactCorpus(), FakeEmbedder(), FakeStance())
    list(ingest(articles(), made.corpus, made.embedder))
    yield made
    made.close()


@pytest.fixture
def client(service: Service) -> Iterator[TestClient]:
    with client_for(service) as opened:
        yield opened


def client_for(service: Service) -> TestClient:
    app = create_app(service.settings, service)
    return TestClient(app, base_url="http://localhost", raise_server_exceptions=False)
