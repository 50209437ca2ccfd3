"""Settings -> an open corpus with its models, and the calls that HTTP and command line make."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import Protocol, runtime_checkable
from uuid import uuid4

from api.address import Database
from api.audit.log import audit_of
from api.audit.record import record_of, unsent
from api.caches import BYTES_PER_CHARACTER, Cache, Remembering
from api.keys.keyring import visible
from api.opening import corpus_of, embedder_of, stance_of
from api.render import search_response, verify_response
from api.schemas.claims import (
    Info,
    Limits,
    ModelNames,
    Provenance,
    SearchResponse,
    VerifyResponse,
)
from api.settings import NO_MODEL, Settings
from index import ingest as ingest_module
from index.corpus import Corpus, Embedder
from index.documents import Document, Outcome, Refused
from index.erasure import Place, Receipt
from retrieval.search import Fusion
from retrieval.types import (
    MAX_CLAIM_CHARS,
    MAX_TOP_K,
    Answer,
    Claim,
    StanceModel,
    Timed,
    untimed,
)
from retrieval.verify import Models, verify

VERSION = version("claimdesk")


@runtime_checkable
class Pooled(Protocol):
    """A corpus whose questions wait for connections to a database."""

    def connections(self) -> Mapping[str, int]:
        """How many there are by what they do: most, open, in_use; and how many wait for one."""
        ...


class Service:
    """An open corpus with its models. `close()` it, or use it in a `with`."""

    def __init__(
        self,
        settings: Settings,
        corpus: Corpus,
        embedder: Embedder,
        stance: StanceModel | None = None,
    ) -> None:
        self.settings, self.corpus, self.embedder = settings, corpus, embedder
        # Whether other replicas write to it, too.
        self.is_shared = isinstance(settings.data, Database)
        most_bytes = settings.cache_mb * 2**20
        self.answers: Cache[tuple[int, Claim], Answer] = Cache(most_bytes, _weight)
        self.vectors = Remembering(embedder, most_bytes // 8)
        self.models = Models(
            self.vectors,
            stance,
            Fusion(settings.dense_weight),
            settings.verdict_threshold,
            tells_withheld=settings.show_withheld,
        )
        audit = audit_of(settings)
        # Where this process keeps no verdicts, earlier ones and those of other replicas are still
        # read, and documents are erased from them.
        self.audit = audit if settings.audit or self.is_shared or audit.place.exists() else None
        self.names = ModelNames(
            embedding=embedder.identity, stance=stance.identity if stance else None
        )

    @classmethod
    def open(cls, settings: Settings, *, writable: bool, stances: bool = True) -> Service:
        """A service over the corpus and the models of the settings.

        Args:
            stances: whether the stance model is loaded.

        Raises:
            CorpusError: the corpus cannot be opened; the message says what to do.
            ModelUnavailable: a model cannot be loaded.
        """
        embedder = embedder_of(settings)
        stance = stance_of(settings) if stances and settings.stance_model != NO_MODEL else None
        corpus = corpus_of(settings, embedder, writable)
        service = cls(settings, corpus, embedder, stance)
        if writable and service.audit is not None:
            service.audit.finish_redaction()
        return service

    def __enter__(self) -> Service:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self.audit is not None:
            self.audit.close()
        self.corpus.close()

    def warm_up(self) -> None:
        """Run each model once, so that the first claim does not wait for what they do at first.

        The stance model reads one pair, not the ten passages of a claim, for which the start would
        wait.
        """
        verify([Claim("warm-up", top_k=1)], self.corpus, replace(self.models, stance=None))
        if self.models.stance is not None:
            self.models.stance.predict([("warm", "up")])

    def ingest(
        self, items: Iterable[Document | Refused], embedder: Embedder | None = None
    ) -> Iterator[Outcome]:
        """Store documents; see `index.ingest.ingest`.

        Args:
            embedder: the service's own, behind a queue; without it, directly.
        """
        return ingest_module.ingest(items, self.corpus, embedder or self.embedder)

    def erase(self, document_id: str, *, deleted: bool = False) -> Receipt | None:
        """Remove a document so that nothing of it is left; see `index.corpus.Corpus.erase`.

        Args:
            deleted: also where it was deleted before; a document that a kept verdict quotes is
                known to have been stored.

        Raises:
            DocumentHeld: it must stay.
        """
        texts = self.corpus.texts(document_id)
        if self.audit is not None and document_id in self.audit.documents():
            deleted = True  # what is quoted was stored once
            texts += self.audit.quotes_of(document_id)
        if (texts or deleted) and not self._is_held(document_id):
            # First: were it last, a process that is killed in between would leave the quotes.
            self._redact(document_id, texts)
        try:
            receipt = self.corpus.erase(document_id, deleted=deleted)
        finally:  # an erasure that is cut off has removed it from the answers
            self.answers.clear()
            self.vectors.cache.clear()
        if receipt is None:
            return None
        return receipt.with_places(
            [
                # Again: an answer was on its way, perhaps.
                *self._redact(document_id, texts),
                Place("remembered answers", "answers that quote it", self._remembered(document_id)),
                Place("remembered vectors", "all of them", len(self.vectors.cache)),
            ]
        )

    def _is_held(self, document_id: str) -> bool:
        restricted = self.corpus.restricted()
        return any((one.document_id, one.kind) == (document_id, "held") for one in restricted)

    def _redact(self, document_id: str, texts: Sequence[str]) -> list[Place]:
        if self.audit is None:
            return []
        return [self.audit.redact(document_id, texts)]

    def _remembered(self, document_id: str) -> int:
        """How many remembered answers quote a document."""
        return sum(
            any(item.document.id == document_id for item in answer.evidence)
            for answer in self.answers.values()
        )

    def verify(self, claims: Sequence[Claim], request_id: str) -> list[VerifyResponse]:
        """Answers to claims, from the models of this process without a queue.

        Raises:
            ClaimTooLong: a claim leaves the stance model too little room for its evidence.
        """
        started = time.perf_counter()
        for claim in claims:
            self.admit(claim)
        answers = self.answer(claims)
        responses = [
            self.response(answer, request_id, started, claim)
            for claim, answer in zip(claims, answers, strict=True)
        ]
        self.wait_until_kept()
        return responses

    def wait_until_kept(self) -> None:
        """Return once every verdict that this thread or task gave is durable.

        Raises:
            AuditUnavailable: one could not be kept.
        """
        waiting = unsent.get() or []
        given = [*waiting]
        waiting.clear()
        for done in given:
            done.result()

    def admit(self, claim: Claim) -> Claim:
        """The claim, if the stance model can read all of it.

        Raises:
            ClaimTooLong: it cannot.
        """
        if self.models.stance is not None:
            self.models.stance.check(claim.text)
        return claim

    def answer(self, claims: Sequence[Claim], timed: Timed = untimed) -> list[Answer]:
        """Evidence and verdicts, in one pass of the models over all the claims that are new.

        An answer is given again while the indexes are as they were; models and settings cannot
        change.
        """
        generation = self._settled_generation()
        answers = {claim: self._given(claim, generation) for claim in claims}
        new = [claim for claim, answer in answers.items() if answer is None]
        models = replace(self.models, timed=timed)
        made_now = verify(new, self.corpus, models) if new else []
        for claim, made in zip(new, made_now, strict=True):
            answers[claim] = made
            self.answers.put((made.generation, claim), made)
        return [answer for claim in claims if (answer := answers[claim]) is not None]

    def recall(self, claim: Claim) -> Answer | None:
        """The answer that was given to this claim, if the indexes have not changed since, and no
        moment has passed that hides or shows a document."""
        return self._given(claim, self._settled_generation())

    def _settled_generation(self) -> int | None:
        """The generation of the indexes; None once a moment has passed that hides or shows a
        document. Where the corpus is in a database, this asks the database."""
        return self.corpus.index_generation() if self.corpus.is_settled() else None

    def _given(self, claim: Claim, generation: int | None) -> Answer | None:
        """The remembered answer to a claim. One that was read thoroughly also answers a claim that
        need not be."""
        if generation is None:
            return None
        known = self.answers.get((generation, claim))
        if known is None and not claim.thorough:
            known = self.answers.get((generation, replace(claim, thorough=True)))
        return known

    def find(self, claims: Sequence[Claim], timed: Timed = untimed) -> list[Answer]:
        """Evidence without stances, in one pass of the embedding model over all claims."""
        return verify(claims, self.corpus, replace(self.models, stance=None, timed=timed))

    def search(self, claim: Claim, request_id: str) -> SearchResponse:
        """The answer to a search, from the models of this process without a queue."""
        started = time.perf_counter()
        (answer,) = self.find([claim])
        return self.found(answer, request_id, started)

    def response(
        self, answer: Answer, request_id: str, started: float, claim: Claim
    ) -> VerifyResponse:
        """An answer as it is sent; `started` is when its claim came in (perf_counter).

        Where verdicts are kept, it is sent only after `wait_until_kept` (api/audit/barrier.py).

        Raises:
            AuditUnavailable: no verdict can be kept any more.
        """
        keeps = self.audit if self.settings.audit else None
        provenance = self._provenance(answer, request_id, uuid4().hex if keeps else None)
        response = verify_response(answer, provenance, _took_ms(started))
        if keeps is not None and provenance.verdict_id is not None:
            record = record_of(provenance.verdict_id, claim, answer, response, self.settings)
            done = keeps.put(record.id, record.head, record.pieces)
            if (waiting := unsent.get()) is None:
                unsent.set(waiting := [])
            waiting.append(done)
        return response

    def found(self, answer: Answer, request_id: str, started: float) -> SearchResponse:
        """`response` for a search."""
        return search_response(answer, self._provenance(answer, request_id), _took_ms(started))

    def _provenance(
        self, answer: Answer, request_id: str, verdict_id: str | None = None
    ) -> Provenance:
        return Provenance(
            request_id=request_id,
            index_generation=answer.generation,
            models=self.names,
            version=VERSION,
            verdict_id=verdict_id,
        )

    def connections(self) -> Mapping[str, int] | None:
        """The connections to the database of the corpus; None where it is in a folder."""
        return self.corpus.connections() if isinstance(self.corpus, Pooled) else None

    def info(self) -> Info:
        stats, settings, stance = self.corpus.stats(), self.settings, self.models.stance
        seen = visible()
        is_all = seen.access is None
        return Info(
            version=VERSION,
            models=self.names,
            documents=stats.documents if is_all else self.corpus.count_documents(seen),
            passages=stats.passages if is_all else self.corpus.count_passages(seen),
            store_generation=stats.generation,
            index_generation=self.corpus.index_generation(),
            connections=self.connections(),
            limits=Limits(
                claim_chars=MAX_CLAIM_CHARS,
                claim_tokens=stance.claim_tokens if stance else None,
                top_k=MAX_TOP_K,
                batch_claims=settings.max_batch_claims,
                body_bytes=settings.max_body_bytes,
                import_bytes=settings.max_import_bytes,
                document_chars=settings.max_document_chars,
            ),
        )


def _took_ms(started: float) -> float:
    return (time.perf_counter() - started) * 1000


def _weight(key: tuple[int, Claim], answer: Answer) -> int:
    """Roughly the bytes of a remembered answer: of what was asked, and of its passages."""
    _, claim = key
    asked = (claim.text, *claim.filters.publisher, *claim.filters.language)
    texts = (*asked, *(item.passage.text for item in answer.evidence))
    return 4_000 + sum(1_000 + BYTES_PER_CHARACTER * len(text) for text in texts)
