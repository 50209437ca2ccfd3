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
START = f"""
import sys
from importlib.metadata import entry_points
import api.app, api.cli, api.server, api.service
for command in entry_points(group="claimdesk.commands"):
    command.load()
print(sorted({HEAVY!r} & set(sys.modules)))
"""


def test_the_service_loads_no_library_that_only_training_or_evaluation_needs() -> None:
    done = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
