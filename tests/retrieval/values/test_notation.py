"""Values of a text that are a claim's are written as the claim writes them; others stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.values import in_notation_of, parse_claim


@pytest.mark.parametrize(
    ("claim", "text", "expected"),
    [
        ("It holds 12,500 people", "Up to 12500 people fit in.", "Up to 12,500 people fit in."),
        ("It cost 1.4 million pounds",
         "They paid £1.4m for it.", "They paid 1.4 million pounds for it."),
        ("It cost £1,500", "They paid 1,500 pounds for it.", "They paid £1,500 for it."),
        ("It took 120 minutes", "It took about two hours.", "It took about 120 minutes."),
        ("Nine out of ten went",
         "Ninety per cent went, 10 stayed.", "Nine out of ten went, 10 stayed."),
        ("It began at 20:00",
         "Doors open at 7; 8 p.m. is the start.",
         "Doors open at 7; 20:00 is the start."),
        ("It opened on 3.5.2019", "On May 3, 2019 it opened.", "On 3.5.2019 it opened."),
        ("The tunnel is one mile long", "It is 1.6 km long.", "It is one mile long."),
        ("Forty-five soldiers were killed", "45 soldiers and 45 civilians were killed.",
         "Forty-five soldiers and 45 civilians were killed."),
        ("It was at minus 5 C", "The room was at -5°C.", "The room was at minus 5 C."),
        ("It cost £1,500 and took 120 minutes", "It took two hours and cost 1,500 pounds.",
         "It took 120 minutes and cost £1,500."),
        ("Forty-four played", "The 44-strong team played.", "The 44-strong team played."),
        ("40 people died", "Forty to fifty people died.", "Forty to fifty people died."),
        # What is more, less or only near is another value.
        ("It holds 12,500 people", "12,501 people fit in.", "12,501 people fit in."),
        ("More than 40 people died", "45 people died.", "45 people died."),
        ("Hundreds of people died", "300 people died.", "300 people died."),
        ("It opened in 2019", "It opened on 3 May 2019.", "It opened on 3 May 2019."),
        ("It opened on 3 May 2019", "It opened in May 2019.", "It opened in May 2019."),
        ("40 to 50 people died", "45 people died.", "45 people died."),
        ("It was built in the 1990s", "It was built in 1995.", "It was built in 1995."),
        ("He died aged 45", "The 45-year-old died.", "The 45-year-old died."),
        ("Boeing 747 landed",
         "The Boeing seven hundred landed.", "The Boeing seven hundred landed."),
        ("The mayor resigned", "Two hours passed.", "Two hours passed."),
    ],
)  # fmt: skip
def test_rewritten(claim: str, text: str, expected: str) -> None:
    assert in_notation_of(parse_claim(claim), text) == expected


@given(st.integers(2, 10**9), st.text(max_size=40))
def test_what_is_rewritten_stays(number: int, other: str) -> None:
    claim = parse_claim(f"It holds {number:,} spectators")
    text = f"It holds {number} spectators."
    once = in_notation_of(claim, text)
    assert once == f"It holds {number:,} spectators."
    assert in_notation_of(claim, once) == once
    in_notation_of(claim, other)
