"""A kept verdict -> the same claim verified today, and what is different and why."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from api.audit.chain import Entry, sha256
from api.audit.record import claim_of
from api.errors import VerdictNotFound
from api.service import VERSION, Service
from retrieval.types import Claim, Evidence

Kind = Literal[
    "verdict", "probability", "evidence_gone", "evidence_new", "evidence_corrected", "stance",
    "model", "setting", "version",
]  # fmt: skip
# A probability that moved by less is the same.
SAME_PROBABILITY = 0.005


@dataclass(frozen=True, slots=True)
class Change:
    """Something that is different: before, now, and why, where that can be told."""

    kind: Kind
    before: Any
    now: Any
    document: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Replay:
    """A verdict of before and of today; the generations of the corpus that they were made from."""

    id: str
    at: str
    before: str | None
    now: str | None
    generations: tuple[int, int]
    changes: tuple[Change, ...]


def kept(service: Service, id: str) -> Entry:
    """The entry of a verdict.

    Raises:
        VerdictNotFound: there is none.
    """
    entry = service.audit.find(id) if service.audit is not None else None
    if entry is None or entry.head["kind"] != "verdict":
        raise VerdictNotFound(f"no verdict {id!r} is kept")
    return entry


def replay(service: Service, id: str, text: str | None = None) -> Replay:
    """Verify the claim of a kept verdict again; nothing of it is kept.

    Args:
        text: the claim, where only its hash was kept.

    Raises:
        VerdictNotFound: there is none, or its claim is not kept and was not given.
    """
    entry = kept(service, id)
    head, claim = entry.head, _claim(entry, text)
    (answer,) = service.answer([service.admit(claim)])
    judgement = answer.judgement
    verdict = judgement.verdict if judgement else None
    probabilities = judgement.probabilities if judgement else None
    probability = probabilities[verdict] if verdict and probabilities else None
    changes: list[Change] = []
    if verdict != head["verdict"]:
        changes.append(Change("verdict", head["verdict"], verdict))
    if _moved(head["probability"], probability):
        changes.append(Change("probability", head["probability"], probability))
    changes += _evidence(entry, answer.evidence, service)
    models = service.names.model_dump(mode="json")
    changes += [
        Change("model", before, models.get(name), why=f"another {name} model is set")
        for name, before in head["models"].items()
        if models.get(name) != before
    ]
    settings = service.settings
    changes += [
        Change("setting", before, getattr(settings, name), why=f"CLAIMDESK_{name.upper()}")
        for name, before in head["settings"].items()
        if getattr(settings, name) != before
    ]
    if head["version"] != VERSION:
        changes.append(Change("version", head["version"], VERSION))
    generations = head["generation"], answer.generation
    return Replay(id, head["at"], head["verdict"], verdict, generations, tuple(changes))


def _claim(entry: Entry, text: str | None) -> Claim:
    stored = entry.pieces[0].content
    if stored is None and text is None:
        raise VerdictNotFound("only the hash of this claim was kept: give the claim with --claim")
    claim = claim_of(entry.head, stored if stored is not None else text or "")
    if sha256(claim.text) != entry.head["claim_sha256"]:
        raise VerdictNotFound("this is not the claim of that verdict: its hash is another")
    return claim


def _moved(before: float | None, now: float | None) -> bool:
    if before is None or now is None:
        return before is not now
    return abs(before - now) > SAME_PROBABILITY


def _evidence(entry: Entry, today: tuple[Evidence, ...], service: Service) -> list[Change]:
    now = {one.document.id: one for one in today}
    changes: list[Change] = []
    known: set[str] = set()
    for piece in entry.pieces[1:]:
        if piece.content is None:
            changes.append(Change("evidence_gone", None, None, None, "its document was erased"))
            continue
        before = json.loads(piece.content)
        id = before["document"]["id"]
        known.add(id)
        found = now.get(id)
        stored = service.corpus.get(id)
        if stored is None:
            hidden = bool(service.corpus.content_hashes([id]))
            why = "its document is hidden now" if hidden else "its document was deleted"
            changes.append(Change("evidence_gone", before["stance"], None, id, why))
        elif stored.version != before["document_version"]:
            versions = before["document_version"], stored.version
            shown = found.stance if found else None
            why = "its text was corrected" + ("" if found else ", and it is found no more")
            changes.append(Change("evidence_corrected", *versions, id, why))
            if shown != before["stance"]:
                changes.append(Change("stance", before["stance"], shown, id, why))
        elif found is None:
            why = "others are nearer now"
            changes.append(Change("evidence_gone", before["stance"], None, id, why))
        elif found.stance != before["stance"]:
            changes.append(Change("stance", before["stance"], found.stance, id))
    new = [
        Change("evidence_new", None, one.stance, id, "it was not shown then")
        for id, one in now.items()
        if id not in known
    ]
    return [*changes, *new]
