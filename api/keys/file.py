"""The data folder's keys.json <-> API keys, kept as salted hashes alone."""

from __future__ import annotations

import datetime as dt
import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from filelock import FileLock

from api.errors import KeysUnreadable
from api.keys.key import Key

FILE = "keys.json"
FORMAT = 1
# Seconds to wait for another process that changes the keys.
_LOCK_SECONDS = 10


class KeyFile:
    """See `api.keys.key.KeptKeys`. The file is read again whenever it was replaced."""

    at_hand = True

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._read_at: tuple[int, int, int] | None = None
        self._keys: dict[str, Key] = {}

    def refresh(self) -> None:
        """The file is at hand as it is."""

    def read(self) -> Mapping[str, Key]:
        try:
            found = self.path.stat()
            # Each write makes a new file, so that one of these is another.
            read_at = (found.st_ino, found.st_mtime_ns, found.st_size)
            if read_at != self._read_at:
                self._keys = _parsed(self.path.read_bytes())
                self._read_at = read_at
        except FileNotFoundError:
            self._keys, self._read_at = {}, None
        except (OSError, ValueError, TypeError, KeyError) as error:
            # The keys that were there might let in somebody who was revoked.
            self._keys, self._read_at = {}, None
            raise KeysUnreadable(f"{self.path}: {error}") from error
        return self._keys

    def put(self, key: Key) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self.path.with_suffix(".lock"), timeout=_LOCK_SECONDS):
            self._write({**self.read(), key.id: key}.values())

    def _write(self, keys: Iterable[Key]) -> None:
        """Replace the file, which its owner alone may read; a crash leaves the old or the new."""
        rows = [_row(key) for key in keys]
        text = json.dumps({"format": FORMAT, "keys": rows}, indent=1, ensure_ascii=False)
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{FILE}.")  # mode 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text + "\n")
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self.path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _row(key: Key) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, dt.datetime) else value
        for name, value in asdict(key).items()
    }


def _parsed(text: bytes) -> dict[str, Key]:
    """
    Raises:
        ValueError, TypeError, KeyError: it is not what `_write` writes.
    """
    content = json.loads(text)
    if content["format"] != FORMAT:
        raise ValueError(f"format {content['format']!r} is of another version")
    return {row["id"]: _key(row) for row in content["keys"]}


def _key(row: dict[str, Any]) -> Key:
    times = {
        name: dt.datetime.fromisoformat(row[name]) if row[name] else None
        for name in ("created", "expires", "revoked")
    }
    groups = None if row["groups"] is None else tuple(row["groups"])
    return Key(**{**row, **times, "scopes": tuple(row["scopes"]), "groups": groups})
