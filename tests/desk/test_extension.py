"""The extension, loaded unpacked in Chromium: marks, card, panel, settings, what goes wrong."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Playwright
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from api.app import create_app
from api.service import Service
from api.settings import Settings
from index.documents import Document
from index.exact import ExactCorpus
from index.ingest import ingest
from retrieval.types import Calibration
from tests.conftest import ROOT, client_for
from tests.desk.conftest import served
from tests.desk.extension import EXTENSION, ID, ORIGIN, PAGES, Desk, Tab, archive
from tests.fakes import FakeEmbedder, FakeStance

BRIDGE = "The harbour bridge in Lindholm cost 48 million euros"
BUSES = "The council of Veldrin bought 300 electric buses in 2021."
RESERVOIR = "The Oria reservoir was 61 per cent full on 1 June 2022."
FULL = "The Oria reservoir was 37.4 per cent full on 1 June 2022"
OPENED = "It opened in May 2023."
EXPECTED = {
    "classic": {
        "Harbour bridge opens in Lindholm": "supports",
        "The harbour bridge in Lindholm cost 71 million euros.": "refutes",
        "It opened in May 2023 after a delay of eight months.": "refutes",
        f"{FULL}, the water board said.": "supports",
        "The council of Veldrin bought 312 electric buses in 2021.": "refutes",
    },
    "soup": {
        f"Lindholm – {BRIDGE}.": "supports",
        OPENED: "supports",
        BUSES: "conflict",
        RESERVOIR: "refutes",
    },
    "live": {
        f"{BRIDGE}, the mayor says.": "supports",
        "The Oria reservoir was 80 per cent full on 1 June 2022.": "refutes",
        BUSES: "conflict",
        "The ferry to Sandö carried 1,200 passengers in 2019.": "open",
        "The harbour bridge in Lindholm cost 71 million euros.": "refutes",
    },
    "components": {
        BUSES: "conflict",
        f"{BRIDGE}.": "supports",
        OPENED: "supports",
        RESERVOIR: "refutes",
    },
    "hostile": {
        "The harbour bridge in Lindholm cost 71 million euros.": "refutes",
        OPENED: "refutes",
        BUSES: "conflict",
        "قال رئيس البلدية إن الجسر جميل جدا وإنه سعيد بافتتاحه اليوم أمام الناس.": "none",
        f"{FULL}, said ياسمين of the water board.": "supports",
    },
}
ENGLISH = Calibration(languages=("en",))
# All of a page that the page itself can see, and its closed shadow trees.
SNAPSHOT = """() => {
    const all = [document.documentElement.outerHTML];
    const look = (root) => {
        for (const element of root.querySelectorAll("*")) {
            if (element.shadowRoot) {
                const root = element.shadowRoot;
                all.push(root.innerHTML, root.adoptedStyleSheets.length);
                look(root);
            }
        }
    };
    look(document);
    for (const root of window.closedRoots ?? []) all.push(root.innerHTML);
    return [...all, document.adoptedStyleSheets.length, CSS.highlights.size, document.title];
}"""
HOST = '<claimdesk-marks style="display: block !important; position: absolute !important;">'
SELECT = """([first, last]) => {
    const range = document.createRange();
    range.setStartBefore(document.querySelector(first));
    range.setEndAfter(document.querySelector(last));
    getSelection().removeAllRanges();
    getSelection().addRange(range);
}"""


@pytest.fixture(scope="module")
def desk(playwright: Playwright, chromium: str) -> Iterator[Desk]:
    context = playwright.chromium.launch_persistent_context(
        "",
        executable_path=chromium,
        chromium_sandbox=False,
        ignore_default_args=["--disable-extensions"],
        args=["--enable-unsafe-extension-debugging", f"--load-extension={EXTENSION}"],
    )
    yield Desk(context)
    context.close()


@pytest.fixture(autouse=True)
def no_pages_left(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "desk" in request.fixturenames:
        request.getfixturevalue("desk").close_pages()


class Files(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The saved pages, as a newspaper's server has them."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Files, directory=str(PAGES)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def opened(documents: list[Document]) -> Service:
    service = Service(
        Settings(cors_origins=[ORIGIN]), ExactCorpus(), FakeEmbedder(), FakeStance(ENGLISH)
    )
    list(ingest(documents, service.corpus, service.embedder))
    return service


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    service = opened(archive())
    with served(create_app(service.settings, service)) as address:
        yield address
    service.close()


@pytest.fixture
def ready(desk: Desk, url: str) -> Desk:
    desk.set(address=url, key="")
    return desk


def test_the_id_is_that_of_the_key_and_the_service_takes_its_origin() -> None:
    manifest = json.loads((EXTENSION / "manifest.json").read_text())
    digest = hashlib.sha256(base64.b64decode(manifest["key"])).hexdigest()[:32]
    assert "".join(chr(ord("a") + int(digit, 16)) for digit in digest) == ID
    assert ORIGIN in (ROOT / "docs" / "extension.md").read_text()
    service = opened(archive())
    with client_for(service) as client:
        asked = {
            "Origin": ORIGIN,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type",
        }
        preflight = client.options("/v1/check", headers=asked)
        assert preflight.status_code == 200
        assert preflight.headers["access-control-allow-origin"] == ORIGIN
        body = {"text": f"{BRIDGE}."}
        assert client.post("/v1/check", json=body, headers={"Origin": ORIGIN}).status_code == 200
        other = {"Origin": "chrome-extension://" + "a" * 32}
        assert client.post("/v1/check", json=body, headers=other).status_code == 403
    service.close()


def test_it_asks_for_no_more_than_the_docs_explain() -> None:
    manifest = json.loads((EXTENSION / "manifest.json").read_text())
    assert "host_permissions" not in manifest
    assert "content_scripts" not in manifest
    assert "web_accessible_resources" not in manifest
    assert "externally_connectable" not in manifest
    docs = (ROOT / "docs" / "extension.md").read_text()
    for permission in [*manifest["permissions"], "optional_host_permissions"]:
        assert f"`{permission}`" in docs


@pytest.mark.parametrize("name", ["claimdesk", "errors", "long", "transport"])
def test_its_client_is_the_client(name: str) -> None:
    ours, theirs = EXTENSION / "client" / f"{name}.js", ROOT / "desk" / "client" / f"{name}.js"
    assert ours.read_bytes() == theirs.read_bytes(), "copy it"


@pytest.mark.parametrize("name", EXPECTED)
def test_statements_are_marked_and_the_page_is_as_before(ready: Desk, site: str, name: str) -> None:
    tab = ready.open(f"{site}/{name}.html")
    before = tab.page.evaluate(SNAPSHOT)
    tab.check()
    assert tab.statements() == EXPECTED[name]
    marked = tab.marked()
    for tone in set(EXPECTED[name].values()):
        assert marked[tone]
    during = tab.page.evaluate(SNAPSHOT)
    assert during[0].replace(f"{HOST}</claimdesk-marks>", "") == before[0]
    assert during[1:-3] == before[1:-3]
    # What the card says is not the page's to know.
    assert tab.page.evaluate("document.querySelector('claimdesk-marks').shadowRoot") is None
    tab.click_inside(".bar .close")
    assert tab.page.evaluate(SNAPSHOT) == before


def test_a_card_shows_what_a_verdict_rests_on(ready: Desk, site: str) -> None:
    tab = ready.open(f"{site}/classic.html")
    tab.check()
    tab.click_inside(".sign[aria-label*='71 million']")
    card = tab.text(".card")
    assert card is not None
    for words in (
        "Refuted",
        "in 100",
        "Port Tribune",
        "11 May 2023",
        "What the bridge cost",
        "1 source",
    ):
        assert words in card
    assert "The harbour bridge in Lindholm cost 48 million euros, the port said." in card
    assert "48 million" in tab.inside("root.querySelector('.card mark').textContent")
    assert "Here 71 million, there 48 million" in card
    assert tab.inside("root.querySelector('.card a').href") == "https://example.org/bridge?a=1&b=2"
    assert tab.marked()["shown"][0].startswith("The harbour bridge")
    tab.page.keyboard.press("Escape")
    assert tab.text(".card") is None
    assert "71 million" in tab.inside("root.activeElement.getAttribute('aria-label')")
    tab.page.keyboard.press("Tab")  # the next statement
    tab.page.keyboard.press("Enter")
    assert "It opened in May 2023" in tab.text(".card")


def test_what_a_document_says_is_never_markup(ready: Desk, site: str) -> None:
    tab = ready.open(f"{site}/classic.html")
    tab.page.on("dialog", lambda _: pytest.fail("a script of a document has run"))
    tab.check()
    tab.click_inside(".sign[aria-label*='reservoir']")
    card = tab.text(".card")
    assert "<img src=x onerror=alert(1)>" in card
    assert "<b>Gazette</b>" in card
    assert tab.inside("root.querySelectorAll('img, script').length") == 0
    assert "javascript:" not in tab.inside("[...root.querySelectorAll('a')].join()")


def test_nothing_of_the_page_reaches_in(ready: Desk, site: str) -> None:
    tab = ready.open(f"{site}/hostile.html")
    tab.check()
    tab.click_inside(".sign[aria-label*='71 million']")
    style = tab.inside(
        "(({backgroundColor, fontSize, letterSpacing, direction, width}) =>"
        " ({backgroundColor, fontSize, letterSpacing, direction, width}))"
        "(getComputedStyle(root.querySelector('.card')))"
    )
    assert style == {
        "backgroundColor": "rgb(255, 254, 251)", "fontSize": "15px", "letterSpacing": "normal",
        "direction": "ltr", "width": "420px",
    }  # fmt: skip
    signs = "[...root.querySelectorAll('.sign')].map((sign) => sign.getBoundingClientRect())"
    assert set(tab.inside(f"{signs}.map(({{width}}) => width)")) == {22}
    # Beside the text: right of what reads from the right, left of what reads from the left.
    lefts = tab.inside(f"{signs}.map(({{left}}) => left)")
    assert lefts[0] > 1200 > 100 > lefts[2] >= 0
    line = tab.inside(
        "getComputedStyle(document.querySelector('p'), '::highlight(claimdesk-refutes)')"
        ".textDecorationStyle"
    )
    assert line == "wavy"


def test_the_page_stays_usable(ready: Desk, site: str) -> None:
    tab = ready.open(f"{site}/classic.html")
    tab.check()
    tab.page.click("a[href='#cost']")
    assert tab.page.url.endswith("#cost")
    assert tab.text(".card") is None
    tab.page.mouse.click(*tab.inside(
        "(({left, top}) => [left + 20, top + 5])(claimdesk.marks.marks.get(0).ranges[0]"
        ".getClientRects()[0])"
    ))  # fmt: skip
    assert "Harbour bridge opens" in tab.text(".card")
    tab.page.mouse.click(1100, 400)
    assert tab.text(".card") is None


def test_a_selection_is_checked_alone(ready: Desk, site: str) -> None:
    tab = ready.open(f"{site}/components.html")
    tab.page.evaluate(SELECT, ["p", "story-part"])
    tab.check()
    assert tab.statements() == {
        f"{BRIDGE}.": "supports", OPENED: "supports", RESERVOIR: "refutes"
    }  # fmt: skip
    # Another selection takes the place of the first.
    tab.page.evaluate(SELECT, ["p[slot]", "p[slot]"])
    tab.check()
    assert tab.statements() == {BUSES: "conflict"}


def test_a_selected_text_is_a_claim_though_no_sentence_is_worth_a_check(
    ready: Desk, site: str
) -> None:
    tab = ready.open(f"{site}/soup.html")
    tab.page.set_content("<p id=x>Bridge in Lindholm, harbour, cost: 48 million</p>")
    tab.page.evaluate(SELECT, ["#x", "#x"])
    tab.check()
    assert len(tab.statements()) == 1
    # Chromium tells the text that is selected in a field, which is none of the page.
    with tab.new_check():
        ready.worker.evaluate(
            """async ([tabId, selectionText]) => {
                const tab = await chrome.tabs.get(tabId);
                const info = { menuItemId: "selection", selectionText, frameId: 3 };
                chrome.contextMenus.onClicked.dispatch(info, tab);
            }""",
            [ready.tab_id(tab.page), BUSES],
        )
    assert tab.statements() == {}
    assert tab.text(".bar h2 span") == "1 statement checked"


QUOTING = """<article><h1>The tram</h1>
<p id=said>“We will raise the fares <b>before</b> the line is open,” Ada Marlow told the hall.</p>
<p>The hall was full. <q id=asked>before the line is open</q>, a poster said.</p>
<p id=mixed>Marlow said: “Nobody has asked the people who live there.” She called it “fair”. Then
she said: “We will not raise the fares before the line is open.”</p>
<p id=none>“Trams are the future of each and every town,” said Marlow.</p></article>"""


def quote_of(desk: Desk, tab: Tab, first: str, last: str | None = None) -> None:
    """Look up what is selected, by the button of the side panel."""
    tab.page.evaluate(SELECT, [first, last or first])
    panel = desk.context.new_page()
    panel.goto(f"{ORIGIN}/panel.html?tab={desk.tab_id(tab.page)}")
    with tab.new_check():
        panel.get_by_text("Look up the quotation").click()
    panel.close()
    tab.page.bring_to_front()


def wait_until_told(tab: Tab, statements: dict[str, str], words: str) -> None:
    """Waits for marks and words of the bar; a page is looked at some 300 ms after it changes."""
    for _ in range(200):
        found, said = tab.statements(), tab.text(".bar") or ""
        if found == statements and words in said:
            return
        tab.page.wait_for_timeout(25)
    raise AssertionError(f"{found}, {said}")


def test_marks_follow_a_page_that_writes_its_text_anew(ready: Desk, site: str) -> None:
    tab = ready.open(f"{site}/classic.html")
    write = """() => {
        document.body.innerHTML = `<article><p>${TEXT} Who would have thought so?</p></article>`;
    }""".replace("TEXT", f"'{BRIDGE}, <s>no,</s> they said.'")
    tab.page.evaluate(write)
    tab.check()
    expected = {f"{BRIDGE}, they said.": "supports"}
    assert tab.statements() == expected
    for change in (
        "() => { for (const p of document.querySelectorAll('p')) p.firstChild.data += ''; }",
        write,
        "() => document.querySelector('claimdesk-marks').remove()",
    ):
        tab.page.evaluate(change)
        wait_until_told(tab, expected, "1 statement checked")
    tab.page.evaluate("() => { document.body.innerHTML = '<p>Another story.</p>'; }")
    wait_until_told(tab, {}, "1 statement of it stands there no longer")


def test_a_page_that_is_no_html_says_so(ready: Desk, site: str) -> None:
    tab = ready.open(f"{site}/feed.xml")
    tab.check()
    assert tab.text(".bar h2 span") == "No text found"


def test_a_quotation_is_looked_up(ready: Desk, site: str) -> None:
    tab = ready.open(f"{site}/classic.html")
    tab.page.set_content(QUOTING)
    tab.check()  # the click that lets it read the page
    quote_of(ready, tab, "#said")
    assert tab.text(".bar h2 span") == "Altered"
    altered = "We will raise the fares before the line is open,"
    assert tab.statements() == {altered: "refutes"}
    tab.click_inside(".sign")
    card = tab.text(".card")
    for words in ("Altered", "Given to Ada Marlow here.", "Said by Ada Marlow.", "No dearer tram",
                  "Valley Gazette", "2 March 2023", "5 articles searched"):  # fmt: skip
        assert words in card
    assert tab.inside("root.querySelector('.card ins').textContent") == "in the archive: not"
    assert "We will not raise" in tab.inside("root.querySelector('.card mark').textContent")


def test_a_quotation_of_somebody_else_and_several_at_once(ready: Desk, site: str) -> None:
    tab = ready.open(f"{site}/classic.html")
    tab.page.set_content(QUOTING)
    tab.check()
    quote_of(ready, tab, "#mixed")
    assert list(tab.statements().values()) == ["refutes", "supports"]
    tab.click_inside(".sign")
    assert "Said by Jonas Eck, not by Marlow." in tab.text(".card")
    quote_of(ready, tab, "#none")
    assert tab.text(".bar h2 span") == "Not in the archive"
    quote_of(ready, tab, "#asked")
    assert tab.text(".bar h2 span") == "Word for word"


def test_a_check_shows_its_quotations(ready: Desk, site: str) -> None:
    tab = ready.open(f"{site}/classic.html")
    tab.page.set_content(f"<p>The council of Veldrin bought 300 buses in 2021, {QUOTED}</p>")
    tab.check()
    tab.click_inside(".sign")
    card = tab.text(".card")
    assert "Quoted words in the archive" in card
    assert "A “not” stands on one side alone" in card
    assert tab.inside("root.querySelector('.quotations ins').textContent") == "in the archive: not"


QUOTED = "and “we will raise the fares before the line is open”, said Ada Marlow of the council."


def test_the_panel_lists_and_leads(ready: Desk, site: str) -> None:
    tab = ready.open(f"{site}/live.html")
    tab.check()
    tab_id = ready.tab_id(tab.page)
    panels = "chrome.runtime.getContexts({ contextTypes: ['SIDE_PANEL'] })"
    assert len(ready.worker.evaluate(panels)) == 1  # the click has opened it
    panel = ready.context.new_page()
    panel.goto(f"{ORIGIN}/panel.html?tab={tab_id}")
    panel.get_by_text("5 statements checked").wait_for()
    words = panel.locator("button.statement .words").all_inner_texts()
    assert words == list(EXPECTED["live"])  # in the order of the page
    panel.get_by_text("What it rests on").first.click()
    panel.get_by_text("What the bridge cost").wait_for()
    # The last one is out of sight in a frame of the page that scrolls.
    assert tab.inside("root.querySelector('.sign[aria-label*=\"71\"]').checkVisibility()") is False
    panel.locator("button.statement").last.click()
    tab.page.bring_to_front()
    tab.page.wait_for_timeout(200)
    assert "71 million" in tab.text(".card")
    assert tab.page.evaluate("document.querySelector('.feed').scrollTop") > 300
    panel.get_by_text("Remove the marks").click()
    panel.get_by_text("Nothing checked here yet").wait_for()
    assert tab.page.locator("claimdesk-marks").count() == 0
    panel.get_by_text("Check this article").click()
    panel.get_by_text("5 statements checked").wait_for()


def test_settings_are_tried_kept_and_no_page_sees_them(ready: Desk, url: str, site: str) -> None:
    page = ready.context.new_page()
    page.goto(f"{ORIGIN}/options.html")
    assert page.input_value("#address") == url
    assert f"CLAIMDESK_CORS_ORIGINS={ORIGIN}" in page.inner_text("#allow")
    page.fill("#address", "ftp://x")
    page.click("#test")
    assert "This is no address" in page.inner_text("#result")
    page.fill("#address", "http://desk.example.org:8000/")
    assert page.is_visible("#exposed")
    page.fill("#address", f"{url}/")
    assert not page.is_visible("#exposed")
    page.click("#test")
    page.get_by_text("It answers", exact=True).wait_for()
    assert "5 documents" in page.inner_text("#result")
    # Nobody is there to answer the browser's own question.
    page.evaluate("() => { chrome.permissions.request = async () => true; }")
    page.fill("#key", "cd_secret")
    page.click("text=Save")
    page.get_by_text("Saved").wait_for()
    assert ready.worker.evaluate("chrome.storage.local.get(['address', 'key'])") == {
        "address": url, "key": "cd_secret"
    }  # fmt: skip
    tab = ready.open(f"{site}/classic.html")
    tab.check()
    kept = tab.inside(
        "chrome.storage.local.get(null).then(JSON.stringify, (error) => String(error))"
    )
    assert "cd_secret" not in kept


async def key_missing(scope: Scope, receive: Receive, send: Send) -> None:
    await problem(401, "send an API key")(scope, receive, send)


async def too_many(scope: Scope, receive: Receive, send: Send) -> None:
    await problem(429, "slow down", {"Retry-After": "90"})(scope, receive, send)


async def cut_off(scope: Scope, receive: Receive, send: Send) -> None:
    line = {"index": 0, "statement": "x", "start": 0, "end": 1, "error": {"detail": "bad"}}
    await PlainTextResponse(json.dumps(line) + "\n", headers=ALLOWED)(scope, receive, send)


ALLOWED = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After",
           "Access-Control-Allow-Headers": "*"}  # fmt: skip


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    body = {"title": "No", "status": status, "detail": detail, "request_id": "r1"}
    return JSONResponse(body, status, ALLOWED | (headers or {}))


@pytest.mark.parametrize(
    ("app", "words"),
    [
        (key_missing, ["A key is needed", "Settings"]),
        (too_many, ["Too many requests", "in 90 seconds"]),
        (cut_off, ["The answer was cut off", "1 statement had been checked before"]),
    ],
)
def test_a_service_that_refuses(desk: Desk, site: str, app, words: list[str]) -> None:
    async def answering(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
        elif scope["method"] == "OPTIONS":
            await Response(status_code=200, headers=ALLOWED)(scope, receive, send)
        else:
            await app(scope, receive, send)

    with served(answering) as address:
        desk.set(address=address)
        tab = desk.open(f"{site}/classic.html")
        tab.check()
        for word in words:
            assert word in tab.text(".bar")


def test_a_service_that_is_away(desk: Desk, site: str) -> None:
    desk.set(address="http://127.0.0.1:9")
    tab = desk.open(f"{site}/classic.html")
    tab.check()
    assert "claimdesk does not answer" in tab.text(".bar")
    assert ORIGIN in tab.text(".bar")


def test_an_archive_without_documents(desk: Desk, site: str) -> None:
    service = opened([])
    with served(create_app(service.settings, service)) as address:
        desk.set(address=address)
        tab = desk.open(f"{site}/classic.html")
        tab.check()
        assert "The archive is empty" in tab.text(".bar")
    service.close()


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (
            "<p>Is it not lovely? What do you think of it, dear reader? Who knows?</p>",
            "Nothing to check",
        ),
        ("<nav>Home</nav>", "No text found"),
        (
            "<p>Мост в гавани обошёлся городу в сорок восемь миллионов евро. Он открылся в мае, "
            "и мэр города сказал, что очень доволен работой строителей.</p>",
            "Language not judged",
        ),
    ],
)
def test_a_page_with_nothing_to_check(ready: Desk, site: str, body: str, title: str) -> None:
    tab = ready.open(f"{site}/classic.html")
    tab.page.set_content(body)
    tab.check()
    assert tab.text(".bar h2 span") == title


def test_a_page_of_five_megabytes_is_bounded_and_that_is_said(ready: Desk, site: str) -> None:
    tab = ready.open(f"{site}/classic.html")
    filler = "Perhaps. " * 20
    tab.page.evaluate(
        """([first, far, filler]) => {
            const some = (number) => `<p>${filler}</p>`.repeat(number);
            const text = `<p>${first}</p>${some(300)}<p>${far}</p>${some(28_000)}`;
            document.body.innerHTML = `<main>${text}</main>`;
        }""",
        [f"{BRIDGE} 😀.", BUSES, filler],
    )
    assert tab.page.evaluate("document.documentElement.outerHTML.length") > 5_000_000
    tab.check()
    assert "first 100,000 characters" in tab.text(".bar")
    # It is sent in parts, and the place of a statement in a later part is right all the same.
    assert tab.statements() == {f"{BRIDGE} 😀.": "supports", BUSES: "conflict"}


def test_a_page_that_no_extension_may_read(ready: Desk) -> None:
    page = ready.context.new_page()
    page.goto("chrome://version")
    panel = ready.context.new_page()
    panel.goto(f"{ORIGIN}/panel.html?tab={ready.tab_id(page)}")
    ready.click(page)
    panel.get_by_text("This page cannot be read").wait_for()
