# Everything a newcomer needs: `make demo` runs the main job, `make test` the tests. Both set themselves up.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
RENBEN := $(BIN)/renben
DEMO ?= demo
JOBS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-wide lint docs docs-check bench serve stories faults privacy load fuzz clean

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/.ready: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "renben needs Python 3.11 or newer; set PYTHON=")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -qq --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[web,postgresql]'
	$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt --group dev
	$(RENBEN) project --fast --until 2025 --draws 1 > /dev/null # compiles the projection once; later starts find it
	touch $@

setup: $(VENV)/.ready ## Install renben and its tools into .venv

demo: setup ## Run the main job on Shanxi's facts: plan, facts, mechanisms, indicators, status, report
	$(RENBEN) demo $(DEMO)

test: setup ## Run the tests
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

test-wide: setup ## Run every test, also those that take minutes and see little that the others do not
	RENBEN_TESTS_WIDE=1 $(BIN)/python -m pytest -n $(JOBS) --dist worksteal

lint: setup ## Check style, import contracts and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

docs: setup ## Write the generated reference pages anew
	$(RENBEN) docs write

docs-check: setup ## Fail where a generated page is out of date
	$(RENBEN) docs check

bench: setup ## Measure speed against peers and limits; writes docs/performance.md
	$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt --group bench
	$(BIN)/python -m benchmarks

stories: setup ## Run the stories end to end, in a real browser
	$(BIN)/python -m pytest tests/stories

faults: setup ## Break the web service on purpose; one line per fault and database
	$(BIN)/python -m tests.faults

privacy: setup ## Register synthetic people and look for their values in dumps and logs
	$(BIN)/python -m tests.privacy

fuzz: setup ## Send changed bytes to every door that reads files or messages, a minute each
	$(BIN)/python -m tests.web.fuzz

load: setup ## Load the web service and print the table
	$(BIN)/python -m benchmarks web

serve: setup ## Start the web service on the demo workspace
	RENBEN_WORKSPACE=$(DEMO) $(RENBEN) serve --demo

clean: ## Remove what was made here
	rm -rf $(VENV) $(DEMO) .pytest_cache .ruff_cache .mypy_cache .import_linter_cache
