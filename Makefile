# `make` alone lists the targets. One line each; the work lives in tools/ and in `motcua`.
PYTHON ?= python3
BIN := .venv/bin
once ?=
only ?=
seed ?=
dossiers ?=
minutes ?=
.DEFAULT_GOAL := help
.PHONY: help setup demo up watch test test-fast journeys chaos bench lint types arch check lock schemas states migration format

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
setup: ## .venv with everything a developer needs
	@$(PYTHON) tools/setup dev
setup-demo:
	@$(PYTHON) tools/setup demo
demo: setup-demo ## start everything on this machine and walk six dossiers (once=1: and stop)
	@$(BIN)/motcua demo $(if $(once),--once)
up: setup-demo ## start everything on this machine, walk nothing
	@$(BIN)/motcua up
watch: setup-demo ## Prometheus on the demo that runs in another terminal
	@$(BIN)/motcua watch
test: setup ## every test, with real PostgreSQL, Kafka and browser
	@$(BIN)/python tools/test
test-fast: setup ## without broker and browser
	@$(BIN)/python tools/test -m "not kafka and not browser and not slow"
journeys: setup ## the tests that start everything
	@$(BIN)/python tools/test tests/journeys
chaos: setup ## the whole under faults, then counted: nothing lost, doubled or overtaken (seed=7 dossiers=300 minutes=5)
	@$(BIN)/python -m chaos $(if $(seed),--seed $(seed)) $(if $(dossiers),--dossiers $(dossiers)) $(if $(minutes),--minutes $(minutes))
bench: setup ## figures beside their limits, into build/bench.json (only=arithmetic: one program)
	@$(PYTHON) tools/setup bench && $(BIN)/python -m bench $(only)
lint: setup ## ruff: rules and format
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
format: setup ## ruff: mend what can be mended
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .
types: setup ## mypy --strict
	@$(BIN)/python tools/types
arch: setup ## import contracts
	@$(BIN)/lint-imports
check: lint types arch ## these three, and that generated files are fresh
	@$(BIN)/python tools/lock --check && $(BIN)/python tools/schemas --check && $(BIN)/python tools/requirements --check && $(BIN)/python tools/catalogue --check && $(BIN)/python tools/metrics --check && $(BIN)/python tools/boards --check && $(BIN)/python tools/settings --check && $(BIN)/python tools/kube --check
lock: setup ## write requirements/*.txt from the packages' needs
	@$(BIN)/python tools/lock
schemas: setup ## write JSON Schemas, AsyncAPI, OpenAPI, generated documents and dashboards
	@$(BIN)/python tools/schemas && $(BIN)/python tools/requirements && $(BIN)/python tools/catalogue && $(BIN)/python tools/metrics && $(BIN)/python tools/boards && $(BIN)/python tools/settings && $(BIN)/python tools/kube
states: setup ## draw docs/states.md from the table of moves
	@$(BIN)/python -m motcua.states
migration: setup ## a new migration: s=intake m="words"
	@$(BIN)/motcua migration $(s) "$(m)"
