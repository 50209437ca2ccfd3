"""The extension in a browser: what its tests share."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import BrowserContext, Page, Worker

from index.documents import Document, document
from tests.conftest import ROOT

EXTENSION = ROOT / "desk" / "extension"
PAGES = ROOT / "tests" / "desk" / "pages"
ID = "meeojchamdjpfnkmephgbkloihandemf"
ORIGIN = f"chrome-extension://{ID}"
# A document that tries to be more than text.
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>\u202e evil"


def archive() -> list[Document]:
    bridge = (
        "The harbour bridge in Lindholm cost 48 million euros, the port said. It opened in May."
    )
    buses = "The council of Veldrin bought {} electric buses in 2021."
    return [
        document(
            "bridge", bridge, title="What the bridge cost", publisher="Port Tribune",
            published_at="2023-05-11", url="https://example.org/bridge?a=1&b=2",
        ),
        document(
            "reservoir",
            f"{HOSTILE}. The Oria reservoir was 37.4 per cent full on 1 June 2022, the board said.",
            title=HOSTILE, publisher="<b>Gazette</b>", url="javascript:alert(3)",
        ),
        document("buses-1", buses.format(300), title="Buses", published_at="2021-11-02"),
        document(
            "buses-2", f"In fact, we now know: {buses.format(210)} The order was cut by a third.",
            title="Fewer buses", publisher="Veldrin Post", published_at="2022-02-03",
        ),
        document(
            "fares",
            "“We will not raise the fares before the line is open,” said Ada Marlow, the mayor.\n\n"
            "Jonas Eck disagreed: “Nobody has asked the people who live there.”",
            title="No dearer tram", publisher="Valley Gazette", published_at="2023-03-02",
        ),
    ]  # fmt: skip


class Desk:
    """A browser with the extension: clicks its button, looks into its closed shadow tree."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.worker: Worker = (
            context.service_workers[0]
            if context.service_workers
            else context.wait_for_event("serviceworker")
        )
        assert context.browser is not None
        self._browser = context.browser.new_browser_cdp_session()

    def set(self, **settings: str) -> None:
        self.worker.evaluate("(settings) => chrome.storage.local.set(settings)", settings)

    def open(self, url: str) -> Tab:
        return Tab(self, self.context.new_page(), url)

    def close_pages(self) -> None:
        first, *others = self.context.pages  # without any, the browser ends
        first.goto("about:blank")
        for page in others:
            page.close()

    def click(self, page: Page) -> None:
        """The button in the toolbar: what alone lets the extension read a page."""
        page.bring_to_front()
        for _ in range(200):
            targets = self._browser.send("Target.getTargets", {"filter": [{"type": "tab"}]})
            for tab in targets["targetInfos"]:
                if tab["url"] == page.url and tab.get("embedderData", {}).get("tabActive"):
                    asked = {"id": ID, "targetId": tab["targetId"]}
                    self._browser.send("Extensions.triggerAction", asked)
                    return
            page.wait_for_timeout(25)
        raise AssertionError("the tab does not come to the front")

    def is_refused(self, page: Page) -> bool:
        """Whether the button says that the page cannot be read."""
        badge = "(tabId) => chrome.action.getBadgeText({ tabId })"
        return self.worker.evaluate(badge, self.tab_id(page)) == "!"

    def tab_id(self, page: Page) -> int:
        page.bring_to_front()
        return self.worker.evaluate(
            "async () => (await chrome.tabs.query({ active: true, lastFocusedWindow: true }))[0].id"
        )


class Tab:
    """A page, and the world of the extension's scripts in it."""

    def __init__(self, desk: Desk, page: Page, url: str) -> None:
        self.desk, self.page = desk, page
        self._session = desk.context.new_cdp_session(page)
        self._worlds: list[int] = []
        self._session.on("Runtime.executionContextCreated", self._found)
        self._session.on("Runtime.executionContextsCleared", lambda _: self._worlds.clear())
        self._session.send("Runtime.enable")
        page.goto(url)

    def _found(self, event: dict[str, Any]) -> None:
        if event["context"]["origin"] == ORIGIN:
            self._worlds.append(event["context"]["id"])

    def inside(self, expression: str) -> Any:
        """What an expression is in the extension's world of this page, where `root` is its shadow
        tree."""
        code = (
            f"(() => {{ const root = globalThis.claimdesk?.marks?.root; return {expression}; }})()"
        )
        answer = self._session.send(
            "Runtime.evaluate",
            {"expression": code, "contextId": self._worlds[-1], "returnByValue": True,
             "awaitPromise": True},
        )  # fmt: skip
        assert "exceptionDetails" not in answer, json.dumps(answer["exceptionDetails"])
        return answer["result"].get("value")

    def text(self, selector: str) -> str | None:
        """Of an element in the shadow tree, if it is there and shown."""
        name = json.dumps(selector)
        return self.inside(
            f"root?.querySelector({name})?.checkVisibility() ? root.querySelector({name}).innerText"
            " : null"
        )

    def click_inside(self, selector: str) -> None:
        """With the mouse, at the middle of an element in the shadow tree, once it is laid out."""
        self.inside(
            "new Promise((done) => { setTimeout(done, 500);"
            " requestAnimationFrame(() => requestAnimationFrame(done)); }).then(() => true)"
        )
        x, y = self.inside(
            f"(({{left, top, width, height}}) => [left + width / 2, top + height / 2])"
            f"(root.querySelector({json.dumps(selector)}).getBoundingClientRect())"
        )
        self.page.mouse.click(x, y)

    def check(self) -> None:
        """Click the button, and wait until the check is at its end."""
        self._forget()
        self.desk.click(self.page)
        self.wait()

    def _forget(self) -> None:
        if self._worlds:
            self.inside("globalThis.claimdesk?.marks && (claimdesk.marks.isOld = true)")

    @contextmanager
    def new_check(self) -> Iterator[None]:
        """Waits until a check that the block starts is at its end."""
        self._forget()
        yield
        self.wait()

    def wait(self) -> None:
        title = None
        for turn in range(1, 800):
            if self._worlds and not self.inside("globalThis.claimdesk?.marks?.isOld"):
                title = self.text(".bar h2 span")
            if title and "…" not in title:
                return
            # A navigation that the browser is about to finish takes the leave of a click away.
            if turn % 40 == 0 and title is None and self.desk.is_refused(self.page):
                self.desk.click(self.page)
            self.page.wait_for_timeout(25)
        raise AssertionError(f"the check does not end: {title}")

    def marked(self) -> dict[str, list[str]]:
        """The marked texts by the tone of their mark."""
        return self.inside(
            "Object.fromEntries([...CSS.highlights].filter(([, all]) => all.size)"
            ".map(([name, all]) => [name.replace('claimdesk-', ''), [...all].map(String)]))"
        )

    def statements(self) -> dict[str, str]:
        """Each marked statement, as the page writes it, with its tone."""
        pairs = self.inside(
            "[...claimdesk.marks.marks.values()].filter(({ranges}) => ranges.length)"
            ".map(({ranges, sign}) => [ranges.map(String).join(''), sign.dataset.tone])"
        )
        return {" ".join(text.split()).replace("\u00ad", ""): tone for text, tone in pairs}
