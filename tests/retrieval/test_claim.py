import pytest

from index.corpus import Filters
from retrieval.claim import claim
from retrieval.errors import InvalidClaim
from retrieval.types import MAX_CLAIM_CHARS, Claim


def test_a_claim_is_normal_however_it_was_written() -> None:
    written = " The cafe\u0301\r\nclosed\u00a0 in\tMay. "
    filters = Filters(publisher=("Wire",))
    assert claim(written, 3, filters, "dense") == Claim(
        "The caf\u00e9 closed in May.", 3, filters, "dense"
    )


@pytest.mark.parametrize("text", ["", " \n", "\u3000"])
def test_white_space_is_no_claim(text: str) -> None:
    with pytest.raises(InvalidClaim, match="is empty"):
        claim(text)


def test_what_cannot_be_a_claim_is_refused_with_its_reason() -> None:
    with pytest.raises(InvalidClaim, match="more than 10,000 characters"):
        claim("x" * (MAX_CLAIM_CHARS + 1))
    with pytest.raises(InvalidClaim, match="the claim has more than 30 combining marks"):
        claim("a" + "\u0301\u0323" * 40)
    assert len(claim("x" * MAX_CLAIM_CHARS).text) == MAX_CLAIM_CHARS
