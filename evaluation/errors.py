"""What can go wrong in an evaluation."""

from api.errors import ApiError


class EvaluationError(ApiError):
    """A data set cannot be used; the message names file, line and reason."""
