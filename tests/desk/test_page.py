"""The page over HTTP: what is served, with which headers, and what is not."""

import re
import tomllib
from fnmatch import fnmatch

import pytest
from fastapi.testclient import TestClient

from api.routes.page import CLIENT, DESK
from tests.api.answers import assert_problem, with_settings
from tests.conftest import ROOT

PAGE = DESK / "page"
FILES = [path for path in PAGE.rglob("*") if path.is_file()]


@pytest.fixture(scope="module")
def client():
    with with_settings() as opened:
        yield opened


def policy(client: TestClient, path: str) -> dict[str, str]:
    told = client.get(path).headers["content-security-policy"]
    return dict(part.split(" ", 1) for part in told.split("; "))


def test_the_page_may_load_and_call_nothing_but_its_service(client: TestClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    rules = policy(client, "/")
    assert rules.pop("default-src") == "'none'"
    sources = {rules.pop(f"{kind}-src") for kind in ("script", "style", "font", "img", "connect")}
    assert sources == {"'self'"}
    assert rules == {
        "base-uri": "'none'", "form-action": "'none'", "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'", "trusted-types": "'none'",
    }  # fmt: skip
    assert policy(client, "/page/app.js") == policy(client, "/")


def test_every_file_of_the_page_is_served(client: TestClient) -> None:
    names = [path.relative_to(PAGE).as_posix() for path in FILES]
    for name in [*names, *(f"client/{name}" for name in CLIENT)]:
        answer = client.get(f"/page/{name}")
        assert answer.status_code == 200, name
        if name.endswith(".js"):
            assert answer.headers["content-type"].startswith("text/javascript")
    again = client.get("/page/app.js", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 200
    same = client.get("/page/app.js", headers={"If-None-Match": again.headers["etag"]})
    assert same.status_code == 304
    assert client.head("/").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/page/none.js", "/page/", "/page/fonts", "/page/client/package.json",
     "/page/..%2fclient/README.md", "/page/%2e%2e/%2e%2e/pyproject.toml"],
)  # fmt: skip
def test_nothing_else_is_served(client: TestClient, path: str) -> None:
    assert_problem(client.get(path), 404)


def test_a_setting_turns_the_page_off() -> None:
    with with_settings(page=False) as client:
        assert_problem(client.get("/"), 404)
        assert_problem(client.get("/page/app.js"), 404)
        assert client.get("/healthz").status_code == 200


def test_no_other_host_is_answered(client: TestClient) -> None:
    assert_problem(client.get("/", headers={"Host": "evil.example"}), 421)


def test_the_page_is_no_part_of_the_contract(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert not [path for path in paths if path == "/" or path.startswith("/page")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_files_name_no_other_host_and_make_no_markup(path) -> None:
    if path.suffix not in {".html", ".css", ".js"}:
        pytest.skip("no code")
    text = path.read_text()
    assert not re.search(r"(?:src|href|url\(|import|from|fetch\()[\s=(\"']*(?:https?:)?//", text)
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text
    )
    assert not re.search(r"\son\w+=|\sstyle=|javascript:", text)
    assert len(text.splitlines()) <= 300


def test_the_package_holds_the_page() -> None:
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    patterns = tool["packages"]["find"]["include"]
    for path in [*FILES, *(DESK / "client" / name for name in CLIENT)]:
        package = ".".join(path.parent.relative_to(ROOT).parts)
        assert any(fnmatch(package, pattern) for pattern in patterns), package
        assert any(fnmatch(path.name, kind) for kind in tool["package-data"][package]), path
    for other in ("desk.client.node_modules", "desk.extension"):
        assert not any(fnmatch(other, pattern) for pattern in patterns)
