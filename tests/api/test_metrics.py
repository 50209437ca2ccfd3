"""Metrics: what is counted, and that dashboard and alerts ask for nothing else."""

import json
import re
from collections.abc import Iterator

import pytest
import yaml
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from api.service import Service
from tests.api.answers import CLAIM
from tests.conftest import ROOT, OpenEmbedded, client_for

DASHBOARD = json.loads((ROOT / "ops/grafana.json").read_text())
ALERTS = yaml.safe_load((ROOT / "ops/alerts.yml").read_text())
RULES = [rule for group in ALERTS["groups"] for rule in group["rules"]]
ASKED = [
    *(target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]),
    *(rule["expr"] for rule in RULES),
]
_NAME = re.compile(r"claimdesk_\w+")
_LABELS = re.compile(r"(claimdesk_\w+)\{([^}]*)\}")


@pytest.fixture
def served(weighing_service: Service) -> Iterator[TestClient]:
    with client_for(weighing_service) as client:
        client.post("/v1/verify", json={"claim": CLAIM})
        client.post("/v1/verify", json={"claim": CLAIM})
        client.get("/v1/documents/none")
        yield client


def exposed(client: TestClient) -> dict[str, list[tuple[dict[str, str], float]]]:
    """The samples of each series, by its full name."""
    found: dict[str, list[tuple[dict[str, str], float]]] = {}
    for family in text_string_to_metric_families(client.get("/metrics").text):
        for sample in family.samples:
            found.setdefault(sample.name, []).append((sample.labels, sample.value))
        # A metric with labels that nothing has had yet has no sample.
        found.setdefault(family.name, [])
    return found


def test_dashboard_and_alerts_ask_for_what_is_exposed(served: TestClient) -> None:
    found = exposed(served)
    asked = {name for expression in ASKED for name in _NAME.findall(expression)}
    assert asked <= set(found)
    for expression in ASKED:
        for name, matchers in _LABELS.findall(expression):
            wanted = set(re.findall(r"(\w+)!?=~?\"", matchers))
            assert all(wanted <= set(labels) for labels, _ in found[name]), expression


def test_every_metric_is_on_the_dashboard_and_in_the_documentation(served: TestClient) -> None:
    text = served.get("/metrics").text
    shown = " ".join(ASKED)
    documented = (ROOT / "docs/operations.md").read_text()
    families = [*text_string_to_metric_families(text)]
    assert len(families) > 10
    for family in families:
        if family.name.endswith("_created"):  # the moment a counter began
            continue
        assert family.name in shown, family.name
        name = f"{family.name}_total" if family.type == "counter" else family.name
        assert f"`{name}`" in documented, name


def test_expressions_are_balanced_and_alerts_say_what_to_do() -> None:
    for expression in ASKED:
        for opening, closing in ("()", "{}", "[]"):
            assert expression.count(opening) == expression.count(closing), expression
    assert len({rule["alert"] for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert set(rule["annotations"]) == {"summary", "description"}
        assert rule["labels"]["severity"] in {"page", "ticket"}


def test_stages_models_and_caches_are_measured(served: TestClient) -> None:
    found = exposed(served)
    stages = {labels["stage"]: value for labels, value in found["claimdesk_stage_seconds_count"]}
    assert {"embed", "dense", "lexical", "stance", "differences"} <= set(stages)
    lanes = {labels["lane"]: value for labels, value in found["claimdesk_model_seconds_count"]}
    assert lanes["claims"] == 1  # the second time it was remembered
    hits = {labels["cache"]: value for labels, value in found["claimdesk_cache_hits"]}
    misses = {labels["cache"]: value for labels, value in found["claimdesk_cache_misses"]}
    assert (hits["answers"], misses["answers"]) == (1, 1)
    assert found["claimdesk_index_lag"] == [({}, 0)]


def test_indexes_that_are_built_from_nothing_are_counted(open_embedded: OpenEmbedded) -> None:
    corpus = open_embedded()
    assert corpus.rebuilds()["words"] == 1
    corpus.close()
    again = open_embedded()
    assert again.rebuilds()["words"] == 0
    again.close()


def test_a_method_that_was_made_up_makes_no_series(served: TestClient) -> None:
    served.request("BREW", "/v1/info")
    methods = {labels["method"] for labels, _ in exposed(served)["claimdesk_requests_total"]}
    assert methods <= {"GET", "POST", "other"}
    assert "other" in methods
