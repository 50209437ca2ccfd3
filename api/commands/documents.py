"""claimdesk documents: what is in the corpus."""

from __future__ import annotations

import typer

from api.options import AsJson, Data, must_exist, settings
from api.terminal import fail, out, printable
from index.documents import clean

documents_app = typer.Typer(help="What is in the corpus.", no_args_is_help=True)


@documents_app.command("list")
def list_documents(data: Data = None, as_json: AsJson = False) -> None:
    """Every document: id, date, publisher, title."""
    from api.schemas.documents import DocumentInfo, DocumentPage
    from api.service import Service

    with Service.open(settings(data), writable=False, stances=False) as service:
        if as_json:
            every = [DocumentInfo.of(document) for document in service.corpus.all_documents()]
            print(DocumentPage(documents=every, next_cursor=None).model_dump_json())
            return
        for document in service.corpus.all_documents():
            parts = (document.id, document.published_at, document.publisher, document.title)
            print("\t".join(printable(str(part or "")) for part in parts))


@documents_app.command("show")
def show_document(id: str, data: Data = None, as_json: AsJson = False) -> None:
    """A document's text."""
    from api.schemas.documents import DocumentBody
    from api.service import Service

    with Service.open(settings(data), writable=False, stances=False) as service:
        document = service.corpus.get(clean(id))
    if document is None:
        fail(f"no document has the id {id!r}")
    body = DocumentBody.of(document)
    print(body.model_dump_json() if as_json else printable(document.text))


@documents_app.command("versions")
def list_versions(id: str, data: Data = None, as_json: AsJson = False) -> None:
    """The texts that were stored under an id: number, first and last day, what it corrected."""
    from api.schemas.documents import VersionBody, VersionsBody
    from api.service import Service

    with Service.open(settings(data), writable=False, stances=False) as service:
        versions = [VersionBody.of(one) for one in service.corpus.versions(clean(id))]
    if not versions:
        fail(f"no document has the id {id!r}")
    if as_json:
        print(VersionsBody(id=clean(id), versions=versions).model_dump_json())
        return
    for one in versions:
        until = "now" if one.current else f"before {one.until}"
        print(f"{one.version}\t{one.since or 'undated'} to {until}\t{printable(one.title)}")
        for change in one.changes or ():
            for mark, said in (("-", change.old), ("+", change.new)):
                if said:
                    print(f"  {mark} {printable(said)}")


@documents_app.command("delete")
def delete_document(id: str, data: Data = None, as_json: AsJson = False) -> None:
    """Remove a document and its passages."""
    from api.service import Service

    chosen = settings(data)
    must_exist(chosen)
    with Service.open(chosen, writable=True, stances=False) as service:
        if not service.corpus.delete([clean(id)]):
            fail(f"no document has the id {id!r}")
    if not as_json:  # the HTTP body is empty
        out.print(f"deleted {printable(id)}", markup=False)


@documents_app.command("publishers")
def list_publishers(data: Data = None, as_json: AsJson = False) -> None:
    """Every publisher: number of documents, name; most documents first."""
    from api.schemas.documents import PublisherInfo, Publishers
    from api.service import Service

    with Service.open(settings(data), writable=False, stances=False) as service:
        counted = service.corpus.publishers()
    if as_json:
        listed = [PublisherInfo(name=name, documents=number) for name, number in counted]
        print(Publishers(publishers=listed).model_dump_json())
        return
    for name, number in counted:
        print(f"{number}\t{printable(name)}")
