# `make` lists what there is. Each target is a line of dev.py, which does the work and needs no make.

PYTHON ?= python3
DEV := $(PYTHON) dev.py

.DEFAULT_GOAL := help
.PHONY: help setup run demo test check fix slow conformance bench golden schema migration lock

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup:  ## Install what requirements.lock names into .venv
	$(DEV) setup

run:  ## Start the demo: database, made-up group, server
	$(DEV) run

demo:  ## Work with the demo group: make demo A="reset"
	$(DEV) demo $(A)

test:  ## Run all that a change must pass: make test T="tests/frame -x"
	$(DEV) test $(T)

check:  ## Run the static checks only
	$(DEV) check

fix:  ## Format the code, and mend what the linter can
	$(DEV) fix

slow:  ## Run the tests marked slow
	$(DEV) test -m slow $(T)

conformance:  ## Run the tests that hold Peiyuan against published standards
	$(DEV) test -m conformance $(T)

bench:  ## Print the table of the benchmark suite
	$(DEV) bench

golden:  ## Rewrite the planner's golden files; review reads the difference
	$(DEV) golden

schema:  ## Write schema.graphql and docs/schema from the code
	$(DEV) schema

migration:  ## Write a migration from the models: make migration m="emergency contacts"
	$(DEV) migration "$(m)"

lock:  ## Resolve pyproject.toml into both lock files
	$(DEV) lock
