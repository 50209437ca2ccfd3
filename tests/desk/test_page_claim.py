"""The page in Chromium: a claim, its answer, then and now, the archive."""

import copy
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from api.routes.examples import VERIFY_BODY
from tests.desk.page import HOSTILE, RIGHT_TO_LEFT, Opened, archive, desk, opened

BRIDGE = "The bridge cost 48 million euros"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with desk(archive()) as address:
        yield address


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Opened]:
    with opened(browser, url) as made:
        yield made


def test_a_claim_gets_its_verdict_and_both_camps(page: Opened) -> None:
    page.at()
    answer = page.ask(BRIDGE)
    expect(answer.locator("h3")).to_contain_text("Sources conflict")
    expect(answer.locator("h3 .chance")).to_contain_text("in 100")
    expect(answer.locator(".rests")).to_contain_text(
        "Rests on 1 independent source that supports it and 1 independent source that refutes it."
    )
    supports = answer.locator("[data-camp=supports].camp .evidence")
    refutes = answer.locator("[data-camp=refutes].camp .evidence")
    expect(supports.locator(".byline")).to_contain_text("Port Tribune11 May 2023")
    expect(supports.locator("mark").first).to_have_text("The bridge cost 48 million euros.")
    expect(supports.locator("blockquote")).to_contain_text("It opened in May.")
    link = supports.get_by_role("link", name="Read at example.org")
    expect(link).to_have_attribute("href", "https://example.org/bridge")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(refutes.locator("mark .differs")).to_have_text("71 million")
    expect(answer.locator(".claim .differs")).to_have_text("48 million")
    expect(refutes.get_by_role("link")).to_have_count(0)  # its address is javascript:
    expect(page.view("claim").get_by_role("status")).to_contain_text("Sources conflict: ")


def test_the_address_keeps_the_claim(page: Opened) -> None:
    opened = page.at()
    page.ask(BRIDGE)
    address = opened.evaluate("location.hash")
    assert address == "#claim=The+bridge+cost+48+million+euros"
    page.at(address)
    expect(page.view("claim").locator(".answer h3")).to_contain_text("Sources conflict")
    page.ask("The tower has 12 floors")
    opened.go_back()
    expect(page.view("claim").locator(".answer .claim")).to_contain_text("48 million")


def test_an_address_that_names_no_view_shows_the_first(page: Opened) -> None:
    for address in ("#constructor", "#__proto__=1", "#nonsense=2", "#%E0%A4%A"):
        page.at(address)
        expect(page.view("claim").get_by_role("button", name="Check the claim")).to_be_visible()


def test_going_back_closes_the_article_that_was_opened(page: Opened) -> None:
    page.at()
    page.ask("The bridge cost 48 million euros").get_by_role(
        "button", name="Whole article"
    ).first.click()
    expect(page.page.get_by_role("dialog")).to_be_visible()
    page.page.go_back()
    expect(page.page.get_by_role("dialog")).to_have_count(0)


def test_then_and_now(page: Opened) -> None:
    page.at("#claim=The+bridge+cost+48+million+euros&as_of=2023-05-31&compare=1")
    both = page.view("claim").locator(".both .answer")
    expect(both).to_have_count(2)
    expect(both.nth(0).locator("h3")).to_have_text("Then, 31 May 2023")
    expect(both.nth(0).locator("h4.word")).to_contain_text("Supported")
    expect(both.nth(1).locator("h4.word")).to_contain_text("Sources conflict")
    expect(both.nth(1).locator(".camps .new")).to_have_count(1)
    expect(page.view("claim").locator(".change")).to_contain_text(
        "The verdict has changed: supported then, sources conflict now."
    )


def test_publishers_languages_and_days_narrow_the_archive(page: Opened) -> None:
    page.at()
    view = page.view("claim")
    view.get_by_text("Narrow the archive").click()
    view.get_by_label("Coast Observer").check()
    answer = page.ask(BRIDGE)
    expect(answer.locator("h3")).to_contain_text("Refuted")
    expect(answer.locator(".rests")).to_contain_text("1 article searched.")
    assert page.page.evaluate("location.hash").endswith("&publisher=Coast+Observer")
    before = len(page.asked)
    page.at(page.page.evaluate("location.hash"))
    expect(view.get_by_label("Coast Observer")).to_be_checked()
    expect(view.locator(".answer")).to_be_visible()
    # The address and the fold that it opens both list the publishers.
    assert sum(url.endswith("/v1/publishers") for url in page.asked[before:]) == 1
    view.get_by_label("Published on or after").fill("2024-01-01")
    view.get_by_role("button", name="Check the claim").click()
    expect(view.locator(".reason")).to_contain_text("No article passes the filters")
    view.get_by_label("Languages").fill("!?")
    view.get_by_role("button", name="Check the claim").click()
    expect(view.get_by_role("alert")).to_contain_text("The service cannot read this")
    expect(view.get_by_role("alert")).to_contain_text("Request")


def test_what_is_no_statement_is_told(page: Opened) -> None:
    page.at()
    answer = page.ask("Did the bridge cost 48 million euros?")
    expect(answer.locator("h3")).to_have_text("Not judged")
    expect(answer.locator(".reason")).to_contain_text("This is no statement")


def test_what_a_document_says_is_never_markup(page: Opened) -> None:
    opened = page.at()
    answer = page.ask("The tower has 12 floors")
    card = answer.locator(".evidence").filter(has_text="onerror").first
    expect(card.locator("blockquote").first).to_contain_text(HOSTILE)
    expect(card.locator(".publisher bdi")).to_have_text(RIGHT_TO_LEFT)
    expect(card.locator("h5")).to_have_attribute("dir", "auto")
    card.get_by_role("button", name="Whole article").click()
    sheet = opened.get_by_role("dialog")
    expect(sheet.locator(".text")).to_contain_text(HOSTILE)
    expect(sheet.locator("mark")).to_be_visible()
    assert opened.locator("main img, main script, dialog img, dialog script").count() == 0
    assert opened.title() == "A claim · claimdesk"
    opened.keyboard.press("Escape")
    expect(sheet).to_have_count(0)


def test_other_scripts_run_their_way(page: Opened) -> None:
    page.at("#archive")
    row = page.view("archive").locator(".documents li").filter(has_text="hebrew")
    direction = "node => getComputedStyle(node).direction"
    assert row.get_by_role("button").evaluate(direction) == "rtl"
    expect(row.locator(".byline")).to_contain_text("Hebrew")


def recorded(page: Opened, **changes) -> None:
    """The page gets this answer to each claim."""
    body = copy.deepcopy(VERIFY_BODY) | changes
    page.page.route("**/v1/verify", lambda route: route.fulfill(json=body))


def test_a_gap_says_what_is_missing(page: Opened) -> None:
    evidence = copy.deepcopy(VERIFY_BODY["evidence"][0])
    text = evidence["passage"]["text"]
    mention = evidence | {"stance": "NOT_ENOUGH_INFO", "voice": "reported",
                          "attributed_to": {"start": 0, "end": 6, "text": text[:6]}}  # fmt: skip
    gap = {
        "documents": 13, "publishers": 1, "period": {"from": None, "to": "2023-05-31"},
        "nearest": {"document": "examples/centre-opens.md", "start": 0, "end": 6,
                    "quote": text[:6]},
        "lacks": "only_mentioned",
    }  # fmt: skip
    recorded(page, verdict="NOT_ENOUGH_EVIDENCE", probability=0.7, gap=gap, evidence=[mention],
             sources={"supporting": 0, "refuting": 0})  # fmt: skip
    page.at()
    answer = page.ask("x")
    expect(answer.locator("h3")).to_contain_text("Not enough evidence")
    expect(answer.locator(".gap")).to_contain_text("no source vouches for it")
    expect(answer.locator(".gap")).to_contain_text("13 articles of 1 publisher, until 31 May 2023.")
    expect(answer.locator(".camps")).to_have_count(0)
    mentioned = answer.locator("[data-camp=mentioned].aside")
    expect(mentioned.locator("h4")).to_have_text("Only mentioned 1")
    expect(mentioned.locator(".notes")).to_contain_text(
        f"Mentioned, not vouched for. Source: {text[:6]}."
    )


@pytest.mark.parametrize(
    ("place", "shown"),
    [({"page": 3, "box": [1, 2, 3, 4]}, "page 3"), ({"row": 12}, "row 12"),
     ({"chapter": "ch1.xhtml: <b>Rain</b>"}, "ch1.xhtml: <b>Rain</b>")],
)  # fmt: skip
def test_a_quote_says_where_in_its_file_it_stands(
    page: Opened, place: dict[str, object], shown: str
) -> None:
    evidence = copy.deepcopy(VERIFY_BODY["evidence"][0])
    evidence["rationale"][0]["place"] = {"start": 0, "end": 5} | place
    recorded(page, evidence=[evidence])
    page.at()
    expect(page.ask("x").locator(".byline .place")).to_have_text(shown)


def test_parts_steps_voices_and_languages(page: Opened) -> None:
    claim = "It rained, and it snowed"
    evidence = copy.deepcopy(VERIFY_BODY["evidence"][0])
    text = evidence["passage"]["text"]
    supporting = evidence | {
        "stance": "SUPPORTS", "voice": "reported",
        "attributed_to": {"start": 0, "end": 6, "text": text[:6]},
        "derivation": [
            {"text": "60 + 60 = 120", "evidence": [{"start": 7, "end": 9, "text": text[7:9]}]}
        ],
    }  # fmt: skip
    foreign = evidence | {"stance": None, "stance_probabilities": None, "voice": None,
                          "language_not_judged": "fr"}  # fmt: skip
    title = evidence["document"]["title"]
    rejected = evidence | {"stance": "REFUTES", "voice": "rejected", "rationale": [],
                           "title_quote": {"start": 0, "end": len(title), "quote": title},
                           }  # fmt: skip
    parts = [
        {"text": "It rained", "start": 0, "end": 9, "verdict": "SUPPORTED", "probability": 0.9},
        {"text": "it snowed", "start": 15, "end": 24, "verdict": "REFUTED", "probability": 0.8},
    ]
    recorded(page, claim=claim, parts=parts, evidence=[supporting, rejected, foreign],
             newest={"verdict": "REFUTED", "date": "2021-02-03"})  # fmt: skip
    page.at()
    answer = page.ask(claim)
    rows = answer.locator(".parts li")
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_contain_text("Refuted")
    expect(rows.nth(1).locator(".statement")).to_have_text("it snowed")
    card = answer.locator("[data-camp=supports].camp .evidence")
    expect(card.locator(".derivation li")).to_have_text("60 + 60 = 120")
    expect(card.locator(".used")).to_have_text(text[7:9])
    expect(card.locator(".attributed")).to_have_text(text[:6])
    expect(card.locator(".notes")).to_contain_text(
        f"Reported, not the article’s own word. Source: {text[:6]}."
    )
    against = answer.locator("[data-camp=refutes].camp .evidence")
    expect(against.locator("h5 mark")).to_have_text(title)
    expect(against.locator(".notes")).to_contain_text("The article says itself that it is not so.")
    expect(answer.locator(".aside[data-camp=unread]")).to_contain_text("French")
    expect(answer.locator(".newest")).to_have_text(
        "The newer side, of 3 February 2021, refutes it."
    )


def test_a_language_that_is_not_judged_is_named(page: Opened) -> None:
    recorded(page, verdict=None, probability=None, probabilities=None, evidence=[], sources=None,
             reason="language_not_judged", language_not_judged="de")  # fmt: skip
    page.at()
    expect(page.ask("x").locator(".reason")).to_contain_text("The claim is in German")
