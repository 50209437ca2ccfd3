#!/usr/bin/env python3
"""Decides whether a post may be published: a CMS calls it before, with the post as JSON on stdin.

The post has the shape of WordPress's REST API: `status`, `title` and `content`, each a string or an
object with `raw` or `rendered`. Where it is about to be published, claimdesk checks its text. The
decision is JSON on stdout, and the exit status: 0 publish, 1 hold, 2 could not be checked.

    CLAIMDESK_URL=http://127.0.0.1:8000 CLAIMDESK_KEY=cd_… python3 pre_publish.py < post.json

It needs nothing but Python's own library, so that it runs where the CMS runs.
"""

import html
import json
import os
import re
import sys
import urllib.error
import urllib.request

PUBLISH, HOLD, NOT_CHECKED = 0, 1, 2
SECONDS = 60  # without a further line of the answer
ABOUT_TO_APPEAR = {"publish", "future"}


def text_of(field: object) -> str:
    """The text of a field of a post: as it is shown, if that is there."""
    if isinstance(field, dict):
        return str(field.get("rendered") or field.get("raw") or "")
    return str(field or "")


def checked(page: str) -> list[dict]:
    """The lines of claimdesk's answer; the last one is its summary."""
    url = os.environ.get("CLAIMDESK_URL", "http://127.0.0.1:8000")
    headers = {"Content-Type": "application/json"}
    if key := os.environ.get("CLAIMDESK_KEY"):
        headers["Authorization"] = f"Bearer {key}"
    body = json.dumps({"html": page}).encode()
    # The address is the operator's own.
    request = urllib.request.Request(f"{url}/v1/check", body, headers)  # noqa: S310
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
        lines = [json.loads(line) for line in answer]
    if not lines or "summary" not in lines[-1]:
        raise ValueError("the answer broke off")
    return lines


def refuted(lines: list[dict]) -> list[dict]:
    """Each statement that the archive refutes, with the sources that say otherwise."""
    found = []
    for line in lines:
        if line.get("verdict") != "REFUTED":
            continue
        sources = [
            {
                "source": one["document"]["publisher"] or one["document"]["id"],
                "url": one["document"]["url"],
                "quotes": [quote["quote"] for quote in one["rationale"]],
            }
            for one in line["evidence"]
            if one["stance"] == "REFUTES"
        ]
        found.append({"statement": line["statement"], "sources": sources})
    return found


def decision(post: dict) -> tuple[int, dict]:
    """The exit status and what is printed."""
    if post.get("status") not in ABOUT_TO_APPEAR:
        return PUBLISH, {"publish": True, "message": "a draft is not checked"}
    if "content" not in post:
        return NOT_CHECKED, {"publish": False, "message": "send the whole post, with its content"}
    title = html.escape(text_of(post.get("title")))
    content = text_of(post["content"])
    if not re.sub(r"<[^>]*>", "", content).strip():
        return PUBLISH, {"publish": True, "message": "a post without text"}
    page = f"<html><head><title>{title}</title></head><body><article>{content}</article></body>"
    try:
        lines = checked(page)
    except urllib.error.HTTPError as error:
        if error.headers.get_content_type() != "application/problem+json":
            return NOT_CHECKED, {"publish": False, "message": str(error)}
        return NOT_CHECKED, {"publish": False, "message": json.load(error)["detail"]}
    except (OSError, ValueError) as error:
        return NOT_CHECKED, {"publish": False, "message": f"claimdesk: {error}"}
    wrong = refuted(lines)
    if lines[-1]["summary"]["failed"] and not wrong:
        return NOT_CHECKED, {"publish": False, "message": "some statements were not verified"}
    message = f"statements that the archive refutes: {len(wrong)}"
    answer = {"publish": not wrong, "message": message, "refuted": wrong}
    return (HOLD if wrong else PUBLISH), answer


if __name__ == "__main__":
    status, said = decision(json.load(sys.stdin))
    print(json.dumps(said, ensure_ascii=False, indent=2))
    sys.exit(status)
