"""claimdesk keys: who may ask a service that is reached over a network, and for what."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Any

import typer

from api.keys.key import SCOPES, Key, Scope
from api.keys.keyring import keys_of
from api.options import AsJson, Data, settings
from api.rate import rate_of
from api.terminal import err, fail, out, printable

keys_app = typer.Typer(help="API keys: who may ask, and for what.", no_args_is_help=True)
# Longest name of a key or of a group, in characters.
MAX_NAME_CHARS = 100


@keys_app.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="Whose key it is, for the list.")],
    scope: Annotated[
        list[str] | None,
        typer.Option(help="verify (the default), write, admin or metrics; may be repeated."),
    ] = None,
    group: Annotated[
        list[str] | None,
        typer.Option(help="An access group whose documents it sees; repeatable. Admin sees all."),
    ] = None,
    all_groups: Annotated[
        bool, typer.Option("--all-groups", help="It sees the documents of every group.")
    ] = False,
    days: Annotated[int | None, typer.Option(min=1, help="Days until it expires.")] = None,
    rate: Annotated[str | None, typer.Option(help="Its own rate limit: 100/minute.")] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Make a key, and print it this once: only its hash is kept."""
    scopes: list[Scope] = [known for known in SCOPES if known in (scope or ["verify"])]
    if wrong := set(scope or []) - set(SCOPES):
        fail(f"{', '.join(sorted(wrong))}: no scope; there are {', '.join(SCOPES)}")
    if not name.strip() or len(name) > MAX_NAME_CHARS:
        fail(f"a name has 1 to {MAX_NAME_CHARS} characters")
    if all_groups and group:
        fail("give --group or --all-groups, not both")
    if rate is not None:
        try:
            rate_of(rate)
        except ValueError as error:
            fail(str(error))
    key, token = keys_of(settings(data)).create(
        name.strip(),
        scopes,
        groups=None if all_groups else (group or []),
        expires=_after(days) if days else None,
        rate=rate,
    )
    if as_json:
        print(json.dumps({**_shown(key), "key": token}, ensure_ascii=False))
        return
    print(token)
    err.print(f"{key.id}: keep it now, it is not shown again", highlight=False)


@keys_app.command("list")
def list_keys(data: Data = None, as_json: AsJson = False) -> None:
    """Every key: id, state, scopes, groups, end, name. Never the key itself."""
    keys = keys_of(settings(data)).all()
    if as_json:
        print(json.dumps({"keys": [_shown(key) for key in keys]}, ensure_ascii=False))
        return
    for key in keys:
        groups = "all groups" if key.groups is None else ",".join(key.groups) or "no group"
        end = f"until {key.expires:%Y-%m-%d}" if key.expires else "no end"
        row = (key.id, key.state(dt.datetime.now(dt.UTC)), ",".join(key.scopes), groups, end)
        print("\t".join(printable(part) for part in (*row, key.name)))


@keys_app.command("revoke")
def revoke_key(
    id: Annotated[str, typer.Argument(help="The key's public id, as `list` shows it.")],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Let nobody in with this key any more; a running service notices within a second."""
    key = keys_of(settings(data)).revoke(id)
    if as_json:
        print(json.dumps(_shown(key), ensure_ascii=False))
    else:
        out.print(f"revoked {key.id} ({printable(key.name)})", markup=False)


def _after(days: int) -> dt.datetime:
    try:
        return dt.datetime.now(dt.UTC).replace(microsecond=0) + dt.timedelta(days=days)
    except OverflowError:
        fail(f"--days {days} is too long")


def _shown(key: Key) -> dict[str, Any]:
    """What may be known of a key."""
    return {
        "id": key.id,
        "name": key.name,
        "state": key.state(dt.datetime.now(dt.UTC)),
        "scopes": list(key.scopes),
        "groups": None if key.groups is None else list(key.groups),
        "rate": key.rate,
        "created": key.created.isoformat(),
        "expires": key.expires and key.expires.isoformat(),
        "revoked": key.revoked and key.revoked.isoformat(),
    }
