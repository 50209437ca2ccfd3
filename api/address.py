"""What `--data` says -> a folder, or the address of a PostgreSQL database."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

SCHEMES = ("postgresql", "postgres")
# Of what an address says after its question mark, what is told of it: where the server is.
TOLD = ("host", "port")
_ENCODED = "in a name or password, each of / ? # @ : % is percent-encoded"


@dataclass(frozen=True, slots=True)
class Database:
    """The address of a PostgreSQL database, of which nothing prints the password."""

    secret: str = field(repr=False)
    """The address as it was given, password included: for the driver alone."""

    def __str__(self) -> str:
        parts = urlsplit(self.secret)
        user, at, hosts = parts.netloc.rpartition("@")
        told = urlencode([one for one in parse_qsl(parts.query) if one[0] in TOLD], safe="/")
        name = user.partition(":")[0]
        return f"{parts.scheme}://{name}{at}{hosts}{parts.path}" + (f"?{told}" if told else "")


Place = Path | Database
"""Where a corpus is."""


def place_of(text: str) -> Place:
    """The folder or the database that a text names.

    Raises:
        ValueError: it is an address of neither; the message repeats nothing of it, for it may hold
            a password.
    """
    scheme, separator, _ = text.partition("://")
    if not separator and not text.lower().startswith(tuple(f"{one}:" for one in SCHEMES)):
        return Path(text)
    if scheme.lower() not in SCHEMES:
        raise ValueError("it is neither a folder nor a postgresql:// address")
    return database_of(text)


def database_of(text: str) -> Database:
    """The database of an address, as libpq reads it: several hosts and no host are allowed.

    Raises:
        ValueError: it is none; nothing of it is repeated.
    """
    parts = urlsplit(text)
    if parts.scheme not in SCHEMES:
        raise ValueError("it is no postgresql:// address")
    if not text.isprintable() or " " in text:
        raise ValueError("an address holds no spaces or control characters")
    hosts = parts.netloc.rpartition("@")[2]
    stray = parts.fragment or "@" in parts.path or text.endswith("#")
    if stray or any("=" not in one for one in parts.query.split("&") if one):
        raise ValueError(_ENCODED)
    for host in hosts.split(","):
        port = host.rpartition("]")[2].partition(":")[2]
        if port and not (port.isascii() and port.isdigit()):
            raise ValueError(f"there is no port number after the host; {_ENCODED}")
    if not parts.path.strip("/") or "/" in parts.path[1:]:
        raise ValueError("name the database: postgresql://host/database")
    return Database(text)
