"""The hosted workflow runs the README's two commands on each Python that the package names."""

import re
import tomllib

import yaml

from tests.conftest import ROOT

WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())
JOB = WORKFLOW["jobs"]["test"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_it_runs_the_two_commands_of_the_readme() -> None:
    first_block = re.search(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text(), re.M | re.S)
    commands = [step["run"] for step in JOB["steps"] if "run" in step]
    assert commands == first_block[1].splitlines() == ["make demo", "make test"]


def test_it_runs_them_on_every_python_of_the_package() -> None:
    named = [line.split()[-1] for line in PROJECT["classifiers"] if "Python ::" in line]
    assert JOB["strategy"]["matrix"]["python"] == named
    assert PROJECT["requires-python"] == f">={named[0]}"
