"""The page in Chromium for everybody: axe, keyboard, phone, colours, motion."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.desk.page import Opened, archive, desk, opened

ARTICLE = "The bridge cost 71 million euros. It opened in May. The tower has 12 floors."
THEN = "#claim=The+bridge+cost+48+million+euros&as_of=2023-05-31&compare=1"
# Widths of a small phone and of a desk, in CSS pixels.
PHONE, DESK = 320, 1280


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with desk(archive()) as address:
        yield address


def show_claim(page: Opened) -> None:
    page.at()
    page.ask("The bridge cost 48 million euros")
    for summary in page.view("claim").locator("summary").all():
        summary.click()


def show_then(page: Opened) -> None:
    page.at(THEN)
    expect(page.view("claim").locator(".both .answer")).to_have_count(2)
    expect(page.view("claim").get_by_label("Coast Observer")).to_be_visible()


def show_article(page: Opened) -> None:
    view = page.check(ARTICLE)
    expect(view.get_by_role("status")).to_contain_text("checked: ")


def show_quote(page: Opened) -> None:
    page.at("#quote=The+bridge+cost+49+million+euros")
    expect(page.view("quote").locator(".answer .evidence").first).to_be_visible()


def show_archive(page: Opened) -> None:
    page.at("#archive")
    page.view("archive").get_by_text("Paste an article").click()
    expect(page.view("archive").locator(".documents li")).to_have_count(4)


def show_document(page: Opened) -> None:
    show_archive(page)
    page.view("archive").get_by_role("button", name="Bridge opens").click()
    expect(page.page.get_by_role("dialog")).to_contain_text("It opened in May.")


def show_failure(page: Opened) -> None:
    page.page.route("**/v1/verify", lambda route: route.abort())
    page.page.route("**/v1/info", lambda route: route.fulfill(status=401, json={}))
    page.at("#claim=x")
    page.page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.view("claim").get_by_role("alert")).to_be_visible()


def show_key(page: Opened) -> None:
    page.page.route("**/v1/info", lambda route: route.fulfill(status=401, json={}))
    page.at()
    expect(page.page.get_by_role("dialog")).to_be_visible()


SHOWN = [show_claim, show_then, show_article, show_quote, show_archive, show_document,
         show_failure, show_key]  # fmt: skip


@pytest.mark.parametrize("show", SHOWN)
def test_axe_finds_nothing(browser: Browser, url: str, show) -> None:
    # axe adds a script, which the page's policy forbids.
    with opened(browser, url, bypass_csp=True, viewport={"width": DESK, "height": 900}) as page:
        show(page)
        for scheme in ("light", "dark"):
            page.page.emulate_media(color_scheme=scheme)
            told = Axe().run(page.page).response
            found = [(one["id"], one["nodes"][0]["html"]) for one in told["violations"]]
            assert found == [], scheme
            assert "color-contrast" in {one["id"] for one in told["passes"]}


@pytest.mark.parametrize("show", SHOWN)
def test_a_phone_shows_it_without_scrolling_sideways(browser: Browser, url: str, show) -> None:
    size = {"width": PHONE, "height": 700}
    with opened(browser, url, viewport=size, has_touch=True) as page:
        show(page)
        width = page.page.evaluate("document.documentElement.scrollWidth")
        assert width == PHONE
        small = page.page.evaluate(
            """() => [...document.querySelectorAll("button:not(.link), nav a, .file span")]
                .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 36)
                .map((one) => one.outerHTML)"""
        )
        assert small == []


def test_the_keyboard_reaches_everything(browser: Browser, url: str) -> None:
    with opened(browser, url) as page:
        opened_page = page.at()
        keyboard = opened_page.keyboard
        keyboard.press("Tab")
        expect(opened_page.get_by_role("link", name="Skip to the desk")).to_be_focused()
        keyboard.press("Enter")
        expect(opened_page.get_by_role("main")).to_be_focused()
        keyboard.press("Tab")
        expect(page.view("claim").get_by_label("Claim", exact=True)).to_be_focused()
        keyboard.type("The bridge cost 48 million euros")
        keyboard.press("Control+Enter")
        expect(page.view("claim").locator(".answer")).to_be_visible()
        opened_page.get_by_role("link", name="Article").focus()
        keyboard.press("Enter")
        expect(page.view("article")).to_be_visible()
        expect(opened_page.get_by_role("main")).to_be_focused()
        expect(opened_page.get_by_role("link", name="Article")).to_have_attribute(
            "aria-current", "page"
        )
        assert opened_page.title() == "An article · claimdesk"


def test_a_closed_dialog_gives_the_focus_back(browser: Browser, url: str) -> None:
    with opened(browser, url) as page:
        show_document(page)
        expect(page.page.get_by_role("button", name="Close")).to_be_focused()
        page.page.keyboard.press("Escape")
        row = page.view("archive").get_by_role("button", name="Bridge opens")
        expect(row).to_be_focused()


def test_headings_name_the_camps(browser: Browser, url: str) -> None:
    with opened(browser, url) as page:
        show_claim(page)
        heading = page.page.get_by_role("heading", level=4)
        expect(heading.filter(has_text="Supports")).to_have_count(1)
        expect(heading.filter(has_text="Refutes")).to_have_count(1)
        expect(page.page.get_by_role("heading", level=3)).to_contain_text("Sources conflict, ")


def test_motion_stops_where_it_is_not_wanted(browser: Browser, url: str) -> None:
    moving = """() => getComputedStyle(document.querySelector("#view-claim .status"), "::before")
        .animationName"""
    for motion, name in (("no-preference", "turn"), ("reduce", "none")):
        with opened(browser, url, reduced_motion=motion) as page:
            page.page.route("**/v1/verify", lambda route: None)
            page.at("#claim=x")
            expect(page.view("claim").get_by_role("status")).to_have_text("Checking …")
            assert page.page.evaluate(moving) == name
