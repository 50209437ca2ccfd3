"""`make serve-demo`: the page over the example articles, until it is stopped."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.conftest import ROOT


@pytest.mark.slow
def test_the_page_stays_until_it_is_stopped(tmp_path: Path, cache: Path) -> None:
    with subprocess.Popen(
        [sys.executable, ROOT / "demo.py", "--serve"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={"CLAIMDESK_CACHE": str(cache), "PATH": "/bin"},
    ) as demo:
        try:
            told = next(line for line in demo.stdout if line.startswith("The page is at "))
            url = re.search(r"http://127\.0\.0\.1:\d+/", told)[0]
            assert "<title>claimdesk</title>" in httpx.get(url).text
            assert httpx.get(f"{url}v1/info").json()["documents"] == 13
        finally:
            demo.send_signal(signal.SIGTERM)
        assert demo.wait(30) == 0
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_the_makefile_has_it() -> None:
    assert "\nserve-demo: setup" in (ROOT / "Makefile").read_text()
