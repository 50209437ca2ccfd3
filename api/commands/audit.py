"""claimdesk replay, audit export, audit check: verdicts that were kept."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from api.options import AsJson, Data, must_exist, settings
from api.terminal import fail, out, printable, steps

audit_app = typer.Typer(help="Verdicts that were kept.", no_args_is_help=True)
File = Annotated[Path, typer.Argument(help="The sealed file.")]


@audit_app.command("export")
def export_audit(file: File, data: Data = None, as_json: AsJson = False) -> None:
    """Write every kept verdict into one sealed file (JSON-LD), also while the service runs."""
    from api.audit.export import export
    from api.audit.log import audit_of

    log = audit_of(settings(data))
    if not log.place.exists():
        fail(f"nothing is kept in {log.place.where}: see CLAIMDESK_AUDIT")
    with steps() as tell:
        sealed = export(log, file, lambda number: tell("exporting", number, number))
    if as_json:
        print(json.dumps(asdict(sealed)))
    else:
        out.print(f"{file}: {sealed.entries:,} entries, sealed as {sealed.seal}", markup=False)


@audit_app.command("check")
def check_audit(
    file: File,
    seal: Annotated[str | None, typer.Option(help="The seal that it must have.")] = None,
    stamp: Annotated[
        Path | None, typer.Option(help="A time stamp of its seal, which `audit stamp` wrote.")
    ] = None,
    roots: Annotated[
        Path | None, typer.Option(help="PEM certificates of who may have signed the stamp.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say whether a sealed file is as it was written; neither service nor corpus is needed."""
    from api.audit.export import check

    if (stamp is None) != (roots is None):
        fail("--stamp and --roots belong together")
    with steps() as tell:
        sealed = check(file, lambda number: tell("checking", number, number))
    if seal is not None and seal.lower() != sealed.seal:
        fail(f"{file} is sealed as {sealed.seal}: it is another file")
    moment = None
    if stamp is not None and roots is not None:
        from api.audit.stamp import stamped_at

        moment = stamped_at(sealed.seal, stamp.read_bytes(), roots.read_bytes()).isoformat()
    if as_json:
        print(json.dumps({**asdict(sealed), "stamped_at": moment}))
    else:
        when = f", sealed before {moment}" if moment else ""
        out.print(f"{file}: whole, {sealed.entries:,} entries{when}", markup=False)


@audit_app.command("stamp")
def stamp_audit(
    file: File,
    authority: Annotated[str, typer.Argument(help="URL of a time-stamping authority.")],
) -> None:
    """Have the seal of a file time stamped (RFC 3161, extra `stamp`): FILE.tsr beside it.

    The authority is sent a hash of the seal, nothing of the verdicts.
    """
    from api.audit.export import check
    from api.audit.stamp import stamp

    with steps() as tell:
        sealed = check(file, lambda number: tell("checking", number, number))
    target = file.with_name(f"{file.name}.tsr")
    target.write_bytes(stamp(sealed.seal, authority))
    out.print(f"{target}: a time stamp of the seal {sealed.seal}", markup=False)


def replay(
    id: Annotated[str, typer.Argument(help="The verdict's id, as `provenance` has it.")],
    claim: Annotated[
        str | None, typer.Option(help="The claim, where only its hash was kept.")
    ] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Verify the claim of a kept verdict again, and say what is different and why."""
    from api.replay import replay as replayed
    from api.service import Service

    chosen = settings(data)
    must_exist(chosen)
    with Service.open(chosen, writable=False) as service:
        found = replayed(service, id, claim)
    if as_json:
        print(json.dumps(asdict(found), ensure_ascii=False))
        return
    now = found.now if found.now != found.before else "the same today"
    out.print(f"{found.at}: {found.before}; {now}", markup=False)
    for change in found.changes:
        moved = f"{change.before} -> {change.now}"
        parts = [change.kind.replace("_", " "), change.document, moved, change.why]
        out.print(printable("  " + ": ".join(part for part in parts if part)), markup=False)
    if not found.changes:
        out.print("  nothing is different", markup=False)


def register(app: typer.Typer) -> None:
    app.add_typer(audit_app, name="audit")
    app.command()(replay)
