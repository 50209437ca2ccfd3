# Two commands do everything: `make demo` and `make test`. Both set up what they need.
PYTHON ?= python3.11
# Where torch's CPU build comes from, when plain pip would bring the CUDA one:
#   make setup TORCH_INDEX=<PyTorch's index of CPU wheels>
TORCH_INDEX ?=
BIN := .venv/bin

.PHONY: setup demo test check lock clean
setup: .venv/ready

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt \
		$(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) torch
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

demo: setup  ## the service over examples/, claims over HTTP
	$(BIN)/python examples/demo.py

test: setup check  ## everything CI runs
	$(BIN)/python -m pytest

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/hadolint Dockerfile

lock: setup  ## after a change of dependencies
	$(BIN)/python -m pip install --quiet --upgrade --editable '.[dev]'
	$(BIN)/python -m pip freeze --exclude-editable | sed 's/+cpu$$//' > constraints.txt

clean:
	rm -rf .venv *.egg-info
