"""What is installed is pinned, and each pin has the hashes of its files."""

import re
import subprocess
import tomllib
from itertools import chain

from tests.conftest import ROOT

PIN = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s\\;]+)")

# Of an extra that neither `make setup` nor CI installs, for its size: its versions are the user's.
NEVER_INSTALLED = {"ray"}


def pins(file: str) -> dict[str, str]:
    found = PIN.findall((ROOT / file).read_text())
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


def test_every_pin_has_a_hash_and_the_lock_is_of_the_pins() -> None:
    assert pins("requirements.lock") == pins("constraints.txt"), "run `make hashes`"
    blocks = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text().strip())
    assert len(blocks) == len(pins("constraints.txt"))
    for block in blocks:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block[:60]


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [
        *project["dependencies"],
        *chain.from_iterable(project["optional-dependencies"].values()),
    ]
    names = {re.split(r"[\[<>=; ]", line)[0].lower().replace("_", "-") for line in asked}
    assert names - {"claimdesk"} - NEVER_INSTALLED <= set(pins("constraints.txt"))


def test_the_tools_are_pinned_and_ship_with_nothing() -> None:
    tools = pins("ops/tools.txt")
    assert {"pip-audit", "pip-licenses", "cyclonedx-bom", "uv"} <= set(tools)
    lines = [line for line in (ROOT / "ops/tools.txt").read_text().splitlines() if line]
    assert all(line.startswith("#") or "==" in line for line in lines)


def test_a_locked_setup_installs_nothing_but_torch_without_its_hash() -> None:
    """What is needed by something else would come from the registry as it is that day."""
    command = ["make", "--dry-run", "--always-make", "setup", "LOCKED=1"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    installs = re.findall(r"pip install (.*)", said.replace("\\\n", " "))
    assert len(installs) == 3
    assert all("--no-deps" in one for one in installs)
    assert ["--require-hashes" in one for one in installs] == [False, True, False]
    assert installs[0].split()[-1] == "torch"
    assert "--no-build-isolation" in installs[2]
    assert "setuptools" in pins("requirements.lock")
