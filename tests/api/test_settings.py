"""Settings: what can never work is refused at the start, with what is right."""

import pytest
from pydantic import ValidationError

from api.settings import Settings, table

IN_FULL = "each origin in full, such as https://desk.example, or * for all"


def refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> str:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as caught:
        Settings()
    (error,) = caught.value.errors()
    return error["msg"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("RATE_LIMIT", "foo"), ("PORT", "x"), ("DENSE_WEIGHT", "2"), ("LOG_FORMAT", "xml")],
)
def test_settings_are_checked_at_once(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"CLAIMDESK_{name}", value)
    with pytest.raises(ValidationError, match=name.lower()):
        Settings()


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("CLAIMDESK_CORS_ORIGIN", "CLAIMDESK_CORS_ORIGINS"),
        ("CLAIMDESK_STANCEMODEL", "CLAIMDESK_STANCE_MODEL"),
        ("CLAIMDESK_BATCH_WINDOW", "CLAIMDESK_BATCH_WINDOW_MS"),
        ("claimdesk_log_levels", "CLAIMDESK_LOG_LEVEL"),
    ],
)
def test_a_mistyped_name_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, nearest: str
) -> None:
    said = refused(monkeypatch, name, "x")
    assert said.endswith(f"{name} is no setting; the nearest name is {nearest}")


def test_what_other_programs_set_is_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIMDESKTOP", "x")
    assert Settings() == Settings()


@pytest.mark.parametrize(
    ("origin", "right"),
    [
        ("https://desk.example/", "https://desk.example"),
        ("https://desk.example/app", "https://desk.example"),
        ("https://desk.example?x", "https://desk.example"),
        ("desk.example", "https://desk.example"),
        ("desk.example:8443", "https://desk.example:8443"),
        ("https://desk.example:443", "https://desk.example"),
        ("http://desk.example:80", "http://desk.example"),
        ("https://me@desk.example", "https://desk.example"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://*.desk.example", IN_FULL),
        ("https://", IN_FULL),
        ("https://my desk.example", IN_FULL),
        ("https://desk.example:", "https://desk.example"),
        ("https://desk.example:8o", IN_FULL),
        ("https://desk.example:99999", IN_FULL),
        ("https://:8000", IN_FULL),
        ("https://[::1", IN_FULL),
        ("https://one.example;https://two.example", IN_FULL),
        ("https://ä..b", IN_FULL),
    ],
)
def test_an_origin_that_no_browser_sends_is_refused(
    monkeypatch: pytest.MonkeyPatch, origin: str, right: str
) -> None:
    said = refused(monkeypatch, "CLAIMDESK_CORS_ORIGINS", f"https://fine.example, {origin}")
    assert said.endswith(f"{origin!r} is no origin: write {right}")


@pytest.mark.parametrize(
    "origin",
    [
        "https://desk.example", "http://localhost:3000", "http://127.0.0.1:8000", "http://[::1]:8081",
        "chrome-extension://abcdefghijklmnop", "moz-extension://0b1c-2d", "*", "null",
    ],
)  # fmt: skip
def test_origins_that_browsers_send(monkeypatch: pytest.MonkeyPatch, origin: str) -> None:
    monkeypatch.setenv("CLAIMDESK_CORS_ORIGINS", origin)
    assert Settings().cors_origins == [origin]


@pytest.mark.parametrize(
    ("host", "right"),
    [
        ("desk.example:8000", "desk.example"),
        ("https://desk.example/", "desk.example"),
        ("::1", "[::1]"),
        ("[::1]:8000", "[::1]"),
        ("*.desk.example", "each name in full, or * for all"),
        ("my desk", "each name in full, or * for all"),
        ("[::1", "each name in full, or * for all"),
        ("bücher.example", "xn--bcher-kva.example"),
    ],
)
def test_a_host_that_no_request_names_is_refused(
    monkeypatch: pytest.MonkeyPatch, host: str, right: str
) -> None:
    said = refused(monkeypatch, "CLAIMDESK_ALLOWED_HOSTS", host)
    assert said.endswith(f"{host!r} is no host name: write {right}")


@pytest.mark.parametrize("host", ["Desk.Example", "10.0.0.1", "[::1]", "*", "localhost"])
def test_hosts_that_requests_name(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("CLAIMDESK_ALLOWED_HOSTS", host)
    assert Settings().allowed_hosts == [host]


@pytest.mark.parametrize("proxy", ["localhost", "proxy", "10.0.0.1/8", "10.0.0.1:80"])
def test_a_proxy_from_which_no_request_comes_is_refused(
    monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    said = refused(monkeypatch, "CLAIMDESK_TRUSTED_PROXIES", f"::1, 10.0.0.0/8, {proxy}")
    assert f"{proxy!r} is no address" in said


def test_data_without_a_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "it is empty" in refused(monkeypatch, "CLAIMDESK_DATA", "")


def test_lists_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIMDESK_CORS_ORIGINS", "https://A.b, chrome-extension://x")
    monkeypatch.setenv("CLAIMDESK_ALLOWED_HOSTS", "")
    chosen = Settings()
    assert chosen.cors_origins == ["https://a.b", "chrome-extension://x"]
    assert chosen.allowed_hosts == []


def test_the_table_names_every_setting() -> None:
    rows = table().splitlines()
    assert len(rows) == 2 + len(Settings.model_fields)
    for name, field in Settings.model_fields.items():
        assert field.description
        assert any(row.startswith(f"| `CLAIMDESK_{name.upper()}` |") for row in rows)
