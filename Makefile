# Passerelle: `make run` starts everything on this machine, `make test` checks everything. `make help` lists the rest.

SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
export PYTHONTZPATH :=
# Files in a bucket need a few packages more (requirements-s3.txt holds those of requirements.txt, too).
LOCK := requirements$(if $(STORAGE_URL),-s3).txt
INSTALLED := $(VENV)/.installed$(if $(STORAGE_URL),-s3)

.PHONY: help run install install-dev test check proof fmt messages screenshots bench stop clean lock

help:  ## List these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-20s %s\n", $$1, $$2}'

run: $(INSTALLED)  ## Start everything on this machine (DEMO=0 starts empty); Ctrl-C stops it
	@exec $(BIN)/passerelle run

test: $(VENV)/.installed-dev  ## Check everything, as the build does: style, types, contracts, tests, browser journeys
	@exec $(BIN)/python scripts/check.py all

check: $(VENV)/.installed-dev  ## The quick half of `make test`: no tests are run
	@exec $(BIN)/python scripts/check.py quick

proof: $(VENV)/.installed-dev  ## Run every promise at full count (long); results go to docs/proofs/
	@exec $(BIN)/python scripts/proof.py

fmt: $(VENV)/.installed-dev  ## Format the code
	@$(BIN)/ruff format -q . && $(BIN)/ruff check -q --fix-only . || true

messages: $(VENV)/.installed-dev  ## Add new texts to the French catalogues, to be translated; take out those that are gone
	@exec $(BIN)/python scripts/translations.py --update

screenshots: $(VENV)/.installed-dev  ## Take the pictures of the README (docs/screenshots/)
	@exec $(BIN)/python scripts/screenshots.py

bench: $(VENV)/.installed-dev  ## Run the benchmarks; figures stay beside each in benchmarks/
	@exec $(BIN)/python scripts/bench.py

install: $(INSTALLED)  ## Create the environment that `make run` needs
install-dev: $(VENV)/.installed-dev  ## Create the environment that `make test` needs

stop:  ## Stop the servers that a broken run or test left behind
	@[ ! -x $(BIN)/passerelle ] || $(BIN)/python scripts/stop.py

clean: stop  ## Remove the environment and every file made here (the data under var/ too)
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

lock: $(VENV)/.installed-dev  ## Write the lock files anew from pyproject.toml
	$(BIN)/uv lock -q --upgrade
	$(BIN)/uv export -q --frozen --no-emit-project --no-dev --format requirements-txt > requirements.txt
	$(BIN)/uv export -q --frozen --no-emit-project --no-dev --extra s3 --format requirements-txt > requirements-s3.txt
	$(BIN)/uv export -q --frozen --no-emit-project --only-group dev --format requirements-txt > requirements-dev.txt

$(INSTALLED): $(LOCK) scripts/install.sh
	@PYTHON="$(PYTHON)" sh scripts/install.sh $(VENV) $(LOCK)
	@touch $@

$(VENV)/.installed-dev: $(INSTALLED) requirements-dev.txt
	@PYTHON="$(PYTHON)" sh scripts/install.sh $(VENV) $(LOCK) requirements-dev.txt
	@sh scripts/install_chromium.sh
	@touch $@
