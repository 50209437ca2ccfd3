import inspect

import pytest

from api import errors as api_errors
from api.errors import STATUS, status_of
from evaluation import errors as evaluation_errors
from index import errors as index_errors
from retrieval import errors as retrieval_errors

OURS = [
    kind
    for module in (api_errors, index_errors, retrieval_errors, evaluation_errors)
    for _, kind in inspect.getmembers(module, inspect.isclass)
    if issubclass(kind, Exception) and kind.__module__ == module.__name__
]


@pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.__name__)
def test_every_error_has_a_status(kind: type[Exception]) -> None:
    # An evaluation is no request: what goes wrong in one is never answered over HTTP.
    assert kind in STATUS or issubclass(kind, evaluation_errors.EvaluationError)
    assert 400 <= status_of(kind("x")) <= 599


def test_the_nearest_class_decides() -> None:
    assert status_of(index_errors.DocumentTooLarge("x")) == 413
    assert status_of(ValueError("x")) == 500
