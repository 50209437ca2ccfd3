"""A text -> a claim, normalised once; or the reason why it is not accepted."""

from __future__ import annotations

from index.corpus import NO_FILTERS, Filters
from index.documents import clean
from index.errors import InvalidDocument
from retrieval.errors import InvalidClaim
from retrieval.types import MAX_CLAIM_CHARS, Claim, Mode


def claim(
    text: str,
    top_k: int = 5,
    filters: Filters = NO_FILTERS,
    mode: Mode = "hybrid",
) -> Claim:
    """A claim whose text is normal: NFC, and one space between words.

    Raises:
        InvalidClaim: the text is empty, longer than `MAX_CLAIM_CHARS`, or has more combining marks
            in a row than any script.
    """
    if len(text) > MAX_CLAIM_CHARS:
        raise InvalidClaim(f"the claim has more than {MAX_CLAIM_CHARS:,} characters")
    try:
        normal = " ".join(clean(text).split())
    except InvalidDocument as error:
        raise InvalidClaim(f"the claim has {error}") from error
    if not normal:
        raise InvalidClaim("the claim is empty")
    return Claim(normal, top_k, filters, mode)
