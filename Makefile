# One word per chore. `make serve` and `make test` need nothing but a Python of 3.11 or newer.
# DECOMPASS_HOST, DECOMPASS_PORT, DECOMPASS_DATABASE_URL and the other settings are read by the service itself.

VENV := .venv
BIN := $(VENV)/bin
LOCKING := build/locking
CANDIDATES := python3 python3.13 python3.12 python3.11 python3.14 python
NEW_ENOUGH := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
# The first that works. A name of your own goes before: make serve PYTHON=python3.12
PYTHON ?= $(shell for each in $(CANDIDATES); do \
	if "$$each" -c '$(NEW_ENOUGH)' 2>/dev/null; then echo "$$each"; break; fi; done)

INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
LOCK := $(LOCKING)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate $(UPGRADE)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help serve migrate test fast proofs wire browser interop postgres faults check check-knowledge docs bench lock clean

help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 17

serve: $(VENV)/.runtime ## Make missing secrets, migrate the databases and serve on loopback; prints where the documentation is
	$(BIN)/decompass secrets
	$(BIN)/decompass migrate
	exec $(BIN)/decompass serve

migrate: $(VENV)/.runtime ## Bring the databases of DECOMPASS_DATABASE_URL and DECOMPASS_KEYS_URL to the newest schema
	$(BIN)/decompass migrate

test: fast proofs wire browser interop postgres faults ## Every test: the fast suite first, then proofs of the rules, sockets, the browser, tools of others, PostgreSQL, the faults

fast: $(VENV)/.development ## The fast suite: no proofs, no sockets, no browser, no tools of others, no PostgreSQL, no faults
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal -m "not proof and not wire and not browser and not interop and not postgres and not fault"

proofs: $(VENV)/.development ## What must hold of the ruleset as a whole
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal -m proof

wire: $(VENV)/.development ## Real sockets and the program itself, with its real waits
	$(BIN)/python -m pytest --numprocesses auto -m wire

browser: $(VENV)/.development ## The docs page in a real Chromium, where there is one
	$(BIN)/python -m pytest -m "browser and not fault"

interop: $(VENV)/.development ## What linters, generators of clients and validators that are not ours say; most run on node
	$(BIN)/python -m pytest -m "interop and not browser and not fault"

postgres: $(VENV)/.development ## The tests on a PostgreSQL that they start themselves
	$(BIN)/python -m pytest -m "postgres and not wire and not fault"

faults: $(VENV)/.development ## Faults of real servers, and a table of measured against gates; FAULTS=long takes the long forms
	$(BIN)/python -m pytest -m fault

check: $(VENV)/.development ## Style, types, known weaknesses of code, and whether the locks and the rule book are fresh
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/bandit --quiet --severity-level medium --recursive app
	$(BIN)/python -m pytest --quiet tests/test_locks.py tests/services/test_rule_book.py

check-knowledge: $(VENV)/.development ## Whether the golden cases notice any small change of any rule; prints the score and what survives
	$(BIN)/python -m pytest --quiet tests/knowledge/test_coverage.py
	$(BIN)/python -m tests.mutation

docs: $(VENV)/.runtime ## Write docs/rules anew from the rules
	$(BIN)/decompass docs

bench: $(VENV)/.development ## Measure the engine and the service against their goals, as ratios of one run
	$(BIN)/python -m benchmarks.engine
	$(BIN)/python -m benchmarks.http
	$(BIN)/python -m benchmarks.cds

lock: ## Lock the requirements anew; UPGRADE=--upgrade takes newer versions
	$(call require_python)
	$(PYTHON) -m venv $(LOCKING)
	$(LOCKING)/bin/python -m pip install --quiet --disable-pip-version-check uv
	$(LOCK) pyproject.toml --output-file requirements.lock
	$(LOCK) pyproject.toml --extra dev --output-file requirements-dev.lock
	$(LOCKING)/bin/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"])' \
		> $(LOCKING)/build.in
	$(LOCK) $(LOCKING)/build.in --output-file requirements-build.lock
	rm -rf $(LOCKING)

clean: ## Remove the environment and what tools leave behind; databases and secrets stay
	rm -rf $(VENV) build .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find app alembic tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment is made once, and brought up to date when a lock or pyproject.toml changes.

$(BIN)/pip:
	$(call require_python)
	$(PYTHON) -m venv --clear $(VENV)

$(VENV)/.runtime: requirements.lock requirements-build.lock pyproject.toml | $(BIN)/pip
	$(INSTALL) --require-hashes -r requirements.lock -r requirements-build.lock
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.development: requirements-dev.lock $(VENV)/.runtime
	$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@

define require_python
	@test -n "$(PYTHON)" || { \
		echo "No Python 3.11 or newer with its venv and ensurepip modules was found among: $(CANDIDATES)."; \
		echo "Install one (on Debian and Ubuntu: python3 and python3-venv), or name it: make PYTHON=/path/to/python3"; \
		exit 1; }
	@$(PYTHON) -c '$(NEW_ENOUGH)' || { \
		echo "$(PYTHON) is not a Python 3.11 or newer with its venv and ensurepip modules."; exit 1; }
endef
