"""python -m tests.mutants: changes one thing at a time in retrieval/values; its tests must notice.

cosmic-ray, of .venv/tools, knows what can be changed. Copies of the tree are changed, never it.
"""

from __future__ import annotations

import argparse
import difflib
import os
import queue
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator
from rich.console import Console
from rich.progress import track

ROOT = Path(__file__).parent.parent
CODE = Path("retrieval/values")
COPIED = ["api", "index", "retrieval", "tests"]
# One change stands for those like it: "+" becomes "-", not ">>" as well. "|" stays: most are types.
OPERATORS = [
    f"core/{name}" for name in (
        "NumberReplacer", "AddNot", "ReplaceAndWithOr", "ReplaceOrWithAnd",
        "ReplaceTrueWithFalse", "ReplaceFalseWithTrue",
        "ReplaceUnaryOperator_Delete_Not", "ReplaceUnaryOperator_Delete_USub",
        "ReplaceComparisonOperator_Eq_NotEq", "ReplaceComparisonOperator_NotEq_Eq",
        "ReplaceComparisonOperator_Lt_LtE", "ReplaceComparisonOperator_LtE_Lt",
        "ReplaceComparisonOperator_Gt_GtE", "ReplaceComparisonOperator_GtE_Gt",
        "ReplaceComparisonOperator_Is_IsNot", "ReplaceComparisonOperator_IsNot_Is",
        "ReplaceBinaryOperator_Add_Sub", "ReplaceBinaryOperator_Sub_Add",
        "ReplaceBinaryOperator_Mul_Div", "ReplaceBinaryOperator_Div_Mul",
        "ReplaceBinaryOperator_FloorDiv_Mul", "ReplaceBinaryOperator_Mod_Mul",
        "ReplaceBinaryOperator_Pow_Mul", "ReplaceBinaryOperator_BitAnd_BitOr",
        "ReplaceContinueWithBreak", "ReplaceBreakWithContinue", "ZeroIterationForLoop",
        "ExceptionReplacer",
    )
]  # fmt: skip
# Tests that measure time say nothing on a busy machine; those of random text draw the same text.
TESTS = [
    *("-m", "pytest", "tests/retrieval/values", "tests/retrieval/test_differences.py", "-q", "-x"),
    *("--noconftest", "-c", os.devnull),
    *("--rootdir", ".", "-p", "no:cacheprovider", "-p", "_hypothesis_pytestplugin"),
    *("--hypothesis-seed", "0", "-k", "not takes and not libraries_of_units"),
]
# No bytecode: two changes within one second could be taken for one another.
ENVIRONMENT = {"PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
# Seconds that the tests may take without a change.
UNCHANGED = 120.0


@dataclass(frozen=True)
class Mutant:
    file: Path
    line: int
    before: str
    operator: str
    occurrence: int

    def code(self) -> str:
        """Returns the file's text with the change."""
        return str(mutate_code(self.before, get_operator(self.operator)(), self.occurrence))

    def difference(self) -> str:
        lines = difflib.unified_diff(
            self.before.splitlines(), self.code().splitlines(), lineterm="", n=0
        )
        return "\n".join(line for line in lines if line[:2] not in {"--", "++", "@@"})


def mutants(file: Path) -> Iterator[Mutant]:
    text = (ROOT / file).read_text("utf-8")
    nodes, lines = list(ast_nodes(get_ast(text))), text.splitlines()
    for name in OPERATORS:
        operator = get_operator(name)()
        starts = [start for node in nodes for start, _ in operator.mutation_positions(node)]
        for occurrence, (line, _) in enumerate(starts):
            # No answer depends on how much is cached, on a frozen class, or on a check of lengths.
            code = lines[line - 1]
            checks = "strict=True" in code and name.endswith("TrueWithFalse")
            if not checks and not code.lstrip().startswith("@"):
                yield Mutant(file, line, text, name, occurrence)


def tests_pass(copy: Path, limit: float) -> bool:
    """Says whether the tests pass in a copy of the tree, within a limit in seconds."""
    try:
        return not subprocess.run(
            [str(ROOT / ".venv/bin/python"), *TESTS],
            cwd=copy, env=os.environ | ENVIRONMENT, timeout=limit, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        ).returncode  # fmt: skip
    except subprocess.TimeoutExpired:
        return False


def copies_of_the_tree(folder: Path, count: int) -> list[Path]:
    copies = [folder / str(at) for at in range(count)]
    left_out = shutil.ignore_patterns("__pycache__")
    for copy in copies:
        for part in COPIED:
            shutil.copytree(ROOT / part, copy / part, ignore=left_out)
    return copies


def time_limit(copy: Path) -> float:
    """Seconds after which a mutant counts as caught: it does not end. Exits where the tests fail
    without a change, and where they do not notice that the copy cannot be imported."""
    started = time.monotonic()
    if not tests_pass(copy, UNCHANGED):
        sys.exit("the tests fail without a change")
    limit = 20 + 5 * (time.monotonic() - started)
    package = copy / CODE / "__init__.py"
    text = package.read_text("utf-8")
    package.write_text("raise ImportError\n")
    if tests_pass(copy, UNCHANGED):
        sys.exit("the tests do not read the copy")
    package.write_text(text, "utf-8")
    return limit


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutants")
    parser.add_argument("files", nargs="*", help="names of modules; without one, all of them")
    parser.add_argument("--sample", type=int, help="how many mutants are drawn; without it, all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most", type=float, default=0.25, help="the share that may survive")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


def main() -> None:
    given = arguments()
    files = [CODE / f"{Path(name).stem}.py" for name in given.files] or [
        file.relative_to(ROOT) for file in sorted((ROOT / CODE).glob("*.py"))
    ]
    if missing := [str(file) for file in files if not (ROOT / file).is_file()]:
        sys.exit(f"there is no {', '.join(missing)}")
    every = [mutant for file in files for mutant in mutants(file)]
    count = min(given.sample or len(every), len(every))
    chosen = random.Random(given.seed).sample(every, count)
    run, survived = Counter[str](), Counter[str]()
    console = Console(soft_wrap=True, highlight=False, markup=False)
    with tempfile.TemporaryDirectory() as folder:
        copies: queue.Queue[Path] = queue.Queue()
        for copy in copies_of_the_tree(Path(folder), given.jobs):
            copies.put(copy)
        limit = time_limit(copy)

        def survives(mutant: Mutant) -> bool:
            copy = copies.get()
            try:
                (copy / mutant.file).write_text(mutant.code(), "utf-8")
                return tests_pass(copy, limit)
            finally:
                (copy / mutant.file).write_text(mutant.before, "utf-8")
                copies.put(copy)

        with ThreadPoolExecutor(given.jobs) as pool:
            results = track(pool.map(survives, chosen), "mutants", count, console=console)
            for mutant, alive in zip(chosen, results, strict=True):
                run[mutant.file.name] += 1
                survived[mutant.file.name] += alive
                if alive:
                    console.print(f"{mutant.file}:{mutant.line}\n{mutant.difference()}")
    for name in sorted(run):
        print(f"{name}: {run[name] - survived[name]} of {run[name]} caught")
    share = survived.total() / max(1, count)
    print(f"{count} of {len(every)} mutants, seed {given.seed}: {share:.1%} survived")
    if share > given.most:
        sys.exit(f"more than {given.most:.0%} survived")


if __name__ == "__main__":
    main()
