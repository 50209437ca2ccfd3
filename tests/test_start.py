"""What a start loads: libraries of one command are not paid for by the others."""

import subprocess
import sys

HEAVY = {
    "torch",
    "transformers",
    "sentence_transformers",
    "sklearn",
    "scipy",
    "pandas",
    "matplotlib",
}
COMMANDS = """
import sys
from importlib.metadata import entry_points
import api.cli, api.service
for command in entry_points(group="claimdesk.commands"):
    command.load()
"""


def loaded(code: str, of: set[str]) -> str:
    code += f"print(sorted({of!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_service_loads_no_library_that_only_training_or_evaluation_needs() -> None:
    assert loaded(f"{COMMANDS}import api.app, api.server\n", HEAVY) == "[]"


def test_models_are_read_before_the_web_framework() -> None:
    assert loaded(COMMANDS, {"fastapi", "uvicorn", "starlette"}) == "[]"
