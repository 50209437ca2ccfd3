"""What `--data` says -> a folder, or the address of a PostgreSQL database."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

SCHEMES = ("postgresql", "postgres")
# Parameters of an address that messages may show: they say where the server is.
TOLD = ("host", "port")
# Escapes that libpq refuses with a message that repeats parts of the address.
_BADLY_ENCODED = re.compile(r"%(?![0-9a-f]{2})|%00", re.IGNORECASE)
_HOST = re.compile(r"(\[[0-9a-f:.%]+\]|[^\[\]:]*)(:[0-9]*)?", re.IGNORECASE | re.ASCII)
# libpq's other form of an address, key=value: taken for a folder, it would be shown whole, with its
# password.
_KEYWORDS = re.compile(r"(^|\s)password\s*=", re.IGNORECASE)
_OPTION = re.compile(r"[a-z_]+=[^=]*")
_ENCODED = "in a name or password, each of / ? # @ : % [ ] is percent-encoded"


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
    if not text.strip():
        raise ValueError("it is empty: name a folder or a database")
    if _KEYWORDS.search(text):
        raise ValueError("write a database as postgresql://user:password@host/database")
    if not separator and not text.lower().startswith(tuple(f"{one}:" for one in SCHEMES)):
        return Path(text)
    if scheme not in SCHEMES:
        raise ValueError("it is neither a folder nor a postgresql:// address")
    return database_of(text)


def database_of(text: str) -> Database:
    """The database of an address, as libpq reads it: several hosts and no host are allowed.

    Raises:
        ValueError: it is none; nothing of it is repeated.
    """
    try:
        parts = urlsplit(text)
    except ValueError:  # of brackets; it repeats them
        raise ValueError(_ENCODED) from None
    if text.partition("://")[0] not in SCHEMES:  # libpq takes no capitals
        raise ValueError("it is no postgresql:// address")
    if not text.isprintable() or " " in text:
        raise ValueError("an address holds no spaces or control characters")
    hosts = parts.netloc.rpartition("@")[2]
    stray = parts.fragment or "@" in parts.path or text.endswith("#")
    if stray or not all(_OPTION.fullmatch(one) for one in parts.query.split("&") if one):
        raise ValueError(_ENCODED)
    if _BADLY_ENCODED.search(text):
        raise ValueError(_ENCODED)
    if not all(_HOST.fullmatch(host) for host in hosts.split(",")):
        raise ValueError(f"it names no host, with a port number or without; {_ENCODED}")
    if not parts.path.strip("/") or "/" in parts.path[1:]:
        raise ValueError("name the database: postgresql://host/database")
    return Database(text)
