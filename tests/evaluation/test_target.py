"""An evaluation writes only where it may, and never over what is there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.client import Client
from api.service import Service
from api.settings import Settings
from evaluation.errors import EvaluationError
from evaluation.target import InProcess, Remote, Target, Writes, fill
from index.documents import Document, Refused, document
from index.exact import ExactCorpus
from index.ingest import ingest
from tests.fakes import FakeEmbedder
from tests.served import client_of

DATA = [document(id, f"The data set says {id}.") for id in ("1", "2 / ü?", "3")]


@pytest.fixture
def service() -> Iterator[Service]:
    with Service(Settings(), ExactCorpus(), FakeEmbedder()) as opened:
        yield opened


@pytest.fixture
def client(service: Service) -> Iterator[Client]:
    with client_of(service) as opened:
        yield opened


def put(service: Service, *documents: Document) -> dict[str, str]:
    list(ingest(documents, service.corpus, service.embedder))
    return held(service)


def held(service: Service) -> dict[str, str]:
    return {one.id: one.text for one in service.corpus.all_documents()}


def filled(target: Target, *, alone: bool = True) -> int:
    """The number of documents for which the bar advanced."""
    steps: list[int] = []
    fill(target, lambda: DATA, lambda: steps.append(1), alone=alone)
    return len(steps)


@pytest.mark.parametrize("writes", ["never", "into_empty"])
def test_a_running_service_keeps_its_documents(
    service: Service, client: Client, writes: Writes
) -> None:
    before = put(service, document("1", "What the user wrote."), document("x", "And more."))
    with pytest.raises(EvaluationError, match="2 documents are there"):
        filled(Remote(client, writes))
    assert held(service) == before


def test_an_empty_service_is_written_to_only_when_told(service: Service, client: Client) -> None:
    with pytest.raises(EvaluationError, match="holds no document: --import"):
        filled(Remote(client))
    assert held(service) == {}
    assert filled(Remote(client, "into_empty")) == 3
    assert held(service) == {one.id: one.text for one in DATA}


def test_a_service_that_holds_the_data_set_is_used_as_it_is(
    service: Service, client: Client
) -> None:
    put(service, *DATA)
    generation = service.corpus.generation()
    assert filled(Remote(client)) == 3
    with pytest.raises(EvaluationError, match="nothing is imported: 3 documents"):
        filled(Remote(client, "into_empty"))
    assert service.corpus.generation() == generation


@pytest.mark.parametrize("other", [document("1", "Another text."), document("4", "One more.")])
def test_other_documents_are_not_taken_for_the_data_set(
    service: Service, client: Client, other: Document
) -> None:
    before = put(service, *DATA, other)
    for target in (Remote(client), InProcess(service, "unless_filled")):
        with pytest.raises(EvaluationError, match="not the 3 of the data set"):
            filled(target)
    assert held(service) == before


def test_more_documents_do_no_harm_where_claims_are_asked_over_one_each(service: Service) -> None:
    put(service, *DATA, document("4", "One more."))
    assert filled(InProcess(service, "unless_filled"), alone=False) == 3


def test_a_folder_of_the_user_is_filled_once(service: Service) -> None:
    target = InProcess(service, "unless_filled")
    assert (filled(target), filled(target)) == (3, 3)
    assert service.corpus.stats().documents == 3


def test_a_folder_of_our_own_is_filled_on_after_a_break(service: Service) -> None:
    put(service, DATA[0])
    assert filled(InProcess(service)) == 3
    assert len(held(service)) == 3


def test_all_pages_of_a_listing_are_read(service: Service, client: Client, tmp_path: Path) -> None:
    many = [document(f"d{n}", f"Document {n}.") for n in range(1_003)]
    put(service, *many)
    assert Remote(client).document_ids() == {one.id for one in many}


def test_a_document_that_cannot_be_read_is_named(service: Service) -> None:
    put(service, *DATA)
    with pytest.raises(EvaluationError, match="line 7: no text"):
        fill(
            InProcess(service, "unless_filled"),
            lambda: [Refused("line 7", "no text")],
            lambda: None,
        )
