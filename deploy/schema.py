"""Kubernetes' JSON schemas -> one file with what deploy/kubernetes needs of them.

pip install kubernetes-validate==1.37.0  (108 MB, so it is no part of `make setup`)
python deploy/schema.py .../kubernetes_validate/kubernetes-json-schema/v1.34.0-local-strict
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

DEFINITIONS = "$defs"
KINDS = (
    "configmap-v1", "deployment-apps-v1", "horizontalpodautoscaler-autoscaling-v2", "namespace-v1",
    "networkpolicy-networking-v1", "poddisruptionbudget-policy-v1", "service-v1",
    "statefulset-apps-v1",
)  # fmt: skip
TARGET = Path(__file__).with_name("kubernetes-schema.json")


def bare(schema: Any) -> Any:
    """A schema without comments and descriptions, whose references are to this file."""
    if isinstance(schema, list):
        return [bare(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: value[value.index("#") :] if name == "$ref" else bare(value)
        for name, value in schema.items()
        # A field may be called description: then its value is a schema.
        if not name.startswith(("x-kubernetes", "$schema", "$id"))
        and not (name == "description" and isinstance(value, str))
    }


def references(schema: Any) -> set[str]:
    """The names of the definitions that a schema refers to."""
    if isinstance(schema, list):
        return set().union(*map(references, schema))
    if not isinstance(schema, dict):
        return set()
    own = {str(schema["$ref"]).rpartition("/")[2]} if isinstance(schema.get("$ref"), str) else set()
    return own.union(*map(references, schema.values()))


def bundle(folder: Path) -> dict[str, Any]:
    """A schema that admits an object of each of the kinds, and nothing else."""
    every = json.loads((folder / "_definitions.json").read_text())[DEFINITIONS]
    kinds = [bare(json.loads((folder / f"{name}.json").read_text())) for name in KINDS]
    for kind in kinds:
        kind["properties"].pop("status", None)  # nobody writes it
        kind["required"] = ["apiVersion", "kind", "metadata"]
    definitions: dict[str, Any] = {}
    waiting = references(kinds)
    while waiting:
        name = waiting.pop()
        if name not in definitions:
            definitions[name] = bare(every[name])
            waiting |= references(definitions[name])
    return {
        "$comment": "Of Kubernetes 1.34 (github.com/kubernetes/kubernetes, Apache-2.0), made by "
        "deploy/schema.py",
        "properties": {"kind": {"enum": [one["properties"]["kind"]["enum"][0] for one in kinds]}},
        "required": ["kind"],
        "allOf": [
            {"if": {"properties": {"kind": {"const": one["properties"]["kind"]["enum"][0]}}},
             "then": one}
            for one in kinds
        ],
        DEFINITIONS: definitions,
    }  # fmt: skip


if __name__ == "__main__":
    made = bundle(Path(sys.argv[1]))
    TARGET.write_text(json.dumps(made, separators=(",", ":"), sort_keys=True) + "\n")
