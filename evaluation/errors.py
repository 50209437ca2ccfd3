"""What can go wrong in an evaluation."""

from api.errors import ApiError

NAMED_CHARS = 80


class EvaluationError(ApiError):
    """A data set cannot be used; the message names file, line and reason."""


class ClaimRefused(EvaluationError):
    """A claim that is not verified, such as one too long; the message names it and the reason."""


def claim_refused(claim: str, reason: object) -> ClaimRefused:
    return ClaimRefused(f"{claim[:NAMED_CHARS]!r}: {reason}")
