# Needs GNU make 3.81 or newer, a POSIX shell, and Python 3.11, 3.12, 3.13 or 3.14 with venv.

VENV := .venv
PYTHON := $(VENV)/bin/python
LOCK := requirements-dev.lock
INSTALL := $(PYTHON) -m uv pip install --quiet --python $(PYTHON) --build-constraints $(LOCK) --require-build-hashes
TOOLS := infra/deploy/sam infra/local/emulator infra/scan/checkov
RESOLVE = $(PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --custom-compile-command 'make lock'
SOURCES := app.py bench chalicelib infra oee tests

STAGED = $(if $(STAGE),$(STAGE),$(error Say which stage: STAGE=dev or STAGE=prod))
DEPLOY = $(PYTHON) -m infra.deploy
DEPLOY_OPTIONS = --stage $(STAGED) $(if $(ARCHITECTURE),--architecture $(ARCHITECTURE)) $(foreach pair,$(SET),--set '$(pair)')

.DEFAULT_GOAL := help
.PHONY: help setup lock run test browser quick check unit mutants scan fuzz format bench capacity cost simulate torture failure-matrix bench-pricing build deploy deploy-chalice verify destroy down clean

help: ## Show what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' Makefile

setup: $(VENV)/installed ## Make the virtual environment and install what is pinned

lock: setup ## Resolve the requirements anew into the locks, with hashes; what is in a lock stays unless it must move
	@$(RESOLVE) --output-file $(LOCK) requirements-dev.txt
	@for tool in $(TOOLS); do $(RESOLVE) --output-file $$tool.lock $$tool-requirements.txt || exit 1; done

run: setup ## Boot, deploy, place a sample order, stay up until Ctrl-C; with live prices: make run MARKET=shadow RPC=https://…
	@$(PYTHON) -m infra.local run $(if $(MARKET),--set MARKET=$(MARKET)) $(if $(RPC),--set 'SOLANA_RPC_URLS=$(RPC)') \
	  $(foreach pair,$(SET),--set '$(pair)')

test: browser check scan ## Check, scan, then run every test, end-to-end ones included
	@$(PYTHON) -m pytest --numprocesses logical --dist loadgroup

browser: setup ## See that a Chromium runs here, and fetch one if there is none
	@$(PYTHON) -m tests.e2e.browser

quick: check unit ## What to run before a commit: check, then the unit tests

unit: setup ## The unit tests alone, about a minute
	@$(PYTHON) -m pytest --numprocesses logical --dist loadgroup tests/unit

mutants: setup ## Change the code in one place at a time, and list what no test notices: make mutants SEED=1 COUNT=250
	@$(PYTHON) -m tests.mutants $(if $(SEED),--seed $(SEED)) $(if $(COUNT),--count $(COUNT))

check: setup ## Lint, types, import rules, file lengths, templates
	@$(PYTHON) -m ruff check
	@$(PYTHON) -m ruff format --check
	@$(PYTHON) -m mypy
	@$(VENV)/bin/lint-imports --no-logo
	@find $(SOURCES) -name '*.py' -exec awk 'FNR == 321 {print FILENAME " has more than 320 lines"; bad = 1} END {exit bad}' {} +
	@$(VENV)/bin/cfn-lint template.yaml infra/resources.yaml

scan: setup ## Scan the templates for what is insecure, offline; exceptions stand in infra/scan with their reasons
	@$(PYTHON) -m infra.scan

format: setup ## Format the code and mend what ruff can
	@$(PYTHON) -m ruff check --fix
	@$(PYTHON) -m ruff format

bench: setup ## Measure a local stack: accept, execute, stream, AWS calls, cold starts; renews docs/performance.json
	@$(PYTHON) -m bench.stack --json docs/performance.json
	@$(PYTHON) -m bench.stack.summary

capacity: setup ## Simulate a deployment on AWS under rising load; renews docs/capacity.json and .svg, and docs/performance.md
	@$(PYTHON) -m bench.capacity

cost: setup ## Print docs/cost.md anew, from what was measured, what was simulated, and bench/cost/prices.toml
	@$(PYTHON) -m bench.cost > docs/cost.md

simulate: setup ## Replay a stormy run in memory, event by event: make simulate SEED=7
	@$(PYTHON) -m tests.simulation $(SEED)

failure-matrix: setup ## Renew docs/failure-matrix.md: kill every step at every call
	@$(PYTHON) -m tests.simulation.failure_matrix > docs/failure-matrix.md

fuzz: setup ## Throw new documents at all that reads what strangers send, and spoilt accounts at pricing: make fuzz EXAMPLES=20000
	@FUZZ_EXAMPLES=$(or $(EXAMPLES),2000) $(PYTHON) -m pytest -q -p no:cacheprovider tests/property/test_fuzz_parsers.py tests/property/test_corrupted_accounts.py

torture: setup ## Break a stack and compare: make torture ORDERS=1000 KILLS=100 SEED=1
	@$(PYTHON) -m tests.load.torture $(if $(ORDERS),--orders $(ORDERS)) $(if $(KILLS),--kills $(KILLS)) $(if $(SEED),--seed $(SEED))

bench-pricing: setup ## Time quotes against the official SDKs, from npm (needs Node)
	@$(PYTHON) -m bench.pricing

build: setup ## Build the zip for Lambda: make build ARCHITECTURE=x86_64
	@$(PYTHON) -m infra.build $(if $(ARCHITECTURE),--architecture $(ARCHITECTURE))

deploy: setup ## Deploy to AWS with SAM: make deploy STAGE=dev ARCHITECTURE=x86_64 SET="AlarmEmail=me@example.org"
	@$(DEPLOY) sam $(DEPLOY_OPTIONS)

deploy-chalice: setup ## The same engine, packaged by Chalice; takes what deploy takes
	@$(DEPLOY) chalice $(DEPLOY_OPTIONS)

verify: setup ## Check a running stack as a client: make verify STAGE=dev, URL=https://… or, without either, the local one
	@$(PYTHON) -m infra.verify $(if $(STAGE),--stage $(STAGE)) $(if $(URL),--url $(URL)) $(if $(MARKET),--market $(MARKET))

destroy: setup ## Delete the application from AWS and tell what stays: make destroy STAGE=dev
	@$(DEPLOY) destroy --stage $(STAGED)

down: setup ## Take down every local stack
	@$(PYTHON) -m infra.local down --all

clean: ## Take everything down and remove all that was made here
	@if $(PYTHON) -c 'import infra.local.stack' 2>/dev/null; then \
	  $(PYTHON) -m infra.local down --all && \
	  $(PYTHON) -c 'from infra.local import emulator, scratch; scratch.remove_all(emulator.LOCAL)'; fi
	@rm -rf $(VENV) .local build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# An interpreter counts if it runs: a version manager's shim may be found and still refuse.
$(VENV)/installed: $(LOCK) pyproject.toml
	@if ! $(PYTHON) -c '' 2>/dev/null; then \
		for candidate in python3.13 python3.12 python3.11 python3.14 python3; do \
			if $$candidate -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; \
			then found=$$candidate; break; fi; \
		done; \
		if [ -z "$$found" ]; then \
			echo 'There is no Python 3.11 to 3.14 with venv here: install one, from python.org or as the packages python3 and python3-venv.' >&2; \
			exit 1; \
		fi; \
		rm -rf $(VENV) && $$found -m venv $(VENV); \
	fi
	@echo "Installing into $(VENV) with $$($(PYTHON) --version)"
	@sed -n '/^uv==/,/[^\]$$/p' $(LOCK) >$(VENV)/uv.txt
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement $(VENV)/uv.txt
	@$(INSTALL) --require-hashes --requirement $(LOCK)
	@$(INSTALL) --no-deps --editable .
	@touch $@
