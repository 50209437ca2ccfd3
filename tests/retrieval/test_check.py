"""An article's statements: what is found, what is left out, and what needs its context."""

import pytest

from retrieval.check import article_sentences, find_statements, is_opinion, refers_back
from retrieval.checkworthy import CheckWorthiness, load_checkworthiness
from retrieval.errors import ModelUnavailable

ARTICLE = """\
# Bridge opens in Lindholm

The harbour bridge in Lindholm cost 48 million euros. It opened on 2 May 2023.
What will it bring? Share this with your friends!

I think it is a beautiful bridge. The council should be ashamed of the delay.

- Turnout was 58 per cent.
- Ada Marlow won by 312 votes. She took 50.4 per cent. She is 41 years old.
"""


def found(text: str, **given):
    return find_statements(text, load_checkworthiness(), **given)


def test_another_pronoun_between_is_part_of_the_context() -> None:
    text = (
        "Ada Marlow won the run-off by 312 votes. She beat Jonas Eck by 2 points."
        " He had led by 5 points in the first round."
    )
    *_, last = found(text).statements
    assert last.sentence.startswith("He had led")
    assert last.context is not None
    assert text[last.context.start : last.context.end] == last.context.quote
    assert last.claim == text


def test_code_is_no_statement_and_marks_are_not_verified() -> None:
    text = (
        "**The bridge cost 71 million euros**, says the [city](https://example.org/a_b), and 2 * 3"
        " lanes_a.\n\n```\nThe tunnel cost 90 million euros.\n```\n\nTurnout was _58_ per cent."
    )
    first, second = found(text).statements
    assert text[first.start : first.end] == first.sentence
    assert first.claim == "The bridge cost 71 million euros, says the city, and 2 * 3 lanes_a."
    assert second.claim == "Turnout was 58 per cent."


def test_statements_have_their_place_in_the_text() -> None:
    result = found(ARTICLE)
    sentences = [one.sentence for one in result.statements]
    for one in result.statements:
        assert ARTICLE[one.start : one.end] == one.sentence
        assert 0 <= one.check_worthiness <= 1
    for expected in (
        "The harbour bridge in Lindholm cost 48 million euros.",
        "It opened on 2 May 2023.",
        "Turnout was 58 per cent.",
        "Ada Marlow won by 312 votes.",
    ):
        assert expected in sentences
    assert result.sentences == len(sentences) + sum(result.left_out.values())


def test_questions_orders_and_opinions_are_left_out() -> None:
    result = found(ARTICLE)
    said = " ".join(one.sentence for one in result.statements)
    for absent in ("What will", "Share this", "I think", "ashamed"):
        assert absent not in said
    assert result.left_out["not_a_statement"] == 2
    assert result.left_out["opinion"] == 2


def test_a_pronoun_brings_the_sentence_before() -> None:
    by_text = {one.sentence: one for one in found(ARTICLE).statements}
    opened = by_text["It opened on 2 May 2023."]
    assert opened.refers_back
    assert opened.context is not None
    assert opened.context.quote == "The harbour bridge in Lindholm cost 48 million euros."
    assert ARTICLE[opened.context.start : opened.context.end] == opened.context.quote
    assert opened.claim == f"{opened.context.quote} {opened.sentence}"
    # Of two in a row the second goes back to the name, not to the other pronoun.
    aged = by_text["She is 41 years old."]
    assert aged.context is not None
    assert aged.context.quote == "Ada Marlow won by 312 votes."
    assert not by_text["Turnout was 58 per cent."].refers_back


def test_a_pronoun_with_nothing_before_says_so() -> None:
    (only,) = found("It cost 48 million euros in 2019.").statements
    assert only.refers_back
    assert only.context is None
    assert only.claim == only.sentence


@pytest.mark.parametrize(
    ("sentence", "back"),
    [
        ("He was fined 500 euros.", True), ("But they lost by 3 votes.", True),
        ("“It cost 3 million,” she said.", True), ("This was the largest fire since 1990.", True),
        ("This week the council met twice.", False), ("Italy won in 2006.", False),
        ("Theyland is a country.", False), ("Her budget rose by 4 per cent.", True),
        ("However, he left in 2019.", True), ("Thatcher resigned in 1990.", False),
    ],
)  # fmt: skip
def test_refers_back(sentence: str, back: bool) -> None:
    assert refers_back(sentence) is back


@pytest.mark.parametrize(
    ("sentence", "opinion"),
    [
        ("I believe that we can do better.", True), ("The new tower is ugly.", True),
        ("In my view the tax is too high.", True), ("The government should resign.", True),
        ("The plan was a complete disgrace.", True), ("We’re proud of this town.", True),
        ("The mayor said the plan was a disgrace.", False),
        ("The report found that taxes should fall.", False),
        ("Turnout was better than in 2019, at 58 per cent.", False),
        ("The bridge is 900 metres long.", False), ("The ferry sank off Oria.", False),
    ],
)  # fmt: skip
def test_opinions(sentence: str, opinion: bool) -> None:
    assert is_opinion(sentence) is opinion


def test_lines_that_were_wrapped_are_one_sentence_and_headlines_are_not() -> None:
    wrapped = "Bridge opens\nThe harbour bridge in Lindholm cost\n48 million euros, auditors\nsaid."
    found_here = [wrapped[s.start : s.end] for s in article_sentences(wrapped)]
    assert found_here == ["Bridge opens", wrapped[13:]]


def test_front_matter_is_no_text() -> None:
    text = "---\ntitle: Bridge cost 48 million\n---\nTurnout was 58 per cent in 2019."
    assert [one.sentence for one in found(text).statements] == ["Turnout was 58 per cent in 2019."]


def test_a_language_that_is_not_judged_is_named() -> None:
    text = "Die Brücke in Lindholm kostete 48 Millionen Euro. Sie wurde im Mai 2023 eröffnet."
    result = found(text, languages=["en"])
    assert (result.statements, result.language_not_judged) == ((), "de")
    assert result.sentences == 2


def test_nothing_to_check() -> None:
    for text in ("", " \n\n ", "Hello!", "***"):
        assert not found(text).statements


def test_figures_score_above_greetings() -> None:
    model = load_checkworthiness()
    fact = model.score("Unemployment fell from 9 per cent to 4 per cent under the last government.")
    talk = model.score("Thank you very much, it is nice to be here.")
    assert fact > 0.8 > 0.2 > talk
    assert 0 < model.threshold < 0.2


def test_the_score_is_the_logistic_of_the_weights() -> None:
    model = CheckWorthiness(0.0, {"won": 2.0, "the": -1.0}, {"short": 1.0}, 0.5)
    assert model.score("Won") == pytest.approx(1 / (1 + 2.718281828 ** -(1.0 + 2.0)))


def test_missing_weights_are_said(tmp_path) -> None:
    with pytest.raises(ModelUnavailable, match="check-worthiness"):
        load_checkworthiness(tmp_path / "weights.json")
