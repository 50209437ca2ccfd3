"""The page in Chromium: empty archive, uploads, a slow, busy or missing service, keys."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Request, Route, expect

from api.routes.examples import INFO_BODY, VERIFY_BODY
from tests.desk.page import Opened, archive, desk, opened

CLAIM = "The bridge cost 48 million euros"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with desk(archive()) as address:
        yield address


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Opened]:
    with opened(browser, url) as made:
        yield made


def problem(route: Route, status: int, detail: str, **headers: str) -> None:
    body = {"type": "about:blank", "title": "Refused", "status": status, "detail": detail,
            "request_id": "4f1c"}  # fmt: skip
    route.fulfill(
        status=status,
        headers=headers,
        body=json.dumps(body),
        content_type="application/problem+json",
    )


def send(page: Opened, claim: str = CLAIM) -> None:
    view = page.view("claim")
    view.get_by_label("Claim", exact=True).fill(claim)
    view.get_by_label("Claim", exact=True).press("Control+Enter")


def test_an_empty_archive_says_how_to_fill_it(browser: Browser) -> None:
    with desk([]) as address, opened(browser, address) as page:
        page.at()
        notice = page.page.locator("#notice")
        expect(notice).to_contain_text("The archive is empty")
        expect(notice).to_contain_text("claimdesk add FOLDER")
        notice.get_by_role("link", name="Add articles here").click()
        view = page.view("archive")
        expect(view.locator(".documents")).to_contain_text("No article yet.")
        row = json.dumps(
            {"id": "row", "text": "The pier has 3 lamps.", "publisher": "Port Tribune"}
        )
        view.get_by_label("Choose files").set_input_files([
            {"name": "bridge.txt", "mimeType": "text/plain", "buffer": CLAIM.encode()},
            {"name": "rows.jsonl", "mimeType": "", "buffer": f"{row}\n{{}}\n".encode()},
            {"name": "film.mp4", "mimeType": "video/mp4", "buffer": b"\0"},
        ])  # fmt: skip
        expect(view.get_by_role("status")).to_have_text("2 added, 2 refused.")
        expect(view.locator(".outcomes li")).to_have_count(2)
        expect(view.locator(".outcomes")).to_contain_text("rows.jsonl, line 2")
        expect(view.locator(".documents li")).to_have_count(2)
        expect(notice).to_be_hidden()
        expect(page.page.locator("#archive-size")).to_have_text("2 articles in the archive")
        page.page.get_by_role("link", name="Claim", exact=True).click()
        expect(page.ask(CLAIM).locator("h3")).to_contain_text("Supported")


def test_an_article_can_be_pasted_and_read(browser: Browser) -> None:
    with desk([]) as address, opened(browser, address) as page:
        page.at("#archive")
        view = page.view("archive")
        view.get_by_text("Paste an article").click()
        for label, text in {"Headline": "Pier", "Publisher": "Wire", "Published on": "2024-02-03",
                            "Text": "The pier has 3 lamps."}.items():  # fmt: skip
            view.locator("#write").get_by_label(label, exact=True).fill(text)
        for status in ("1 added.", "1 unchanged."):
            view.get_by_role("button", name="Add the article").click()
            expect(view.get_by_role("status")).to_have_text(status)
            row = view.locator(".documents li")
            expect(row).to_have_count(1)
            expect(row.locator(".byline")).to_contain_text("Wire3 February 2024")
            for label, text in {"Headline": "Pier", "Publisher": "Wire",
                                "Published on": "2024-02-03",
                                "Text": "The pier has 3 lamps."}.items():  # fmt: skip
                view.locator("#write").get_by_label(label, exact=True).fill(text)
        row.get_by_role("button", name="Pier").click()
        expect(page.page.get_by_role("dialog")).to_contain_text("The pier has 3 lamps.")


def test_pages_and_markdown_are_sent_as_they_are(page: Opened) -> None:
    sent: list[Request] = []

    def stored(route: Route) -> None:
        sent.append(route.request)
        route.fulfill(status=201, json={"id": "x", "status": "added", "passages": 1})

    page.page.route("**/v1/documents/**", stored)
    page.at("#archive")
    files = [("a page.html", "text/html", b"<p>x"), ("b.md", "text/markdown", b"# x")]
    page.view("archive").get_by_label("Choose files").set_input_files(
        [{"name": name, "mimeType": kind, "buffer": body} for name, kind, body in files]
    )
    expect(page.view("archive").get_by_role("status")).to_have_text("2 added.")
    assert [request.headers["content-type"] for request in sent] == ["text/html", "text/markdown"]
    assert [request.method for request in sent] == ["PUT", "PUT"]
    assert sent[0].url.endswith("/v1/documents/a%20page.html")


def test_a_long_archive_is_listed_in_pages(page: Opened) -> None:
    def listed(route: Route) -> None:
        start = int(route.request.url.partition("cursor=")[2] or 0)
        empty = dict.fromkeys(("url", "publisher", "published_at", "language"))
        rows = [{"id": f"{n}", "title": f"Title {n}", **empty} for n in range(start, start + 100)]
        route.fulfill(json={"documents": rows, "next_cursor": "100" if start == 0 else None})

    page.page.route("**/v1/documents?*", listed)
    page.at("#archive")
    view = page.view("archive")
    expect(view.locator(".documents li")).to_have_count(100)
    view.get_by_role("button", name="More articles").click()
    expect(view.locator(".documents li")).to_have_count(200)
    expect(view.get_by_role("button", name="More articles")).to_be_hidden()


def test_more_of_the_archive_can_be_asked_for_again(page: Opened) -> None:
    empty = dict.fromkeys(("url", "publisher", "published_at", "language"))
    asked: list[str] = []

    def listed(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 2:
            problem(route, 503, "busy")
            return
        rows = [{"id": f"{len(asked)}", "title": "Title", **empty}]
        route.fulfill(json={"documents": rows, "next_cursor": "1" if len(asked) == 1 else None})

    page.page.route("**/v1/documents?*", listed)
    page.at("#archive")
    view = page.view("archive")
    view.get_by_role("button", name="More articles").click()
    expect(view.get_by_role("alert")).to_contain_text("busy")
    expect(view.get_by_role("button", name="Title")).to_have_count(1)
    view.get_by_role("button", name="Try again").click()
    expect(view.get_by_role("button", name="Title")).to_have_count(2)
    expect(view.get_by_role("alert")).to_have_count(0)


def test_a_service_that_is_gone_is_told_and_asked_again(page: Opened) -> None:
    page.at()
    page.page.route("**/v1/verify", lambda route: route.abort())
    send(page)
    alert = page.view("claim").get_by_role("alert")
    expect(alert).to_contain_text("The service does not answer")
    expect(page.view("claim").get_by_label("Claim", exact=True)).to_have_value(CLAIM)
    page.page.unroute("**/v1/verify")
    alert.get_by_role("button", name="Try again").click()
    expect(page.view("claim").locator(".answer")).to_be_visible()
    expect(alert).to_have_count(0)


def test_a_slow_answer_is_told_and_can_be_cancelled(page: Opened) -> None:
    page.page.route("**/v1/verify", lambda route: None)  # never answered
    page.page.clock.install()
    page.at()
    send(page)
    view = page.view("claim")
    expect(view.get_by_role("status")).to_have_text("Checking …")
    page.page.clock.fast_forward(4100)
    expect(view.get_by_role("status")).to_contain_text("This takes longer than usual.")
    view.get_by_role("button", name="Cancel").click()
    expect(view.get_by_role("status")).to_have_text("Cancelled.")
    expect(view.get_by_role("button", name="Cancel")).to_be_hidden()
    expect(view.get_by_role("alert")).to_have_count(0)


def test_a_later_question_wins(page: Opened) -> None:
    held: list[Route] = []
    page.page.route("**/v1/verify", lambda route: held.append(route))
    page.at()
    send(page, "first")
    send(page, "second")
    while len(held) < 2:
        page.page.wait_for_timeout(20)
    held[1].fulfill(json=VERIFY_BODY | {"claim": "second"})
    expect(page.view("claim").locator(".answer .claim")).to_have_text("second")
    held[0].abort()
    expect(page.view("claim").get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize(
    ("status", "title"), [(429, "Too many questions at once"), (503, "The service is busy")]
)
def test_a_busy_service_says_when_to_ask_again(page: Opened, status: int, title: str) -> None:
    busy = {"Retry-After": "30"}
    page.page.route("**/v1/verify", lambda route: problem(route, status, "slow down", **busy))
    page.page.clock.install()
    page.at()
    send(page)
    alert = page.view("claim").get_by_role("alert")
    expect(alert).to_contain_text(title)
    expect(alert).to_contain_text("slow down")
    expect(alert).to_contain_text("Request 4f1c")
    again = alert.get_by_role("button")
    expect(again).to_be_disabled()
    expect(again).to_contain_text("Try again in")
    page.page.clock.run_for(30_000)
    expect(again).to_be_enabled()
    expect(again).to_have_text("Try again")


def test_an_answer_that_is_none_is_told(page: Opened) -> None:
    page.page.route("**/v1/verify", lambda route: route.fulfill(body="<html>proxy</html>"))
    page.at()
    send(page)
    expect(page.view("claim").get_by_role("alert")).to_contain_text("no claimdesk")


def test_a_key_is_asked_for_where_the_service_wants_one(page: Opened) -> None:
    def guarded(route: Route) -> None:
        if route.request.headers.get("authorization") == "Bearer right":
            route.fulfill(json=INFO_BODY if "info" in route.request.url else VERIFY_BODY)
        else:
            problem(route, 401, "a key is needed")

    page.page.route("**/v1/*", guarded)
    page.at()
    box = page.page.get_by_role("dialog")
    expect(box).to_contain_text("This service asks for a key")
    for key in ("cd_…", "wrong", "right"):
        box.get_by_label("API key").fill(key)
        box.get_by_role("button", name="Use the key").click()
        if key == "cd_…":  # no header holds it
            expect(page.page.locator("#key input:invalid")).to_be_visible()
        elif key == "wrong":
            expect(box).to_contain_text("does not take the key")
    expect(page.page.locator("#archive-size")).to_have_text("12 articles in the archive")
    expect(page.ask("x").locator("h3")).to_contain_text("Supported")
    kept = "[sessionStorage.length, localStorage.length, document.cookie]"
    assert page.page.evaluate(kept) == [1, 0, ""]


def test_without_a_key_the_refusal_is_told(page: Opened) -> None:
    page.page.route("**/v1/*", lambda route: problem(route, 401, "a key is needed"))
    page.at()
    page.page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.page.locator("#notice")).to_contain_text("a key is needed")
