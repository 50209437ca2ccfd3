"""Field types, and what bodies of several kinds share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from index.documents import MAX_FIELD_CHARS, parse_date, primary_language, publisher_key
from index.errors import InvalidDocument
from index.rights import PubStatus, parse_moment, parse_pubstatus

Short = Annotated[str, StringConstraints(max_length=MAX_FIELD_CHARS)]


def _date_string(value: Any) -> Any:
    """Dates come as ISO 8601 strings alone: the number 0 is no day."""
    if value is None or isinstance(value, dt.date):
        return value
    with suppress(InvalidDocument):  # its message would name another field
        if isinstance(value, str) and value:
            return parse_date(value)
    raise ValueError("not an ISO 8601 date such as 2021-06-15")


def _moment_string(value: Any) -> Any:
    """As `_date_string`, for moments."""
    with suppress(InvalidDocument):
        if isinstance(value, str | dt.datetime) and value:
            return parse_moment(value, "")
    raise ValueError("not an ISO 8601 moment such as 2026-12-01T06:00:00Z")


def _status_string(value: Any) -> Any:
    try:
        return parse_pubstatus(value)
    except InvalidDocument as error:
        raise ValueError(str(error)) from error


def _read_by(reader: Callable[[str], str]) -> BeforeValidator:
    """Validates a string by a function that raises InvalidDocument."""

    def read(value: Any) -> Any:
        try:
            return reader(value) if isinstance(value, str) else value
        except InvalidDocument as error:
            raise ValueError(str(error)) from error

    return BeforeValidator(read, json_schema_input_type=Short)


Language = Annotated[Short, _read_by(primary_language)]
Publisher = Annotated[Short, _read_by(publisher_key)]
Date = Annotated[dt.date, BeforeValidator(_date_string, json_schema_input_type=dt.date)]
Moment = Annotated[dt.datetime, BeforeValidator(_moment_string, json_schema_input_type=dt.datetime)]
Status = Annotated[PubStatus, BeforeValidator(_status_string)]


class Problem(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str


class RequestFields(BaseModel):
    """What a request's body is made of: an unknown field is refused."""

    model_config = ConfigDict(extra="forbid")


def is_none(value: object) -> bool:
    return value is None


T = TypeVar("T")
Stated = Annotated[T | None, Field(exclude_if=is_none)]
"""A field that is left out of the JSON where it is None."""


class FailedLine(BaseModel):
    """What stopped an import or a batch; the lines before it hold."""

    error: Problem
