"""Every exception has a status, and no 5xx says what only the log may know."""

import errno
import inspect

import pytest

from api import errors as api_errors
from api.errors import DETAIL, STATUS, WRITTEN_FOR_CLIENTS, detail_of, is_foreseen, status_of
from evaluation import errors as evaluation_errors
from index import errors as index_errors
from retrieval import errors as retrieval_errors

OURS = [
    kind
    for module in (api_errors, index_errors, retrieval_errors, evaluation_errors)
    for _, kind in inspect.getmembers(module, inspect.isclass)
    if issubclass(kind, Exception) and kind.__module__ == module.__name__
]
SECRET = "/srv/secret/claimdesk.sqlite"
NOT_WRITABLE = "the data folder cannot be written; see the log"
# An evaluation is no request: what goes wrong in one is never answered over HTTP.
ANSWERED = [kind for kind in OURS if not issubclass(kind, evaluation_errors.EvaluationError)]


@pytest.mark.parametrize("kind", ANSWERED, ids=lambda kind: kind.__name__)
def test_every_error_has_a_status(kind: type[Exception]) -> None:
    assert kind in STATUS
    assert 400 <= status_of(kind("x")) <= 599


@pytest.mark.parametrize("kind", ANSWERED, ids=lambda kind: kind.__name__)
def test_no_path_of_the_server_is_told(kind: type[Exception]) -> None:
    error = kind(f"{SECRET}: disk I/O error")
    said = detail_of(error, "4f1c")
    about_the_request = (index_errors.InvalidDocument, retrieval_errors.InvalidClaim)
    if isinstance(error, (*about_the_request, api_errors.ApiError)) and status_of(error) < 500:
        assert said == str(error)  # the client must learn what to change
    elif not isinstance(error, WRITTEN_FOR_CLIENTS):
        assert SECRET not in said
        assert said in DETAIL.values() or said == "internal error; see the log, request id 4f1c"


@pytest.mark.parametrize(
    ("error", "status", "detail"),
    [
        (index_errors.CorpusBusy(SECRET), 503, "the database is locked: try again later"),
        (index_errors.DiskFull(SECRET), 507, "the disk is full"),
        (index_errors.IndexUnavailable(SECRET), 503, "an index of the corpus cannot be used"),
        (index_errors.RecipeMismatch(SECRET), 409, "run `claimdesk reindex`"),
        (index_errors.CorpusCorrupt(SECRET), 500, "internal error; see the log, request id 4f1c"),
        (OSError(errno.ENOSPC, "No space left on device", SECRET), 507, "the disk is full"),
        (index_errors.FolderReadOnly(SECRET), 503, NOT_WRITABLE),
        (OSError(errno.EROFS, "Read-only file system", SECRET), 503, NOT_WRITABLE),
        (OSError(errno.EACCES, "Permission denied", SECRET), 500, "internal error"),
        (ValueError(SECRET), 500, "internal error"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_said(error: Exception, status: int, detail: str) -> None:
    assert status_of(error) == status
    assert detail in detail_of(error, "4f1c")
    assert SECRET not in detail_of(error, "4f1c")


def test_the_nearest_class_decides() -> None:
    assert status_of(index_errors.DocumentTooLarge("x")) == 413
    assert status_of(ValueError("x")) == 500


def test_only_what_nobody_foresaw_needs_a_traceback() -> None:
    assert is_foreseen(index_errors.DiskFull("x"))
    assert is_foreseen(OSError(errno.ENOSPC, "x"))
    assert is_foreseen(api_errors.Overloaded("x"))
    assert not is_foreseen(index_errors.CorpusCorrupt("x"))
    assert not is_foreseen(ValueError("x"))
