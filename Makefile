# Everything a developer runs. Needs git, make and Python 3.11 or newer; `make lint-spec` also needs Node.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: $(shell sed -n 's/^\([a-z-]*\):.*/\1/p' Makefile)

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## Make .venv and install the locked dependencies into it

$(STAMP): requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python has no venv module: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

lock: setup ## Lock the development dependencies anew, after editing pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-strip-extras --no-header --no-annotate \
	    --python-version 3.11 --group dev pyproject.toml --output-file requirements-dev.txt

demo: generate ## Generate the client and make real signed calls against the local sandbox
	@$(BIN)/python docs/examples/demo.py

generate: setup ## Turn spec/ into generated/
	@$(BIN)/python -m generator

check: setup ## Fail if generated/ is not what spec/ gives, or the contract or the code has flaws
	@$(BIN)/python -m generator --check
	@$(BIN)/openapi-spec-validator --subschema-errors all generated/openapi.yaml
	@$(MAKE) --no-print-directory lint

test: setup ## Run every test
	@$(BIN)/python -m generator
	@$(BIN)/python -m pytest

lint: setup ## Run ruff, mypy and pyright over everything, generated code included
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/pyright

lint-spec: setup ## Run Redocly and Spectral over the published contract (needs Node)
	@tests/spec/lint/run

docs: generate ## Build the portal into site/
	@$(BIN)/python -m generator.portal

docs-check: docs ## Look at every page of the portal in headless Chromium: table, and build/docs-check.json
	@$(BIN)/python -m tests.portal.check $(CHECK)

release-check: setup ## Name what changed since the last tag, whom it breaks, and the version that is due
	@$(BIN)/python -m generator.release

torture: setup ## Run the failure scoreboard: table, and build/torture.json (under 10 minutes)
	@$(BIN)/python -m tests.torture

bench: generate ## Measure the client beside others: benchmarks/results/ (about 12 minutes on an idle machine; needs Java)
	@$(BIN)/python -m benchmarks

coverage: setup ## Run the tests of the runtime; fail below 98 % of its lines and branches
	@$(BIN)/python -m pytest -q tests/runtime tests/client tests/callbacks --deselect tests/client/test_package.py \
	    --cov=netease_meeting._runtime --cov=netease_meeting.telemetry --cov-branch --cov-report=
	@$(BIN)/python -m coverage report --show-missing --skip-covered --fail-under=98

mutate: setup ## Mutation testing of signing, retries and the envelope; fail below 95 % (about 10 minutes)
	@$(BIN)/python -m tests.mutation

torture-callbacks: setup ## Run the scoreboard of callbacks: table, and build/torture-callbacks.json
	@$(BIN)/python -m tests.torture_callbacks

torture-sandbox: setup ## Hold the sandbox against its model: 2 000 runs of 50 steps
	@NETEASE_MEETING_RUNS=2000 $(BIN)/python -m pytest -q tests/sandbox/test_model.py

bench-sandbox: setup ## Measure the sandbox's speed against what it is held to
	@$(BIN)/python benchmarks/sandbox.py

PYTHONS ?= python3.12 python3.13
test-pythons: setup ## Run the client's tests on the other Pythons it supports, those of PYTHONS="…"
	@for python in $(PYTHONS); do \
	    echo "$$python:" && $(BIN)/uv run --quiet --isolated --no-project --no-python-downloads --python $$python \
	    --with-editable . --with pytest --with hypothesis --with opentelemetry-sdk --with trustme \
	    python -m pytest -q -p no:cacheprovider tests/client/test_operations.py tests/client/test_arguments.py \
	    tests/client/test_client.py tests/client/test_recovery.py tests/client/test_replies.py tests/runtime || exit 1; \
	done

build: generate ## Build the wheel and the sdist into dist/
	@rm -rf dist
	@$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
	@$(BIN)/python -m hatchling build --target sdist

clean: ## Remove what the other targets made, except generated/
	rm -rf $(VENV) build dist site .mypy_cache .pytest_cache .ruff_cache .hypothesis
