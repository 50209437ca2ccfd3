"""API keys: made and revoked on the command line, asked for at the door, never repeated."""

import datetime as dt
import json
import logging
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from api import logs
from api.cli import main
from api.errors import ExposedWithoutKeys, KeyRefused, KeysUnreadable
from api.exposure import check_exposure
from api.gate.scopes import scope_of
from api.keys.keyring import KeyStore, redacted
from api.service import Service
from api.settings import Settings
from index.exact import ExactCorpus
from index.ingest import ingest
from tests.api.answers import CLAIM, assert_problem
from tests.conftest import articles, client_for
from tests.fakes import FakeEmbedder

ASK = {"claim": CLAIM}
Serve = Callable[..., TestClient]


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """A service that asks for keys, over the articles of the tests."""

    def opened(**changes: object) -> TestClient:
        settings = Settings(**{"data": tmp_path, "require_keys": True, **changes})
        service = Service(settings, ExactCorpus(), FakeEmbedder())
        list(ingest(articles(), service.corpus, service.embedder))
        return client_for(service)

    return opened


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    return KeyStore(tmp_path)


@pytest.fixture
def _log_restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in logs.OURS}
    yield
    for name, old in levels.items():
        logging.getLogger(name).setLevel(old)
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def run(*arguments: str) -> int:
    try:
        main(arguments)
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


# The store.


def test_only_a_salted_hash_is_kept_and_only_the_owner_may_read_it(store: KeyStore) -> None:
    key, token = store.create("desk", ["verify"])
    other, _ = store.create("desk", ["verify"])
    secret = token.rpartition("_")[2]
    assert token == f"cd_{key.id}_{secret}"
    assert len(secret) == 64
    assert secret not in store.kept.path.read_text()
    assert key.salt != other.salt
    assert stat.S_IMODE(store.kept.path.stat().st_mode) == 0o600
    assert store.identify(token) == key


@pytest.mark.parametrize(
    "wrong",
    ["", "cd_", "{id}", "cd_{id}_{zeros}", "cd_000000000000_{secret}", "{token}0", " {token}"],
)
def test_what_is_no_key_is_refused(store: KeyStore, wrong: str) -> None:
    key, token = store.create("desk", ["verify"])
    secret = token.rpartition("_")[2]
    with pytest.raises(KeyRefused):
        store.identify(wrong.format(id=key.id, zeros="0" * 64, secret=secret, token=token))


def test_an_expired_key_lets_nobody_in(store: KeyStore) -> None:
    past = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    key, token = store.create("desk", ["verify"], expires=past)
    with pytest.raises(KeyRefused, match=f"{key.id} is expired"):
        store.identify(token)
    assert not store.any_valid()


def test_a_damaged_file_lets_nobody_in(store: KeyStore) -> None:
    _, token = store.create("desk", ["verify"])
    whole = store.kept.path.read_text()
    store.identify(token)
    for damaged in ("", "{}", whole[:-20], whole.replace('"format": 1', '"format": 2')):
        store.kept.path.write_text(damaged)
        with pytest.raises(KeysUnreadable):
            store.identify(token)
    store.kept.path.write_text(whole)
    store.identify(token)
    store.kept.path.unlink()
    with pytest.raises(KeyRefused):
        store.identify(token)


def test_two_processes_lose_no_key(tmp_path: Path) -> None:
    stores = [KeyStore(tmp_path), KeyStore(tmp_path)]
    tokens = [stores[at % 2].create(str(at), ["verify"])[1] for at in range(6)]
    assert [store.identify(token).name for store in stores for token in tokens] == 2 * list(
        "012345"
    )


# Where keys are asked for.


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.9.9.9"])
def test_on_loopback_no_key_is_asked_for(tmp_path: Path, host: str) -> None:
    settings = Settings(data=tmp_path, host=host)
    assert not settings.keys_in_force
    check_exposure(settings)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "", "desk.example"])
def test_to_a_network_nothing_is_served_without_a_key(tmp_path: Path, host: str) -> None:
    settings = Settings(data=tmp_path, host=host)
    with pytest.raises(ExposedWithoutKeys, match="CLAIMDESK_ALLOW_NETWORK_WITHOUT_KEYS"):
        check_exposure(settings)
    check_exposure(Settings(data=tmp_path, host=host, allow_network_without_keys=True))
    key, _ = KeyStore(tmp_path).create("desk", ["verify"])
    check_exposure(settings)
    KeyStore(tmp_path).revoke(key.id)
    with pytest.raises(ExposedWithoutKeys):
        check_exposure(settings)


@pytest.mark.usefixtures("_log_restored")
def test_the_command_line_says_so_before_it_opens_anything(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("serve", "--host", "0.0.0.0", "--port", "0", "--data", str(tmp_path / "new")) == 1
    assert "no valid API key" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_where_no_key_is_asked_for_none_is_looked_at(serve: Serve) -> None:
    """A proxy before the service may have an Authorization of its own."""
    with serve(require_keys=False) as client:
        asked = client.post("/v1/verify", json=ASK, headers={"Authorization": "Basic eDp5"})
        assert asked.status_code == 200


def test_without_a_key_only_health_is_told(serve: Serve) -> None:
    with serve() as client:
        for path in ("/healthz", "/readyz"):
            assert client.get(path).status_code == 200
        for path in ("/v1/info", "/v1/documents", "/v1/publishers", "/v1/nothing", "/metrics"):
            refused = client.get(path)
            assert_problem(refused, 401)
            assert refused.headers["www-authenticate"] == 'Bearer realm="claimdesk"'
        assert_problem(client.post("/v1/verify", json=ASK), 401)
        wrong = client.post("/v1/verify", json=ASK, headers=bearer("cd_0_0"))
        assert_problem(wrong, 401)
        assert 'error="invalid_token"' in wrong.headers["www-authenticate"]
        assert_problem(client.get("/v1/info", headers={"Authorization": "Basic eDp5"}), 401)


def test_metrics_are_open_where_that_is_set(serve: Serve) -> None:
    with serve(metrics_without_key=True) as client:
        assert client.get("/metrics").status_code == 200
        assert client.get("/v1/info").status_code == 401


DOORS = [
    ("verify", "POST", "/v1/verify", {"json": ASK}),
    ("verify", "POST", "/v1/search", {"json": {"query": CLAIM}}),
    ("verify", "GET", "/v1/documents/a", {}),
    ("verify", "GET", "/v1/info", {}),
    ("write", "PUT", "/v1/documents/new", {"json": {"text": "A text."}}),
    ("write", "POST", "/v1/documents:import", {"content": b'{"id": "n", "text": "A text."}\n'}),
    ("write", "DELETE", "/v1/documents/a", {}),
    ("metrics", "GET", "/metrics", {}),
    ("admin", "POST", "/v1/whatever-comes", {}),
]


@pytest.mark.parametrize(("scope", "method", "path", "content"), DOORS)
def test_a_key_opens_what_its_scope_is_for(
    serve: Serve, store: KeyStore, scope: str, method: str, path: str, content: dict
) -> None:
    with serve() as client:
        for had in ("verify", "write", "admin", "metrics"):
            _, token = store.create(had, [had], groups=None)
            answer = client.request(method, path, headers=bearer(token), **content)
            if had == scope:
                # No route is there for the admin yet: the door is open all the same.
                assert answer.status_code < 300 or (scope, answer.status_code) == ("admin", 404)
            else:
                assert scope in assert_problem(answer, 403)["detail"]
                assert f'scope="{scope}"' in answer.headers["www-authenticate"]


def test_every_operation_names_its_scope(serve: Serve, store: KeyStore) -> None:
    with serve() as client:
        paths = client.get("/openapi.json").json()["paths"]
    scopes = {
        (method.upper(), path): operation.get("security", [{}, {"key": [None]}])[1]["key"][0]
        for path, operations in paths.items()
        for method, operation in operations.items()
    }
    assert {path for (_, path), scope in scopes.items() if scope is None} == {"/healthz", "/readyz"}
    assert scopes == {asked: scope_of(*asked) for asked in scopes}
    assert scope_of("POST", "/v1/forgotten") == "admin"
    assert scope_of("DELETE", "/v1/forgotten/x") == "admin"


def test_a_running_service_notices_a_revocation(
    serve: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serve() as client:
        assert run("keys", "create", "desk", "--data", str(tmp_path), "--json") == 0
        made = json.loads(capsys.readouterr().out)
        assert client.get("/v1/info", headers=bearer(made["key"])).status_code == 200
        assert run("keys", "revoke", made["id"], "--data", str(tmp_path)) == 0
        refused = assert_problem(client.get("/v1/info", headers=bearer(made["key"])), 401)
        assert refused["detail"] == f"the API key {made['id']} is revoked"


def test_a_damaged_file_of_keys_is_our_fault_and_nobodys_way_in(
    serve: Serve, store: KeyStore, caplog: pytest.LogCaptureFixture
) -> None:
    _, token = store.create("desk", ["verify"])
    with serve() as client:
        store.kept.path.write_text("{")
        problem = assert_problem(client.get("/v1/info", headers=bearer(token)), 503)
    assert problem["detail"] == "API keys cannot be read; see the log"
    assert "KeysUnreadable" in caplog.text


# The command line.


def test_keys_are_made_listed_and_revoked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ("--data", str(tmp_path))
    scopes = ("--scope", "write", "--scope", "verify")
    more = ("--group", "legal", "--days", "3", "--rate", "5/minute")
    assert run("keys", "create", "the desk", *scopes, *more, *data) == 0
    made = capsys.readouterr()
    token = made.out.strip()
    key = KeyStore(tmp_path).identify(token)
    assert (key.scopes, key.groups, key.rate) == (("verify", "write"), ("legal",), "5/minute")
    assert key.expires - key.created == dt.timedelta(days=3)
    assert token not in made.err
    assert run("keys", "list", *data) == 0
    listed = capsys.readouterr().out
    assert listed.startswith(f"{key.id}\tvalid\tverify,write\tlegal\tuntil ")
    assert token.rpartition("_")[2] not in listed
    assert run("keys", "revoke", key.id, *data, "--json") == 0
    assert json.loads(capsys.readouterr().out)["state"] == "revoked"
    assert run("keys", "list", "--json", *data) == 0
    (row,) = json.loads(capsys.readouterr().out)["keys"]
    assert (row["id"], row["state"]) == (key.id, "revoked")
    assert not {"salt", "digest", "key"} & set(row)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["create", "x", "--scope", "root"], "root: no scope; there are verify, write, admin"),
        (["create", " "], "a name has 1 to 100 characters"),
        (["create", "x", "--rate", "often"], "'often' is no rate"),
        (["create", "x", "--rate", "5/minute;9/hour"], "more than one rate"),
        (["create", "x", "--all-groups", "--group", "a"], "not both"),
        (["create", "x", "--days", "99999999"], "too long"),
        (["revoke", "none"], "no key has the id 'none'"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("keys", *arguments, "--data", str(tmp_path)) == 1
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.out == ""
    assert not (tmp_path / "keys.json").exists()


# Rates.


def test_a_key_has_a_rate_of_its_own(serve: Serve, store: KeyStore) -> None:
    _, slow = store.create("slow", ["verify"], rate="2/hour")
    _, other = store.create("other", ["verify"])
    with serve(key_rate_limit="50/hour") as client:
        first = client.get("/v1/info", headers=bearer(slow))
        assert first.headers["ratelimit-policy"] == '"address";q=6000;w=60, "key";q=2;w=3600'
        assert '"key";r=1;t=' in first.headers["ratelimit"]
        client.get("/v1/info", headers=bearer(slow))
        refused = client.get("/v1/info", headers=bearer(slow))
        assert "more than 2 per 1 hour for this key" in assert_problem(refused, 429)["detail"]
        assert 1 <= int(refused.headers["retry-after"]) <= 2 * 3600
        assert '"key";r=0;t=' in refused.headers["ratelimit"]
        answer = client.get("/v1/info", headers=bearer(other))
        assert '"key";q=50;w=3600' in answer.headers["ratelimit-policy"]


def test_a_batch_costs_its_claims_and_an_article_its_statements(serve: Serve) -> None:
    def left(answer) -> int:
        assert answer.status_code == 200, answer.text
        return int(answer.headers["ratelimit"].partition(";r=")[2].partition(";")[0])

    with serve(require_keys=False, rate_limit="20/hour") as client:
        assert left(client.get("/v1/info")) == 19
        assert left(client.post("/v1/verify/batch", json={"claims": [CLAIM] * 5})) == 14
        article = "The bridge cost 48 million euros. It opened in May 2021."
        assert left(client.post("/v1/check", json={"text": article})) == 12
        refused = assert_problem(client.post("/v1/verify/batch", json={"claims": ["x"] * 14}), 429)
        assert "more than 20 per 1 hour" in refused["detail"]
        # The refused one cost what a request costs.
        assert left(client.post("/v1/verify/batch", json={"claims": [CLAIM] * 11})) == 0
        assert_problem(client.get("/v1/info"), 429)


def test_what_can_never_pass_is_told_to_come_in_parts(serve: Serve) -> None:
    with serve(require_keys=False, rate_limit="20/hour") as client:
        asked = client.post("/v1/verify/batch", json={"claims": [CLAIM] * 40})
        assert "this costs 40" in assert_problem(asked, 429)["detail"]


@pytest.mark.parametrize("path", ["/v1/info", "/metrics"])
def test_guessing_at_keys_costs_the_address_its_rate(serve: Serve, path: str) -> None:
    with serve(rate_limit="3/hour") as client:
        for _ in range(3):
            assert client.get(path, headers=bearer("cd_x_y")).status_code == 401
        assert client.get(path, headers=bearer("cd_x_y")).status_code == 429


@pytest.mark.parametrize("rate", ["often", "5/minute;9/hour"])
def test_a_rate_that_would_not_count_is_refused(rate: str) -> None:
    for name in ("rate_limit", "key_rate_limit"):
        with pytest.raises(ValidationError, match="rate"):
            Settings(**{name: rate})


# The secret.


@pytest.mark.usefixtures("_log_restored")
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_key_is_in_no_log_error_metric_or_file(
    serve: Serve, store: KeyStore, tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    key, token = store.create("desk", ["verify", "write", "metrics"], groups=None)
    secret = token.rpartition("_")[2]
    logs.configure(Settings(log_format=form, log_level="debug", log_claims=True, data=tmp_path))
    said: list[str] = []
    with serve(log_claims=True) as client:

        def ask(method: str, path: str, **content) -> None:
            headers = {**bearer(token), **content.pop("headers", {})}
            answer = client.request(method, path, headers=headers, **content)
            said.append(answer.text + str(answer.headers))

        ask("GET", "/v1/info")
        ask("GET", f"/v1/documents/{token}")
        ask("GET", f"/v1/documents?cursor={token}&limit={token}")
        ask("POST", "/v1/search", json={"query": "x", token: token})
        ask("POST", "/v1/search", json={"query": "x", "mode": token})
        ask("POST", "/v1/verify", content="x" * 1_950 + token)
        ask("GET", "/v1/info", headers={"X-Request-ID": token})
        ask("GET", "/v1/info", headers={"Host": token})
        ask("PUT", "/v1/documents/x", json={"text": "x"}, headers={"Origin": token})
        ask("PUT", "/v1/documents/x", json={"text": "x", "published_at": token})
        ask("PUT", "/v1/documents/x", json={"text": "x", "language": token})
        ask("POST", "/v1/documents:import", content=f'{{"id": "y", "{token}": 1}}\n'.encode())
        ask(token, "/v1/info")
        ask("GET", "/metrics")
        KeyStore(tmp_path).revoke(key.id)
        ask("GET", "/v1/info")
    printed = capsys.readouterr()
    written = printed.err + printed.out
    assert f"key={key.id}" in written or f'"key": "{key.id}"' in written
    assert secret not in written
    assert secret[:20] not in written
    for place, answer in enumerate(said):
        assert secret not in answer, place
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert secret.encode() not in file.read_bytes()


def test_a_key_that_is_cut_off_is_redacted_too(store: KeyStore) -> None:
    key, token = store.create("desk", ["verify"])
    for shown in (token, token[:-30]):
        assert redacted(f"at {shown} here") == f"at cd_{key.id}_(secret) here"
    assert redacted(f"cd_{key.id}") == f"cd_{key.id}"
