"""Start claimdesk over the articles of examples/, ask it about five claims, stop it.

With --serve it asks nothing, and runs with its page until it is stopped.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parent
CLAIMDESK = Path(sys.executable).with_name("claimdesk")
# The port of --serve; if it is taken, another one.
PORT = 8000
ADDRESS = f"http://127.0.0.1:{PORT}/"
# Claim -> the verdict that a reader of the articles would give.
CLAIMS = {
    "Turkey and Russia have equal servicemen at the monitoring center": "SUPPORTED",
    "Jonas Eck won the mayoral run-off in Lindholm": "REFUTED",
    "The Oria reservoir was 61 percent full on 1 June 2022": "REFUTED",
    "The harbour bridge in Lindholm cost 48 million euros": "CONFLICTING_EVIDENCE",
    "The city of Lindholm banned fireworks on New Year's Eve": "NOT_ENOUGH_EVIDENCE",
}


def ask(url: str, claim: str) -> dict:
    request = urllib.request.Request(
        f"{url}/v1/verify",
        data=json.dumps({"claim": claim, "top_k": 2}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


def show(answer: dict, expected: str) -> None:
    wrong = "" if answer["verdict"] == expected else f"  (a reader says {plain(expected)})"
    print(f"\n{answer['claim']}")
    print(f"  {plain(answer['verdict'])}, probability {answer['probability']:.2f}{wrong}")
    for item in answer["evidence"]:
        document, quote = item["document"], item["rationale"][0]
        where = f"{document['id']} {quote['start']}-{quote['end']}"
        source = document["publisher"] or "no publisher"
        day = document["published_at"] or "no date"
        print(f"  {plain(item['stance'])}: {source}, {day}, {where}")
        print(textwrap.indent(textwrap.fill(f"“{quote['quote']}”", 92), "       "))


def plain(label: str) -> str:
    return label.replace("_", " ").lower()


def ask_all(url: str) -> None:
    right = 0
    for claim, expected in CLAIMS.items():
        answer = ask(url, claim)
        show(answer, expected)
        right += answer["verdict"] == expected
    print(f"\n{right} of {len(CLAIMS)} verdicts are what a reader says")
    print(f"In a browser: `make serve-demo` keeps it running, with its page at {ADDRESS}")


def wait(server: subprocess.Popen, url: str) -> None:
    print(f"The page is at {url}/ (Ctrl+C stops it)", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        server.wait()


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def main() -> None:
    # So that SIGTERM, too, runs the `finally` that stops the service.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    stays = "--serve" in sys.argv[1:]
    port = PORT if stays and is_free(PORT) else 0
    with tempfile.TemporaryDirectory() as data:
        print("The first run compiles the models, which takes a minute or more.", flush=True)
        subprocess.run([CLAIMDESK, "add", "examples", "--data", data], check=True, cwd=ROOT)
        serve = [CLAIMDESK, "serve", "--port", str(port), "--data", data]
        # Access lines would stand between the answers that are printed below.
        quiet = {"CLAIMDESK_LOG_LEVEL": "warning", **os.environ}
        with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True, env=quiet) as server:
            try:
                started = server.stdout.readline()
                if not started:
                    sys.exit("the service did not start")
                print(started.strip())
                url = started.split()[-1]
                if stays:
                    wait(server, url)
                else:
                    ask_all(url)
            finally:
                server.terminate()


if __name__ == "__main__":
    main()
