"""claimdesk backup, restore, doctor: what is stored -> one file, back, and whether it is whole."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer

from api.address import Database, Place
from api.audit.file import FILE as AUDIT
from api.database import SECONDS
from api.keys.file import FILE as KEYS
from api.options import AsJson, Data, folder_of, settings
from api.terminal import fail, out, printable, steps
from index.examine import MOST_PROBLEMS, Finding
from index.progress import Tell

# Files of a data folder that a backup holds beside the corpus.
BESIDE = (KEYS, AUDIT)
Words = Annotated[
    list[str],
    typer.Argument(metavar="[check] FILE", help="The file; check: look whether it is whole."),
]


def backup(words: Words, data: Data = None, as_json: AsJson = False) -> None:
    """Copy everything that cannot be made again into one file, also while the service runs."""
    if len(words) == 2 and words[0] == "check":
        _check(Path(words[1]), as_json)
    elif len(words) == 1:
        _write(Path(words[0]), data, as_json)
    else:
        fail("usage: claimdesk backup FILE, or claimdesk backup check FILE", 2)


def _write(file: Path, data: str | None, as_json: bool) -> None:
    from index.embedded import backup

    started = time.perf_counter()
    with steps() as tell:
        manifest = backup.write_backup(
            folder_of(settings(data), "pg_dump backs it up (docs/operations.md)"),
            file,
            beside=BESIDE,
            made_by=f"claimdesk {version('claimdesk')}",
            tell=tell,
        )
    if as_json:
        print(json.dumps(manifest))
        return
    took = time.perf_counter() - started
    out.print(
        f"{file}: generation {manifest['generation']}, {manifest['rows_of_documents']:,} documents "
        f"and versions, {file.stat().st_size:,} bytes, {took:.1f} s",
        markup=False, highlight=False, soft_wrap=True,
    )  # fmt: skip


def _check(file: Path, as_json: bool) -> None:
    """Say whether a backup is whole: its hashes, its database, texts, quotes, vectors."""
    from index.embedded import backup
    from index.embedded.doctor import examine

    with steps() as tell, backup.unpacked(file, tell=tell) as (folder, manifest):
        hashes = Finding("backup: files against their hashes", len(manifest["files"]), ())
        findings = [hashes, *examine(folder, tell), *_beside(folder)]
    _report(findings, as_json)


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `backup` wrote.")],
    data: Data = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Also where there is a corpus: it is moved aside.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a data folder of a backup; an older one is brought to this version."""
    from api.restoring import Kept
    from index.embedded import backup

    folder = folder_of(
        settings(data), "restore into a folder and `claimdesk move` it; or pg_restore"
    )
    kept = Kept()
    with steps() as tell:
        restored = backup.restore(file, folder, replace=replace, carry_on=kept.carry_on, tell=tell)
    if as_json:
        print(json.dumps({**asdict(restored), "kept": asdict(kept)}, default=str))
        return
    lines = [f"{restored.folder}: {restored.documents:,} documents and versions"]
    if restored.replaced is not None:
        lines.append(f"what was there before is in {restored.replaced}")
    if kept.keys:
        lines.append("the API keys are those that were there")
    if kept.audit:
        lines.append("the audit log is the one that was there: it goes on from the backup's")
    if restored.erased:
        lines.append(f"{restored.erased:,} documents were left out: they had been erased since")
    for line in lines:
        out.print(printable(line), markup=False, highlight=False, soft_wrap=True)


def doctor(data: Data = None, as_json: AsJson = False) -> None:
    """Say whether all that is stored is what was written; nothing is changed."""
    chosen = settings(data)
    with steps() as tell:
        findings = [*_examined(chosen.data, tell), *_beside(chosen.data, chosen.database_timeout)]
    _report(findings, as_json)


def _examined(place: Place, tell: Tell) -> Iterator[Finding]:
    """The checks of the corpus; what is below the rows of a database is for pg_amcheck."""
    if isinstance(place, Database):
        from index.examine import examine as examine_contents
        from index.postgres import open_contents  # an extra, which most do without

        with open_contents(place.secret) as contents:
            yield from examine_contents(contents, tell)
        return
    from index.embedded.doctor import examine

    yield from examine(place, tell)


def _beside(place: Place, seconds: float = SECONDS) -> Iterable[Finding]:
    """The checks of what lies beside the corpus.

    Args:
        seconds: until a database that does not answer is given up.
    """
    from api.audit.chain import problems
    from api.audit.log import AuditLog
    from api.errors import AuditUnavailable, KeysUnreadable
    from api.keys.keyring import KeyStore

    if isinstance(place, Database) or (place / KEYS).is_file():
        try:
            yield Finding("API keys: readable", len(KeyStore(place, seconds).all()), ())
        except KeysUnreadable as error:
            yield Finding("API keys: readable", 0, (str(error),))
    log = AuditLog(place, seconds)
    if log.place.exists():
        entries, wrong = 0, list[str]()
        try:
            for number, found in problems(log.entries()):
                entries = number
                wrong += found
        except AuditUnavailable as error:
            wrong.append(str(error))
        yield Finding(
            "audit log: hashes and chain of its entries", entries, tuple(wrong[:MOST_PROBLEMS])
        )


def _report(findings: list[Finding], as_json: bool) -> None:
    """Print the findings; the exit status is 1 where something is wrong."""
    wrong = [problem for finding in findings for problem in finding.problems]
    if as_json:
        listed: list[dict[str, Any]] = [asdict(finding) for finding in findings]
        print(json.dumps({"whole": not wrong, "findings": listed}, ensure_ascii=False))
        if wrong:
            raise typer.Exit(1)
        return
    for finding in findings:
        state = f"{len(finding.problems)} wrong" if finding.problems else "whole"
        print(f"{state:>8}  {finding.check}: {finding.looked_at:,}")
        for problem in finding.problems:
            print(f"{'':>8}  - {printable(problem)}")
    if wrong:
        fail("not all that is stored is what was written")


def register(app: typer.Typer) -> None:
    commands: tuple[Callable[..., None], ...] = (backup, restore, doctor)
    for command in commands:
        app.command()(command)
