"""An exception -> its HTTP status, and what a client is told about it."""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping
from functools import wraps
from typing import ParamSpec, TypeVar

from index import errors as index_errors
from index.erasure import REASONS
from retrieval import errors as retrieval_errors

P = ParamSpec("P")
T = TypeVar("T")
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}


class ApiError(Exception):
    """Base of the errors of `api`; the message is written for the client.

    headers: what its answer carries beside the problem document.
    """

    headers: Mapping[str, str] = {}


class DocumentNotFound(ApiError):
    """No document has this id."""


class TooManyRequests(ApiError):
    """This client is over its rate, for `seconds` from now."""

    def __init__(self, detail: str, seconds: int = 1) -> None:
        super().__init__(detail)
        self.headers = {"Retry-After": str(seconds)}


class Overloaded(ApiError):
    """Every slot is taken, or an answer took too long."""


class NotReady(ApiError):
    """Models and corpus are not open, or documents cannot be stored."""


class Stopping(ApiError):
    """The service stops before it could answer."""

    def __init__(self, detail: str = "stopping") -> None:
        super().__init__(detail)


class TooManyStatements(ApiError):
    """An article has more statements than are checked at once."""


class HostRefused(ApiError):
    """The Host header is not one that is answered."""


class OriginRefused(ApiError):
    """A web page of an origin that is not allowed tries to write."""


class KeyMissing(ApiError):
    """This service answers nobody without an API key."""

    headers: Mapping[str, str] = {"WWW-Authenticate": 'Bearer realm="claimdesk"'}


class KeyRefused(ApiError):
    """The API key is unknown, revoked or expired."""

    headers: Mapping[str, str] = {
        "WWW-Authenticate": 'Bearer realm="claimdesk", error="invalid_token"'
    }


class ScopeMissing(ApiError):
    """The API key is good, but not for this."""

    def __init__(self, detail: str, scope: str = "") -> None:
        super().__init__(detail)
        challenge = f'Bearer realm="claimdesk", error="insufficient_scope", scope="{scope}"'
        self.headers = {"WWW-Authenticate": challenge}


class GroupRefused(ApiError):
    """The document belongs to an access group that the API key has not."""


class KeyNotFound(ApiError):
    """No API key has this id."""


class KeysUnreadable(ApiError):
    """The API keys are damaged, or cannot be read."""


class VerdictNotFound(ApiError):
    """No verdict of this id is kept, or it is not for this key."""


class AuditUnavailable(ApiError):
    """The audit log cannot be written or read: what cannot be kept is not answered."""


class AuditDamaged(ApiError):
    """An exported audit file is not what was written."""


class TracingUnavailable(ApiError):
    """What sends traces is not installed."""


class StampUnavailable(ApiError):
    """No time stamp can be had or looked at: an extra is missing, or the authority gives none."""


class ExposedWithoutKeys(ApiError):
    """The service would answer anybody who reaches this machine over the network."""


STATUS: Mapping[type[Exception], int] = {
    ApiError: 500,
    DocumentNotFound: 404,
    TooManyRequests: 429,
    Overloaded: 503,
    NotReady: 503,
    Stopping: 503,
    TooManyStatements: 422,
    HostRefused: 421,
    OriginRefused: 403,
    KeyMissing: 401,
    KeyRefused: 401,
    ScopeMissing: 403,
    GroupRefused: 403,
    KeyNotFound: 404,
    KeysUnreadable: 503,
    VerdictNotFound: 404,
    AuditUnavailable: 503,
    AuditDamaged: 500,
    ExposedWithoutKeys: 500,
    TracingUnavailable: 500,
    StampUnavailable: 500,
    index_errors.CorpusError: 500,
    index_errors.InvalidDocument: 422,
    index_errors.DocumentTooLarge: 413,
    index_errors.UnreadableFile: 422,
    index_errors.DocumentHeld: 409,
    index_errors.DocumentErased: 409,
    index_errors.DocumentWithdrawn: 409,
    index_errors.CorpusLocked: 503,
    index_errors.CorpusReadOnly: 409,
    index_errors.FolderReadOnly: 503,
    index_errors.CorpusBusy: 503,
    index_errors.CorpusUnavailable: 503,
    index_errors.DriverMissing: 500,
    index_errors.DiskFull: 507,
    index_errors.IndexUnavailable: 503,
    index_errors.CorpusIncompatible: 500,
    index_errors.CorpusCorrupt: 500,
    index_errors.EmbeddingMismatch: 409,
    index_errors.RecipeMismatch: 409,
    retrieval_errors.RetrievalError: 500,
    retrieval_errors.InvalidClaim: 422,
    retrieval_errors.ClaimTooLong: 422,
    retrieval_errors.ModelUnavailable: 503,
    retrieval_errors.QuoteMismatch: 500,
}

# What the client is told instead of the message, which is written for the log: it may hold paths
# of this machine. A class that is not here says its message if the client is at fault (4xx), and
# else nothing.
DETAIL: Mapping[type[Exception], str] = {
    AuditUnavailable: "the audit log cannot be used; see the log",
    KeysUnreadable: "API keys cannot be read; see the log",
    index_errors.DocumentHeld: REASONS["held"],
    index_errors.DocumentErased: REASONS["erased"],
    index_errors.DocumentWithdrawn: REASONS["withdrawn"],
    index_errors.CorpusLocked: "another process writes to this corpus: try again later",
    index_errors.CorpusReadOnly: "this corpus was opened for reading",
    index_errors.FolderReadOnly: "the data folder cannot be written; see the log",
    index_errors.CorpusBusy: "the database is locked: try again later",
    index_errors.CorpusUnavailable: "the database cannot be reached: try again later",
    index_errors.DiskFull: "the disk is full",
    index_errors.IndexUnavailable: "an index of the corpus cannot be used; see the log",
    index_errors.EmbeddingMismatch: "the corpus was made with another embedding model: "
    "run `claimdesk reindex`",
    index_errors.RecipeMismatch: "the corpus was made by another version: run `claimdesk reindex`",
    retrieval_errors.ModelUnavailable: "a model cannot be used; see the log",
}
# Of the 5xx, those whose message is made in `api` and holds nothing of this machine.
WRITTEN_FOR_CLIENTS = (Overloaded, NotReady, Stopping)


def without_panics(call: Callable[P, T]) -> Callable[P, T]:
    """The same call, whose every failure is an Exception.

    pyo3's PanicException (tokenizers, tantivy) derives from BaseException: it would pass every
    handler and end the thread or task that it meets. It becomes a RuntimeError.
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
    return _nearest(STATUS, _named(error), 500)


def detail_of(error: Exception, request_id: str) -> str:
    """What the client is told: the message if it is about the request, else no more than a
    sentence of `DETAIL` and where to look."""
    named = _named(error)
    if isinstance(named, WRITTEN_FOR_CLIENTS):
        return str(named)
    if said := _nearest(DETAIL, named, ""):
        return said
    if status_of(named) < 500:
        return str(named)
    return f"internal error; see the log, request id {request_id}"


def is_foreseen(error: Exception) -> bool:
    """Whether one line in the log tells enough; what is not foreseen needs its traceback."""
    named = _named(error)
    if isinstance(named, WRITTEN_FOR_CLIENTS):
        return True
    return status_of(named) < 500 or bool(_nearest(DETAIL, named, ""))


def _named(error: Exception) -> Exception:
    """The error of ours that a full or read-only disk is, whichever file met it."""
    if isinstance(error, OSError) and error.errno in _NO_SPACE:
        return index_errors.DiskFull(str(error))
    if isinstance(error, OSError) and error.errno == errno.EROFS:
        return index_errors.FolderReadOnly(str(error))
    return error


def _nearest(table: Mapping[type[Exception], T], error: Exception, default: T) -> T:
    return next((table[kind] for kind in type(error).__mro__ if kind in table), default)
