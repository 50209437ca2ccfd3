"""Starts claimdesk over the articles of this folder, asks it about claims, stops it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import textwrap
import urllib.request
from pathlib import Path

HERE = Path(__file__).parent
CLAIMDESK = Path(sys.executable).with_name("claimdesk")
CLAIMS = {
    "supported": "Turkey and Russia have equal servicemen at the monitoring center",
    "refuted": "Jonas Eck won the mayoral run-off in Lindholm",
    "a number that differs": "The Oria reservoir was 61 percent full on 1 June 2022",
    "sources disagree": "The harbour bridge in Lindholm cost 48 million euros",
    "no evidence": "The city of Lindholm banned fireworks on New Year's Eve",
}


def ask(url: str, claim: str) -> dict:
    request = urllib.request.Request(
        f"{url}/v1/verify",
        data=json.dumps({"claim": claim, "top_k": 2}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


def show(expectation: str, answer: dict) -> None:
    verdict = answer["verdict"].replace("_", " ").lower()
    print(f"\n{answer['claim']}  (as written: {expectation})")
    print(f"  {verdict}, probability {answer['probability']:.2f}")
    for item in answer["evidence"]:
        document, quote = item["document"], item["rationale"][0]
        where = f"{document['id']} {quote['start']}-{quote['end']}"
        source = document["publisher"] or "no publisher"
        stance = item["stance"].replace("_", " ").lower()
        print(f"  {stance}: {source}, {document['published_at']}, {where}")
        print(textwrap.indent(textwrap.fill(f"“{quote['quote']}”", 92), "       "))


def main() -> None:
    with tempfile.TemporaryDirectory() as data:
        subprocess.run([CLAIMDESK, "add", HERE, "--data", data], check=True)
        serve = [CLAIMDESK, "serve", "--port", "0", "--data", data]
        with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as server:
            try:
                started = server.stdout.readline()
                if not started:
                    sys.exit("the service did not start")
                print(started.strip())
                for expectation, claim in CLAIMS.items():
                    show(expectation, ask(started.split()[-1], claim))
            finally:
                server.terminate()


if __name__ == "__main__":
    main()
