"""An API key without its secret, and how it is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol, get_args

Scope = Literal["verify", "write", "admin", "metrics"]
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)


@dataclass(frozen=True, slots=True)
class Key:
    """An API key without its secret.

    groups: the access groups whose documents it sees beside those that everybody sees; None for
    all. rate: its own rate limit, such as 100/minute; None for that of the settings. digest: of
    salt and secret, in hexadecimal digits.
    """

    id: str
    name: str
    scopes: tuple[Scope, ...]
    groups: tuple[str, ...] | None
    rate: str | None
    created: dt.datetime
    expires: dt.datetime | None
    revoked: dt.datetime | None
    salt: str
    digest: str

    def state(self, now: dt.datetime) -> Literal["valid", "expired", "revoked"]:
        if self.revoked is not None:
            return "revoked"
        return "expired" if self.expires is not None and self.expires <= now else "valid"


class KeptKeys(Protocol):
    """Where keys are kept. Several processes may use one place at once."""

    @property
    def at_hand(self) -> bool:
        """Whether `read` answers at once, without asking another machine."""
        ...

    def refresh(self) -> None:
        """Have what `read` answers, or raises, at hand. It blocks."""
        ...

    def read(self) -> Mapping[str, Key]:
        """Every key by its id.

        Raises:
            KeysUnreadable: the place is damaged, or cannot be reached.
        """
        ...

    def put(self, key: Key) -> None:
        """Keep a key in place of the one of its id; durable on return.

        Raises:
            KeysUnreadable: as above; nothing is kept.
        """
        ...
