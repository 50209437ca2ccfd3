"""A process -> memory that it gives back, where the C library is glibc."""

from __future__ import annotations

import ctypes
from contextlib import suppress

# Arenas of memory that all threads share, and what glibc's mallopt calls their number (malloc.h).
ARENAS, _M_ARENA_MAX = 2, -8


def share_arenas() -> None:
    """Let all threads allocate from a few arenas; call it before there are threads.

    glibc makes one for each thread otherwise, up to eight a core, and each keeps what was freed in
    it: the threads that write the word index, which come and go, leave hundreds of megabytes there.
    """
    with suppress(OSError, AttributeError, TypeError):  # another C library has no such thing
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, ARENAS)
