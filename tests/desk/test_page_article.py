"""The page in Chromium: an article that is checked while its reader looks on."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from api.routes.desk_examples import STATEMENT_BODY
from tests.desk.page import HOSTILE, Opened, SlowStance, archive, desk, opened

ARTICLE = (
    "Is it so? 😀😀😀\n\nThe bridge cost 71 million euros. It opened in May.\n\n"
    "Isn't it beautiful? I think that it is.\n\n"
    f"The tower {HOSTILE} has 12 floors."
)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with desk(archive()) as address:
        yield address


@pytest.fixture(scope="module")
def slow_url() -> Iterator[str]:
    with desk(archive(), SlowStance(0.4)) as address:
        yield address


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Opened]:
    with opened(browser, url) as made:
        yield made


def test_statements_are_marked_where_they_stand(page: Opened) -> None:
    view = page.check(ARTICLE)
    expect(view.get_by_role("status")).to_contain_text("checked: ")
    marks = view.locator(".copy .statement")
    assert view.locator(".copy").evaluate(
        """copy => {
            const whole = copy.cloneNode(true);
            whole.querySelectorAll(".spoken").forEach((said) => said.remove());
            return whole.textContent;
        }"""
    ) == ARTICLE  # fmt: skip
    said = marks.all_text_contents()
    assert "The bridge cost 71 million euros. (Sources conflict)" in said
    assert marks.locator("svg").count() == len(said)
    assert view.locator(".copy img, .copy script").count() == 0
    expect(view.locator(".left-out")).to_have_text(
        "Left out: 2 questions, orders or names, 1 opinion."
    )
    assert page.page.evaluate("location.hash").startswith("#article=")


def test_a_statement_has_a_card(page: Opened) -> None:
    view = page.check(ARTICLE)
    expect(view.get_by_role("status")).to_contain_text("checked: ")
    card = view.get_by_role("complementary", name="The chosen statement")
    expect(card.locator("h3")).to_have_text("The bridge cost 71 million euros.")
    second = view.locator(".statement").nth(1)
    second.focus()
    page.page.keyboard.press("Enter")
    expect(second).to_have_attribute("aria-current", "true")
    expect(card.locator("h3")).to_be_focused()
    expect(card.locator("h3")).to_have_text("It opened in May.")
    expect(card.locator(".context")).to_contain_text("The bridge cost 71 million euros.")
    expect(card.locator(".where")).to_have_text("Statement 2 of 3")
    card.get_by_role("button", name="Next statement").click()
    expect(card.locator("h3")).to_contain_text("has 12 floors.")
    expect(card.get_by_role("button", name="Next statement")).to_be_disabled()
    card.get_by_role("button", name="Back to the text").click()
    expect(view.locator(".statement").nth(2)).to_be_focused()


def test_one_kind_of_verdict_can_be_shown_alone(page: Opened) -> None:
    view = page.check(ARTICLE)
    expect(view.get_by_role("status")).to_contain_text("checked: ")
    chip = view.locator(".tally").get_by_role("button", name="in conflict")
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "true")
    kept = view.locator(".statement:not(.dimmed)")
    assert kept.count() == view.locator(".statement[data-tone=conflict]").count()
    chip.click()
    expect(view.locator(".dimmed")).to_have_count(0)


def test_the_first_statement_is_there_before_the_last(browser: Browser, slow_url: str) -> None:
    with opened(browser, slow_url) as page:
        text = " ".join(f"The bridge number {n} cost {n} million euros." for n in range(2, 40))
        view = page.check(text)
        expect(view.locator(".statement").first).to_be_visible()
        expect(view.get_by_role("progressbar")).to_be_visible()
        expect(view).to_have_attribute("aria-busy", "true")
        view.get_by_role("button", name="Cancel").click()
        expect(view.get_by_role("status")).to_have_text("Cancelled.")
        expect(view.get_by_role("progressbar")).to_be_hidden()
        assert 1 <= view.locator(".statement").count() < 38
        view.get_by_role("button", name="Change the article").click()
        expect(view.get_by_label("Article", exact=True)).to_be_focused()


def test_an_article_of_more_statements_than_a_check_takes_is_sent_in_parts(page: Opened) -> None:
    view = page.check("The bridge cost 71 million euros. " * 205)
    expect(view.get_by_role("status")).to_contain_text("205 statements checked: ")
    expect(view.locator(".statement")).to_have_count(205)


def test_a_hundred_statements_stay_usable(page: Opened) -> None:
    text = "\n\n".join(f"The bridge number {n} cost {n} million euros." for n in range(2, 102))
    view = page.check(text)
    expect(view.get_by_role("status")).to_contain_text("100 statements checked: ", timeout=40_000)
    marks = view.locator(".statement")
    expect(marks).to_have_count(100)
    took = page.page.evaluate(
        """() => {
            const began = performance.now();
            for (const mark of document.querySelectorAll(".statement")) mark.click();
            document.body.getBoundingClientRect();
            return (performance.now() - began) / 100;
        }"""
    )
    assert took < 100, "milliseconds until the card of a statement is there"
    expect(view.locator(".where")).to_have_text("Statement 100 of 100")


def test_of_a_page_the_main_text_is_checked(page: Opened) -> None:
    page.at("#article")
    view = page.view("article")
    body = (
        "<html><body><nav>Home</nav><article><p>The bridge cost 71 million euros. That is what the "
        "council of Lindholm told reporters on Monday.</p><p>It opened in May, three years after "
        "the work had begun on both banks.</p></article></body></html>"
    )
    view.get_by_label("Open a file").set_input_files(
        {"name": "page.html", "mimeType": "text/html", "buffer": body.encode()}
    )
    expect(view.get_by_role("status")).to_contain_text("its main text is checked")
    view.get_by_role("button", name="Check the article").click()
    expect(view.get_by_role("status")).to_contain_text("checked: ")
    expect(view.locator(".copy")).not_to_contain_text("Home")
    expect(view.locator(".statement").first).to_contain_text("The bridge cost 71 million euros.")


def test_nothing_to_check_is_told(page: Opened) -> None:
    view = page.check("Is it so? Look at this!")
    expect(view.get_by_role("status")).to_contain_text("There is nothing to check here")


def lines(page: Opened, *rows: dict) -> None:
    """The page gets these lines for each article."""
    body = "".join(json.dumps(row) + "\n" for row in rows)
    page.page.route(
        "**/v1/check", lambda route: route.fulfill(body=body, content_type="application/x-ndjson")
    )


def test_half_an_answer_is_kept_and_told(page: Opened) -> None:
    text = STATEMENT_BODY["statement"]
    lines(page, STATEMENT_BODY)
    view = page.check(text)
    expect(view.get_by_role("alert")).to_contain_text("The answer broke off")
    expect(view.locator(".statement")).to_have_count(1)
    again = view.get_by_role("alert").get_by_role("button", name="Try again")
    expect(again).to_be_enabled()


def test_an_error_in_the_stream_is_told(page: Opened) -> None:
    error = {"type": "about:blank", "title": "Service Unavailable", "status": 503,
             "detail": "stopping", "request_id": "4f1c"}  # fmt: skip
    lines(page, STATEMENT_BODY, {"error": error})
    view = page.check(STATEMENT_BODY["statement"])
    expect(view.get_by_role("alert")).to_contain_text("stopping")
    expect(view.get_by_role("alert")).to_contain_text("4f1c")
    expect(view.locator(".statement")).to_have_count(1)


def test_a_statement_that_failed_says_why(page: Opened) -> None:
    error = {"type": "about:blank", "title": "Unprocessable Entity", "status": 422,
             "detail": "longer than 128 tokens", "request_id": "4f1c"}  # fmt: skip
    place = ("index", "statement", "start", "end", "check_worthiness", "refers_back", "context")
    failed = {name: STATEMENT_BODY[name] for name in place} | {"error": error}
    summary = {"sentences": 1, "statements": 1, "verdicts": {}, "not_judged": 0, "failed": 1,
               "left_out": {"not_a_statement": 0, "opinion": 0, "not_check_worthy": 0},
               "language_not_judged": None, "message": None}  # fmt: skip
    lines(page, failed, {"summary": summary, "request_id": "4f1c"})
    view = page.check(STATEMENT_BODY["statement"])
    expect(view.locator(".card")).to_contain_text("Could not be checked")
    expect(view.locator(".card")).to_contain_text("longer than 128 tokens")
