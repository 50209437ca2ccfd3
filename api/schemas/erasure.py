"""What erase, de-index and hold answer."""

from __future__ import annotations

import datetime as dt

from pydantic import BaseModel, Field

from index.erasure import Receipt, Restricted, Restriction


class SearchedPlace(BaseModel):
    """A place that held an erased document, and the search of it afterwards."""

    name: str
    search: str = Field(description="What was looked for there, and how")
    found: int = Field(description="How often it is still there")


class ReceiptBody(BaseModel):
    """What became of an erased document."""

    id: str
    erased_at: dt.datetime
    versions: int = Field(description="How many there were, the one that stood last included")
    passages: int
    complete: bool = Field(description="Whether nothing of it was found in any place")
    tombstone: str = Field(description="The salted hash of its id that keeps it out")
    copies: list[str] = Field(
        description="Other documents that hold the same text; they were not touched"
    )
    places: list[SearchedPlace]

    @classmethod
    def of(cls, receipt: Receipt) -> ReceiptBody:
        places = [
            SearchedPlace(name=place.name, search=place.search, found=place.found)
            for place in receipt.places
        ]
        return cls(
            id=receipt.document_id,
            erased_at=receipt.erased_at,
            versions=receipt.versions,
            passages=receipt.passages,
            complete=receipt.is_complete,
            tombstone=receipt.tombstone,
            copies=list(receipt.copies),
            places=places,
        )


class RestrictionBody(BaseModel):
    """A document that is in no answer ("deindexed"), or must stay as it is ("held")."""

    id: str
    kind: Restriction
    since: dt.datetime

    @classmethod
    def of(cls, restricted: Restricted) -> RestrictionBody:
        return cls(id=restricted.document_id, kind=restricted.kind, since=restricted.since)


class Restrictions(BaseModel):
    """The restrictions by id, of one document or of all."""

    restrictions: list[RestrictionBody]
