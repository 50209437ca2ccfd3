"""Git repository -> exit 1 if a file over 1 MB is in it that should not be.

A clone downloads every version of every file, for ever. One large file is allowed, the weights of
the stance model, if its hash is the one in its manifest; and it may change once a release.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

MAX_BYTES = 1_000_000
WEIGHTS = Path("models/stance/model.safetensors.gz")
MANIFEST = WEIGHTS.with_name("manifest.json")
# Commit of release 0.1.0, from which versions of the weights are counted until there is a tag.
FIRST_COUNTED = "388caced4e0252dc2a6ff018ffeb7b8d756a268c"
MAX_NEW_WEIGHTS = 1


def main() -> int:
    problems = [*large_tracked_files(), *large_blobs_in_history()]
    for problem in problems:
        print(f"large files: {problem}", file=sys.stderr)
    return 1 if problems else 0


def large_tracked_files() -> list[str]:
    """One line for each tracked file that is too large, and for weights with a wrong hash."""
    names = git("ls-files", "-z").split("\0")
    large = [file for file in map(Path, filter(None, names)) if size(file) > MAX_BYTES]
    problems = [f"{file} has {size(file):,} bytes" for file in large if file != WEIGHTS]
    if WEIGHTS in large:
        expected = json.loads(MANIFEST.read_text())["sha256"]
        with WEIGHTS.open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != expected:
                problems.append(f"{WEIGHTS} is not the file that {MANIFEST} names")
    return problems


def large_blobs_in_history() -> list[str]:
    """One line for each large blob that was committed since the last release, but one version of
    the weights. Nothing in a shallow clone, which has no history to look at."""
    since = last_release()
    if not since:
        return []
    objects = git("rev-list", "--objects", f"{since}..HEAD", "--")
    paths = dict(line.split(" ", 1) for line in objects.splitlines() if " " in line)
    command = ["git", "cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)"]
    found = subprocess.run(
        command, input="\n".join(paths), capture_output=True, text=True, check=True
    )
    sizes = [line.split() for line in found.stdout.splitlines()]
    large = [paths[name] for name, kind, size in sizes if kind == "blob" and int(size) > MAX_BYTES]
    problems = [
        f"{path} was committed since {since[:12]}" for path in large if Path(path) != WEIGHTS
    ]
    versions = large.count(str(WEIGHTS))
    if versions > MAX_NEW_WEIGHTS:
        problems.append(f"{WEIGHTS} has {versions} versions since {since[:12]}, one is allowed")
    return problems


def last_release() -> str:
    """The nearest tag `v…` before HEAD, or `FIRST_COUNTED`; empty where the clone has neither."""
    for command in (
        ["git", "describe", "--tags", "--abbrev=0", "--match", "v*"],
        ["git", "merge-base", FIRST_COUNTED, "HEAD"],
    ):
        found = subprocess.run(command, capture_output=True, text=True)
        if found.returncode == 0:
            return found.stdout.strip()
    return ""


def size(file: Path) -> int:
    """Size in bytes; 0 for a tracked file that is deleted in the working tree."""
    return file.stat().st_size if file.is_file() else 0


def git(*arguments: str) -> str:
    """Standard output of a git command; a failure is an error."""
    return subprocess.run(["git", *arguments], capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    sys.exit(main())
