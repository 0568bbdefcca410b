# Two commands do everything: `make serve` and `make test`. Settings: WHATWORKS_HOST, WHATWORKS_PORT, WHATWORKS_DATA … (docs/reference/settings.md).
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: help serve test lint audit bench clean

help: ## show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /make \1\t/'

serve: $(VENV)/.installed ## publish the knowledge that ships, if there is none, and serve it on http://127.0.0.1:8000
	@$(BIN)/whatworks serve

test: $(VENV)/.tested lint ## everything that the tests need, then the tests
	@$(BIN)/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

lint: $(VENV)/.tested ## style and types
	@$(BIN)/ruff check .
	@$(BIN)/mypy

audit: $(VENV)/.tested ## ask public databases whether a pinned version has a known hole
	@$(BIN)/python tests/audit_packages.py

bench: $(VENV)/.installed ## measure against the peers, as ratios
	@$(BIN)/python -m bench --keep; $(BIN)/python -m bench --document > docs/benchmarks.md

clean: ## remove what was installed; the data folder stays
	rm -rf $(VENV) web/static/vendor

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --group test
	@touch $@
