# Two commands do everything: `make demo` and `make test`. Both set up what they need.
# PYTHON: the oldest supported version that is installed, or name one: make test PYTHON=python3.13
PYTHON ?= $(or $(firstword $(foreach v,3.11 3.12 3.13,$(shell command -v python$(v)))),python3)
# TORCH_INDEX: where torch's CPU build comes from, when plain pip would bring the CUDA one:
#   make setup TORCH_INDEX=<PyTorch's index of CPU wheels>
TORCH_INDEX ?=
BIN := .venv/bin

.PHONY: setup demo serve-demo quick test fuzz check lock clean
setup: .venv/ready

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt \
		$(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) torch
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
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

faults: setup  ## a quarter of an hour: kills, full disks, load; writes docs/reliability.md
	$(BIN)/python -m tests.faults

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/hadolint Dockerfile
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/python .ci/large_files.py

lock: setup  ## after a change of dependencies
	$(BIN)/python -m pip install --quiet --upgrade --editable '.[dev]'
	$(BIN)/python -m pip freeze --exclude-editable | sed 's/+cpu$$//' > constraints.txt

clean:
	rm -rf .venv *.egg-info
