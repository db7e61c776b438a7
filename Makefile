# Needs Python 3.11 to 3.13 with pip and venv, and make; everything else it brings itself, from the locks.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := 0.13.9
DEMO := What did Turner propose?

.DEFAULT_GOAL := help
.PHONY: help setup demo test bench format lock

help: ## Say what there is to make
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## (.*)/  make \1	\2/'

setup: $(VENV)/.core ## Set up .venv with what onrecord needs to run

$(VENV)/.uv:
	@echo "Making a virtual environment in $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
		|| { echo "onrecord needs Python 3.11 to 3.13; say which with: make PYTHON=python3.12" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv==$(UV)"
	@touch $@

# The development lock holds all of the core lock, so one that is set up for tests is left as it is.
$(VENV)/.core: requirements.lock pyproject.toml | $(VENV)/.uv
	@if [ -e $(VENV)/.dev ]; then $(MAKE) --no-print-directory $(VENV)/.dev; else \
		echo "Installing onrecord from requirements.lock"; \
		$(BIN)/uv pip sync --quiet --python $(VENV) --require-hashes requirements.lock && \
		$(BIN)/uv pip install --quiet --python $(VENV) --offline --no-deps --editable .; fi
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(VENV)/.uv
	@echo "Installing onrecord and its development tools from requirements-dev.lock"
	@$(BIN)/uv pip sync --quiet --python $(VENV) --require-hashes requirements-dev.lock
	@$(BIN)/uv pip install --quiet --python $(VENV) --offline --no-deps --editable .
	@touch $@ $(VENV)/.core

demo: setup ## Ingest the sample articles and ask what Turner proposed
	@echo "Ingesting the sample articles into the library “demo”"
	@$(BIN)/onrecord ingest tests/samples/articles --library demo
	@echo "Asking: $(DEMO)"
	@$(BIN)/onrecord ask "$(DEMO)" --library demo

test: $(VENV)/.dev ## Run everything that CI runs: format, lint, types, imports, tests, quality gate
	@echo "Format and lint"
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@echo "Types"
	@$(BIN)/mypy
	@echo "Import contracts"
	@$(BIN)/lint-imports
	@echo "Tests"
	@$(BIN)/pytest
	@echo "Quality gate"
	@$(BIN)/onrecord eval

bench: $(VENV)/.dev ## Time ingest and questions against the stock recipe, as ratios
	@$(BIN)/python -m tests.bench.stock

format: $(VENV)/.dev ## Format the code and mend what ruff can mend
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lock: | $(VENV)/.uv ## Resolve the two lock files anew from pyproject.toml
	@$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
		pyproject.toml --output-file requirements.lock
	@$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
		--constraints requirements.lock pyproject.toml --group dev --output-file requirements-dev.lock
