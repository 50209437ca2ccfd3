"""Threads that come and go leave no memory of their own behind."""

import ctypes
import subprocess
import sys

import pytest

from tests.conftest import ROOT

# Threads that allocate at the same time; printed is how many arenas glibc has made for them.
THREADS = """
import ctypes
import sys
import threading
from api.memory import share_arenas
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
if sys.argv[1] == "shared":
    share_arenas()
together = threading.Barrier(12)

def work():
    together.wait()
    for _ in range(100):
        assert libc.malloc(ctypes.c_size_t(50_000))
    together.wait()

threads = [threading.Thread(target=work) for _ in range(12)]
for one in threads:
    one.start()
for one in threads:
    one.join()
libc.fdopen.restype = ctypes.c_void_p
libc.malloc_info(0, ctypes.c_void_p(libc.fdopen(1, b"w")))
libc.fflush(None)
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_info"), reason="not glibc")
def test_threads_share_a_few_arenas() -> None:
    def arenas(how: str) -> int:
        command = [sys.executable, "-c", THREADS, how]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        return done.stdout.count("<heap nr=")

    assert arenas("shared") <= 2 < arenas("each its own")
