"""What can go wrong in an evaluation.

EvaluationError
└── ClaimRefused   a claim is not verified
"""

NAMED_CHARS = 80  # most characters of a claim that a message shows


class EvaluationError(Exception):
    """The evaluation cannot be made; the message says why and names file and line, if one is bad.

    It has no HTTP status, because no request raises it: `evaluation.commands` prints it.
    """


class ClaimRefused(EvaluationError):
    """The target does not verify a claim, such as one too long; the message names both."""


def claim_refused(claim: str, reason: object) -> ClaimRefused:
    """The error for a claim, with its first characters and the reason."""
    return ClaimRefused(f"{claim[:NAMED_CHARS]!r}: {reason}")
