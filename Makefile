# `make` lists what there is. Everything runs in .venv, which is made from requirements.lock when needed.
PYTHON ?= python3
ARGS ?=

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
READY := .venv/.ready

# The environment notes the folder and the Python it was made for; when either changed it is made again.
MADE_FOR := $(CURDIR) $(shell $(PYTHON) -V 2>&1)
ifneq ($(shell cat .venv/.made 2>/dev/null),$(MADE_FOR))
.PHONY: .venv/.made
endif

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup run demo test check bench schemas lock clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## make .venv from requirements.lock

.venv/.made: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Sanshe needs Python 3.11 or newer; '$(PYTHON) -V' says: $$($(PYTHON) -V 2>&1 | head -n 1)." \
			"Name a newer one: make $(or $(MAKECMDGOALS),setup) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "'$(PYTHON)' cannot make virtual environments: its ensurepip is missing." \
			"On Debian and Ubuntu: apt install python3-venv. Then make again." >&2; exit 1; }
	@echo "Making .venv from requirements.lock: about a minute, 1 GB ..."
	@$(PYTHON) -m venv --clear .venv
	@$(PIP) install --require-hashes --requirement requirements.lock
	@echo "$(MADE_FOR)" > $@

$(READY): .venv/.made requirements.in pyproject.toml
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

run: $(READY) ## start everything; Ctrl-C stops it
	@$(BIN)/sanshe up $(ARGS)

demo: $(READY) ## play half a year of one street
	@$(BIN)/sanshe demo street $(ARGS)

test: $(READY) ## run the tests (ARGS="tests/funds -k hold" for some)
	@$(BIN)/python -m pytest $(ARGS)

check: $(READY) ## lint, format, types, layers, generated schemas
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m deploy.schemas --check

bench: $(READY) ## measure speed
	@$(BIN)/python -m tests.bench $(ARGS)

schemas: $(READY) ## write schemas/published again
	@$(BIN)/python -m deploy.schemas

lock: ## pin the newest versions of requirements*.in in requirements.lock
	@rm -rf .venv-lock && $(PYTHON) -m venv .venv-lock && .venv-lock/bin/pip install --quiet uv
	@.venv-lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --output-file requirements.lock requirements.in requirements-dev.in
	@rm -rf .venv-lock

clean: ## remove .venv and caches; data stays
	@rm -rf .venv .venv-lock .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
