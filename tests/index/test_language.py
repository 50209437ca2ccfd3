"""The language of a text without one."""

import pytest

from index.language import detect_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The centre is staffed by 60 people from each country.", "en"),
        ("Le centre est dirigé par soixante personnes.", "fr"),
        ("Ang lindol ay yumanig sa lungsod kagabi, ayon sa mga opisyal ng pamahalaan.", "fil"),
        ("12 34", None),
        ("", None),
    ],
)
def test_language(text: str, language: str | None) -> None:
    assert detect_language(text) == language
