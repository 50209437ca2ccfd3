"""A 600-word article in the page over the real models -> seconds until a statement is marked.

Run it by hand: python tests/desk/measure_page.py [URL of a service]
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parent.parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
WORDS = 600
RUNS = 5


def article(run: int) -> str:
    """Statements that no run before has asked, so that none comes from memory."""
    lines = (
        f"The city of Lindholm spent {run}{n} million euros on the harbour bridge in {1950 + n}, "
        f"and {n} members of the board voted for ferry line {run}{n}."
        for n in range(100)
    )
    words = " ".join(lines).split()[:WORDS]
    return " ".join(words).rpartition(".")[0] + "."


def seconds(page: Page, url: str, run: int) -> tuple[float, float, int]:
    """Until the first statement, until the end; and the number of statements."""
    page.goto("about:blank")
    page.goto(f"{url}/#article")
    view = page.locator("#view-article")
    view.get_by_label("Article", exact=True).fill(article(run))
    began = time.perf_counter()
    view.get_by_role("button", name="Check the article").click()
    view.locator(".statement").first.wait_for()
    first = time.perf_counter() - began
    view.locator(".status", has_text="checked:").wait_for(timeout=120_000)
    return first, time.perf_counter() - began, view.locator(".statement").count()


def measure(url: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=False)
        page = browser.new_page()
        new = int(time.time()) % 100_000  # a service may remember what was measured before
        runs = [seconds(page, url, new + run) for run in range(RUNS)]
        browser.close()
    for first, whole, number in runs:
        print(f"first statement {first:.2f} s, all {number} statements {whole:.2f} s")
    print(f"median of {RUNS}: {statistics.median(first for first, _, _ in runs):.2f} s")


def main() -> None:
    if len(sys.argv) > 1:
        measure(sys.argv[1].rstrip("/"))
        return
    demo = [sys.executable, str(ROOT / "demo.py"), "--serve"]
    with subprocess.Popen(demo, stdout=subprocess.PIPE, text=True) as server:
        try:
            told = next(line for line in server.stdout or () if line.startswith("The page is at"))
            measure(told.split()[4].rstrip("/"))
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
