"""claimdesk erase, deindex, hold: what people decide about a document beside its content."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.options import AsJson, Data, must_exist, settings
from api.terminal import err, fail, out, printable
from index.documents import clean
from index.erasure import Restricted, Restriction

if TYPE_CHECKING:
    from api.service import Service

Id = Annotated[str, typer.Argument(help="The document's id, as `documents list` shows it.")]


def erase(
    id: Id,
    forget: Annotated[
        bool, typer.Option("--forget", help="Let what was erased be stored again instead.")
    ] = False,
    deleted: Annotated[
        bool, typer.Option("--deleted", help="Also where it was deleted before.")
    ] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Remove a document with all its versions so that nothing of it is left, for good."""
    from api.schemas.erasure import ReceiptBody

    with _writing(data) as service:
        if forget:
            if not service.corpus.forget_erasure(clean(id)):
                fail(f"no document of the id {id!r} was erased")
            if not as_json:  # the HTTP body is empty
                out.print(printable(f"{id} may be stored again"), markup=False)
            return
        receipt = service.erase(clean(id), deleted=deleted)
    if receipt is None:
        fail(f"no document has the id {id!r}; of one that was deleted before, say --deleted")
    if as_json:
        print(ReceiptBody.of(receipt).model_dump_json())
    else:
        out.print(
            f"erased {printable(id)}: {receipt.versions} versions, {receipt.passages} passages",
            markup=False,
        )
        for place in receipt.places:
            line = f"{place.found:>6} found  {place.name}: {place.search}"
            out.print(printable(line), markup=False, soft_wrap=True)
        if receipt.copies:
            copies = ", ".join(receipt.copies)
            err.print(printable(f"the same text is kept as {copies}"), markup=False, soft_wrap=True)
    if not receipt.is_complete:
        fail("something of it is still there: see the lines above that are not 0")


def deindex(
    id: Id,
    undo: Annotated[bool, typer.Option("--undo", help="Show it in answers again.")] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Keep a document, and show it in no answer, whatever is stored under its id."""
    _restrict(id, "deindexed", undo, data, as_json, ("is in no answer", "is in answers again"))


def hold(
    id: Annotated[str, typer.Argument(help="The document's id; none: list what is held.")] = "",
    lift: Annotated[bool, typer.Option("--lift", help="Let it be changed again.")] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Refuse to change, delete, erase or de-index a document; without an id, list those."""
    if id:
        _restrict(id, "held", lift, data, as_json, ("is held", "is held no more"))
        return
    from api.service import Service

    with Service.open(settings(data), writable=False, stances=False) as service:
        restricted = service.corpus.restricted()
    if as_json:
        print(_body(restricted))
        return
    for one in restricted:
        print(f"{one.kind}\t{one.since:%Y-%m-%d}\t{printable(one.document_id)}")


def _restrict(
    id: str,
    kind: Restriction,
    lift: bool,
    data: str | None,
    as_json: bool,
    says: tuple[str, str],
) -> None:
    with _writing(data) as service:
        if not service.corpus.restrict(clean(id), kind, lift=lift):
            fail(f"no document has the id {id!r}")
        restricted = [one for one in service.corpus.restricted() if one.document_id == clean(id)]
    if as_json:
        print(_body(restricted))
    else:
        out.print(printable(f"{id} {says[lift]}"), markup=False)


def _body(restricted: Iterable[Restricted]) -> str:
    from api.schemas.erasure import RestrictionBody, Restrictions

    listed = [RestrictionBody.of(one) for one in restricted]
    return Restrictions(restrictions=listed).model_dump_json()


@contextmanager
def _writing(data: str | None) -> Iterator[Service]:
    from api.service import Service

    chosen = settings(data)
    must_exist(chosen)
    with Service.open(chosen, writable=True, stances=False) as service:
        yield service


def register(app: typer.Typer) -> None:
    commands: tuple[Callable[..., Any], ...] = (erase, deindex, hold)
    for command in commands:
        app.command()(command)
