"""A browser, and services that it can reach: what tests of the desk share.

The browser is Debian's package `chromium`, driven by playwright. Where there is none, its tests
are skipped and say so.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.served import served as served

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next(filter(None, map(shutil.which, PROGRAMS)), None)
# Of one test in a browser.
SECONDS = 60


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "playwright" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.timeout(SECONDS))


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's program."""
    if CHROMIUM is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    return CHROMIUM


# Not of the whole session: while it is open, no test can run an event loop of its own.
@pytest.fixture(scope="module")
def playwright(chromium: str) -> Iterator[Playwright]:
    with sync_playwright() as opened:
        yield opened


@pytest.fixture(scope="module")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    # Its sandbox does not work for root, as whom a container runs.
    opened = playwright.chromium.launch(executable_path=chromium, chromium_sandbox=False)
    yield opened
    opened.close()
