"""Request and response JSON for documents: with places, versions, imports and publishers."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from api.schemas.fields import Date, FailedLine, Moment, RequestFields, Short, Stated, Status
from index.documents import MAX_ID_CHARS, Document
from index.places import Place, unpacked
from index.versions import Version


class DocumentDetails(RequestFields):
    """What may be known of a document beside its text."""

    title: Short | None = Field(None, examples=["Monitoring centre opens"])
    url: Short | None = Field(None, examples=["https://example.org/centre"])
    publisher: Short | None = Field(None, examples=["Example Wire"])
    published_at: Date | None = Field(None, examples=["2021-01-30"])
    modified_at: Date | None = Field(
        None,
        examples=["2021-02-01"],
        description="When it was changed last: from this day on `as_of` finds "
        "a new text under a known id, and the earlier one before it.",
    )
    language: Short | None = Field(None, examples=["en"], description="Detected when left out.")
    embargoed_until: Moment | None = Field(
        None,
        examples=[None],
        description="In no answer before this moment. Without an offset: UTC.",
    )
    pubstatus: Status | None = Field(
        None,
        description="usable, where nothing is said. What is withheld or canceled is in no answer, "
        "at any `as_of`.",
    )
    expires: Moment | None = Field(
        None, examples=[None], description="In no answer from this moment on."
    )
    usageterms: Short | None = Field(None, examples=[None])
    rights: Short | None = Field(None, examples=[None])
    access: Short | None = Field(
        None,
        examples=[None],
        description="The access group whose keys see it; everybody does, where none is named.",
    )


class DocumentRequest(DocumentDetails):
    text: str = Field(
        min_length=1, examples=["Turkey and Russia each sent 60 servicemen to the centre."]
    )


class PlaceBody(BaseModel):
    """Where the text in `[start, end)` was written; what does not apply is left out.

    Pages and rows are counted from 1.
    """

    start: int
    end: int
    page: int | None = None
    box: tuple[float, float, float, float] | None = Field(
        None, description="Left, bottom, right, top, in points from the page's lower left corner."
    )
    chapter: str | None = Field(None, description="Of a book: its file in it and its heading.")
    entry: str | None = Field(None, description="Of a feed: the entry's id.")
    record: str | None = Field(None, description="Of a web archive: the record's id.")
    digest: str | None = Field(None, description="Of that record's payload.")
    row: int | None = Field(None, description="Of a table in CSV: its line.")

    @classmethod
    def of(cls, place: Place) -> PlaceBody:
        return cls(**{name: getattr(place, name) for name in cls.model_fields})

    @model_serializer(mode="wrap")
    def _without_none(self, serialize: SerializerFunctionWrapHandler):  # type: ignore[no-untyped-def]
        # Without an annotation, for that would be described in the place of the fields.
        return {name: value for name, value in serialize(self).items() if value is not None}


class DocumentInfo(BaseModel):
    id: str
    title: str
    url: str | None
    publisher: str | None
    published_at: dt.date | None
    modified_at: dt.date | None
    language: str | None
    version: int = Field(
        1,
        exclude_if=lambda number: number == 1,
        description="The number of this text among those that were stored under the id; left out "
        "for the first.",
    )

    @classmethod
    def of(cls, document: Document) -> DocumentInfo:
        return cls(**{name: getattr(document, name) for name in DocumentInfo.model_fields})


class DocumentBody(DocumentInfo):
    text: str = Field(description="As stored (NFC): what every offset points into.")
    places: list[PlaceBody] = Field(
        description="Where each stretch of the text was written, in order: page and box of a PDF, "
        "chapter, entry of a feed, record of a web archive, row. Empty for other formats.",
    )
    embargoed_until: Stated[dt.datetime] = Field(
        None, description="The moment from which on it may be in answers."
    )
    expires: Stated[dt.datetime] = Field(
        None, description="The moment from which on it may not any more."
    )
    usageterms: Stated[str] = None
    rights: Stated[str] = None
    access: Stated[str] = None

    @classmethod
    def of(cls, document: Document) -> DocumentBody:
        stated = {*cls.model_fields} - {"places"}
        fields = {name: getattr(document, name) for name in stated}
        return cls(**fields, places=[PlaceBody.of(place) for place in unpacked(document.places)])


class ChangeBody(BaseModel):
    """Sentences that a version says otherwise than the one before; one side may be empty."""

    old: str
    new: str


class VersionBody(BaseModel):
    """A text that was stored under an id, and the days on which it stood."""

    version: int
    title: str
    published_at: dt.date | None
    modified_at: dt.date | None
    since: dt.date | None = Field(description="The first day on which `as_of` finds it.")
    until: dt.date | None = Field(
        description="The first day on which `as_of` finds it no more; null for what stands now."
    )
    current: bool
    changes: list[ChangeBody] | None = Field(
        description="What it changed of the version before it; null for the first that is kept."
    )
    text: str = Field(description="What the offsets of evidence from this version point into.")

    @classmethod
    def of(cls, version: Version) -> VersionBody:
        document, period, changes = version.document, version.period, version.changes
        return cls(
            version=document.version,
            title=document.title,
            published_at=document.published_at,
            modified_at=document.modified_at,
            since=period.since,
            until=period.until,
            current=period.is_current,
            changes=None
            if changes is None
            else [ChangeBody(old=one.old, new=one.new) for one in changes],
            text=document.text,
        )


class VersionsBody(BaseModel):
    id: str
    versions: list[VersionBody] = Field(description="In the order in which they were stored.")


class DocumentPage(BaseModel):
    documents: list[DocumentInfo]
    next_cursor: str | None = Field(description="Pass as `cursor` for more; null at the end.")


class Stored(BaseModel):
    id: str
    status: Literal["added", "updated", "unchanged"]
    passages: int = Field(description="Passages written; 0 when unchanged.")


class DocumentLine(DocumentRequest):
    """A line to import. Other fields are not kept, and counted in the last line of the answer."""

    model_config = ConfigDict(extra="ignore")
    id: str = Field(min_length=1, max_length=MAX_ID_CHARS)
    places: list[PlaceBody] = Field(
        [], description="Where the text was written: as `claimdesk add --url` reads it in a file."
    )


class StoredLine(Stored):
    line: int


class RefusedLine(BaseModel):
    line: int
    status: Literal["refused"] = "refused"
    reason: str


class Counts(BaseModel):
    added: int
    updated: int
    unchanged: int
    refused: int


class SumLine(BaseModel):
    summary: Counts
    unknown_fields: dict[str, int] = Field(
        default_factory=dict,
        description="Fields that were not kept, each with its number of lines.",
    )
    request_id: str


ImportLine = StoredLine | RefusedLine | FailedLine | SumLine


class PublisherInfo(BaseModel):
    name: str = Field(description="As most of its documents spell it.")
    documents: int


class Publishers(BaseModel):
    publishers: list[PublisherInfo]
