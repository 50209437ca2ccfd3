"""The errors of the `retrieval` package.

RetrievalError
├── InvalidClaim       the claim itself is at fault
│   └── ClaimTooLong   the stance model cannot read all of it
├── ModelUnavailable   a model cannot be loaded or fails
└── QuoteMismatch      a quote is not what its document says: nothing is answered
"""


class RetrievalError(Exception):
    """Base of every error of the `retrieval` package; the message says what to do."""


class InvalidClaim(RetrievalError):
    """The claim is empty, too long, or has more combining marks in a row than any script."""


class ClaimTooLong(InvalidClaim):
    """The claim does not fit the stance model beside its evidence."""


class ModelUnavailable(RetrievalError):
    """A model cannot be loaded, its device fails, or its numbers are not finite."""


class QuoteMismatch(RetrievalError):
    """A passage's offsets do not give its text in the stored document."""
