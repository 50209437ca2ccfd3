"""Exception class -> status."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import ParamSpec, TypeVar

from index import errors as index_errors
from retrieval import errors as retrieval_errors

P = ParamSpec("P")
T = TypeVar("T")


class ApiError(Exception):
    """Base of the door's own errors."""


class DocumentNotFound(ApiError):
    """No document has this id."""


class TooManyRequests(ApiError):
    """This client is over its rate, for so many seconds."""

    def __init__(self, detail: str, seconds: int = 1) -> None:
        super().__init__(detail)
        self.seconds = seconds


class Overloaded(ApiError):
    """As many requests are in flight as may be, or one took too long."""


class NotReady(ApiError):
    """Models and corpus are not open yet."""


class HostRefused(ApiError):
    """The Host header is not one that is answered."""


class OriginRefused(ApiError):
    """A web page of an origin that is not allowed tries to write."""


STATUS: Mapping[type[Exception], int] = {
    ApiError: 500,
    DocumentNotFound: 404,
    TooManyRequests: 429,
    Overloaded: 503,
    NotReady: 503,
    HostRefused: 421,
    OriginRefused: 403,
    index_errors.CorpusError: 500,
    index_errors.InvalidDocument: 422,
    index_errors.DocumentTooLarge: 413,
    index_errors.UnreadableFile: 422,
    index_errors.CorpusLocked: 503,
    index_errors.CorpusReadOnly: 409,
    index_errors.CorpusIncompatible: 500,
    index_errors.CorpusCorrupt: 500,
    index_errors.EmbeddingMismatch: 409,
    retrieval_errors.RetrievalError: 500,
    retrieval_errors.InvalidClaim: 422,
    retrieval_errors.ClaimTooLong: 422,
    retrieval_errors.ModelUnavailable: 503,
    retrieval_errors.QuoteMismatch: 500,
}


def without_panics(call: Callable[P, T]) -> Callable[P, T]:
    """The same call, whose every failure is an Exception.

    A panic in a library written in Rust is none (tokenizers, tantivy): it would pass every handler
    and end whatever thread or task it meets.
    """

    @wraps(call)
    def made(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return call(*args, **kwargs)
        except Exception:
            raise
        except BaseException as error:
            raise RuntimeError(f"panic: {error}") from error

    return made


def status_of(error: Exception) -> int:
    """Status of an exception: that of its nearest class in `STATUS`, else 500."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
