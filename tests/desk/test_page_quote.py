"""The page in Chromium: a quotation that is looked for, alone and in an article."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from index.documents import document
from tests.desk.page import Opened, desk, opened

ARTICLE = (
    'Mr. Aaltonen told reporters: "We stayed within the budget to the last cent, and we are not '
    'proud of the delay." The council meets again in June.'
)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    archive = [document("tribune", ARTICLE, title="Bridge", publisher="Port Tribune",
                        published_at="2023-05-11", url="https://example.org/bridge")]  # fmt: skip
    with desk(archive) as address:
        yield address


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Opened]:
    with opened(browser, url) as made:
        yield made


def look(page: Opened, quote: str, speaker: str = "") -> Locator:
    page.at("#quote")
    view = page.view("quote")
    view.get_by_label("Quotation", exact=True).fill(quote)
    view.get_by_label("Who is said to have said it").fill(speaker)
    view.get_by_role("button", name="Look for it").click()
    expect(view.locator(".answer")).to_be_visible()
    return view.locator(".answer")


def test_the_very_words_are_marked_in_their_passage(page: Opened) -> None:
    answer = look(page, "We stayed within the budget to the last cent", "Aaltonen")
    expect(answer.locator("h3")).to_have_text("Word for word")
    expect(answer.locator("mark")).to_have_text("We stayed within the budget to the last cent")
    expect(answer.locator(".attributed")).to_have_text("Mr. Aaltonen")
    expect(answer.locator(".notes")).to_contain_text("Said by Mr. Aaltonen, as you say.")
    expect(answer.locator(".byline")).to_contain_text("Port Tribune11 May 2023")
    address = page.page.evaluate("location.hash")
    page.at(address)
    expect(page.view("quote").locator(".answer h3")).to_have_text("Word for word")
    expect(page.view("quote").get_by_label("Who is said")).to_have_value("Aaltonen")


def test_what_was_altered_is_shown_word_by_word(page: Opened) -> None:
    answer = look(page, "We stayed within the budget to the last euro")
    expect(answer.locator("h3")).to_have_text("Altered")
    expect(answer.locator("del")).to_have_text("in the quotation: euro")
    expect(answer.locator("ins")).to_have_text("in the archive: cent")


def test_a_not_that_an_ellipsis_swallows_is_named(page: Opened) -> None:
    answer = look(page, "we are ... proud of the delay")
    expect(answer.locator("h3")).to_have_text("Shortened")
    expect(answer.locator(".notes")).to_contain_text("What was left out holds a “not”")
    expect(answer.locator(".notes")).to_contain_text("The ellipsis leaves out “not”.")


def test_another_mouth_and_no_mouth_at_all_are_told(page: Opened) -> None:
    answer = look(page, "We stayed within the budget to the last cent", "Ada Marlow")
    expect(answer.locator("h3")).to_have_text("Said by somebody else")
    expect(answer.locator(".notes")).to_contain_text("not by whom you named")
    answer = look(page, "Ferries will be free for children from next summer on")
    expect(answer.locator("h3")).to_have_text("Not in the archive")
    expect(answer.locator(".evidence")).to_have_count(0)


def test_the_quotations_of_an_article_stand_on_its_card(page: Opened) -> None:
    text = 'Mr. Aaltonen told reporters: "We stayed within the budget to the last euro."'
    view = page.check(text)
    expect(view.get_by_role("status")).to_contain_text("checked: ")
    quotation = view.locator(".card .quotation")
    expect(quotation.locator(".outcome")).to_have_text("Altered")
    expect(quotation.locator("ins")).to_have_text("in the archive: cent")
