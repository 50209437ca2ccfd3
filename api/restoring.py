"""What lies beside a corpus that a backup replaces -> what goes on in the restored folder.

Keys that were revoked since the backup was made let nobody in again, verdicts that were kept since
are still found, and quotes of what was erased since do not come back.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from api.audit.chain import problems
from api.audit.file import FILE as AUDIT
from api.audit.log import AuditLog
from api.errors import AuditUnavailable, KeysUnreadable
from api.keys.file import FILE as KEYS
from api.keys.keyring import KeyStore
from index.embedded.backup import Replacing, copy


@dataclass
class Kept:
    """Whether API keys and audit log are those that were there before, not those of the backup."""

    keys: bool = False
    audit: bool = False

    def carry_on(self, restore: Replacing) -> None:
        """Keep what is newer than the backup, if it is whole; erase from the audit log again."""
        if (restore.replaced / KEYS).is_file() and _are_readable(KeyStore(restore.replaced)):
            copy(restore.replaced / KEYS, restore.restored / KEYS)
            (restore.restored / KEYS).chmod(0o600)
            self.keys = True
        log = AuditLog(restore.restored)
        if _goes_on(AuditLog(restore.replaced), log):
            file = restore.restored / AUDIT
            file.unlink(missing_ok=True)
            copy(restore.replaced / AUDIT, file)
            file.chmod(0o600)
            self.audit = True
        erased = {id for id in log.documents() if restore.is_erased(id)} | restore.erased.keys()
        for id in sorted(erased):
            log.redact(id, [*restore.erased.get(id, ()), *log.quotes_of(id)])


def _are_readable(keys: KeyStore) -> bool:
    try:
        keys.all()
    except KeysUnreadable:
        return False
    return True


def _goes_on(log: AuditLog, earlier: AuditLog) -> bool:
    """Whether a log is whole and begins with all that the earlier one holds."""
    if not log.place.exists():
        return False
    try:
        known = deque(earlier.entries(), maxlen=1)
        # Each entry is linked to all before it.
        has_known = not known or any(entry.hash == known[0].hash for entry in log.entries())
        return has_known and not any(wrong for _, wrong in problems(log.entries()))
    except AuditUnavailable:
        return False
