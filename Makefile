# Each command makes what it needs: python3 builds .venv, which holds uv; uv builds one locked environment a purpose.
PYTHON3 ?= python3
VENV := .venv
UV := $(VENV)/bin/uv
PROJECT := $(VENV)/project
SAM := $(VENV)/sam
MINISTACK := $(VENV)/ministack
STRIPE_MOCK := $(VENV)/stripe-mock
DYNOXIDE := $(VENV)/dynoxide
COSMIC_RAY := $(VENV)/cosmic-ray
NODE := $(VENV)/page
BROWSER := $(VENV)/browser
export UV_PYTHON ?= $(shell ./environments/find-python)
# Python's compiled code is kept, in a folder of its own, also where the environment says to write none: without it
# every process compiles all of its imports again, and each run all tests.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(CURDIR)/.local/bytecode

.DEFAULT_GOAL := help

$(UV): environments/uv/requirements.txt
	@$(PYTHON3) -m venv $(VENV)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(PROJECT)/.locked: pyproject.toml uv.lock | $(UV)
	@UV_PROJECT_ENVIRONMENT=$(PROJECT) $(UV) sync --quiet --locked
	@touch $@

$(SAM)/.locked: environments/sam/uv.lock | $(UV)
	@UV_PROJECT_ENVIRONMENT=$(CURDIR)/$(SAM) $(UV) sync --quiet --locked --project environments/sam
	@touch $@

$(STRIPE_MOCK)/.locked: environments/stripe-mock/go.mod environments/stripe-mock/go.sum
	@mkdir -p $(STRIPE_MOCK)
	@cd environments/stripe-mock && export GOMODCACHE=$(CURDIR)/$(STRIPE_MOCK)/modules GOFLAGS="$$GOFLAGS -modcacherw" GOWORK=off \
		&& go build -o $(CURDIR)/$(STRIPE_MOCK)/stripe-mock github.com/stripe/stripe-mock \
		&& cp "$$(go list -m -f '{{.Dir}}' github.com/stripe/stripe-mock)/embedded/openapi/spec3.json" $(CURDIR)/$(STRIPE_MOCK)/
	@touch $@

$(DYNOXIDE)/.locked: environments/dynoxide/version
	@CARGO_PROFILE_DEV_DEBUG=0 cargo install dynoxide-rs --debug --quiet --locked --version "=$$(cat $<)" \
		--no-default-features --features native-sqlite,http-server,cli --root $(DYNOXIDE)
	@touch $@

$(MINISTACK)/.locked: environments/ministack/uv.lock | $(UV)
	@UV_PROJECT_ENVIRONMENT=$(CURDIR)/$(MINISTACK) $(UV) sync --quiet --locked --project environments/ministack
	@touch $@

$(COSMIC_RAY)/.locked: environments/cosmic-ray/uv.lock | $(UV)
	@UV_PROJECT_ENVIRONMENT=$(abspath $(COSMIC_RAY)) $(UV) sync --quiet --locked --project environments/cosmic-ray
	@touch $@

.venv/clients/python/.locked: environments/clients/python/uv.lock | $(UV)
	@UV_PROJECT_ENVIRONMENT=$(CURDIR)/.venv/clients/python $(UV) sync --quiet --locked --project environments/clients/python
	@touch $@

.venv/clients/javascript/.locked: environments/clients/javascript/package-lock.json
	@mkdir -p $(@D) && cp environments/clients/javascript/package*.json $(@D)/
	@cd $(@D) && npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

$(NODE)/.locked: environments/page/uv.lock | $(UV)
	@UV_PROJECT_ENVIRONMENT=$(abspath $(NODE)) $(UV) sync --quiet --locked --project environments/page
	@touch $@

# The npm package holds a Chromium with its libraries and a font: nothing has to be installed besides.
$(BROWSER)/.locked: environments/browser/uv.lock environments/browser/package-lock.json environments/browser/unpack.mjs environments/browser/fonts.conf | $(UV)
	@UV_PROJECT_ENVIRONMENT=$(abspath $(BROWSER)) $(UV) sync --quiet --locked --project environments/browser
	@mkdir -p $(BROWSER)/npm $(BROWSER)/chromium && cp environments/browser/package*.json environments/browser/.npmrc environments/browser/unpack.mjs $(BROWSER)/npm/
	@export PATH=$(abspath $(BROWSER))/bin:$$PATH && cd $(BROWSER)/npm && npm ci --silent --ignore-scripts --no-audit --no-fund \
		&& TMPDIR=$(abspath $(BROWSER))/chromium node unpack.mjs > /dev/null
	@cp environments/browser/fonts.conf $(BROWSER)/chromium/fonts/fonts.conf
	@touch $@

page/node_modules/.locked: page/package-lock.json $(NODE)/.locked
	@cd page && PATH=$(abspath $(NODE))/bin:$$PATH npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

.venv/clients/rust/.locked: environments/clients/rust/Cargo.toml environments/clients/rust/Cargo.lock tests/compatibility/tour.rs
	@CARGO_PROFILE_DEV_DEBUG=0 cargo build --quiet --locked --manifest-path environments/clients/rust/Cargo.toml --target-dir $(@D)
	@touch $@

.venv/schemathesis/.locked: environments/schemathesis/uv.lock | $(UV)
	@UV_PROJECT_ENVIRONMENT=$(CURDIR)/.venv/schemathesis $(UV) sync --quiet --locked --project environments/schemathesis
	@touch $@

EXAMPLES ?= 100
SEEDS ?= 0-19
simulate: INVOICES ?= 200
backlog: INVOICES = 2000

.PHONY: browser-test page page-is-built tables help demo chaos local stop test model mutants simulate kill-points backlog recovery check static coverage integration deep conformance fidelity compatibility fuzz format requirements build deploy redrive figures import export import-trial clean
help: ## show this help
	@grep -E '^[a-z0-9.-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9.-]+):.*## /\1\t/' | expand -t 16

demo: $(PROJECT)/.locked $(SAM)/.locked $(MINISTACK)/.locked ## run both stories on the whole stack on this machine, then stop it
	@exec $(PROJECT)/bin/python -m sandbox.demo

chaos: $(PROJECT)/.locked $(SAM)/.locked $(MINISTACK)/.locked ## kill every function in the middle of its work, on the whole stack; nothing may be lost; BRIEF=1 for two kills a function
	@exec $(PROJECT)/bin/python -m sandbox.chaos $(if $(BRIEF),--brief)

local: $(PROJECT)/.locked $(SAM)/.locked $(MINISTACK)/.locked ## start the whole stack on this machine and leave it running
	@exec $(PROJECT)/bin/python -m sandbox.local start

stop: $(PROJECT)/.locked ## end the stack that `make local` started
	@$(PROJECT)/bin/python -m sandbox.local stop

simulate: $(PROJECT)/.locked ## run the simulation: SEEDS=0-199 INVOICES=10000, or SEEDS=4711 to replay one seed
	@PYTHONPATH="tests:layers/domain:$$(echo functions/* | tr ' ' ':')" exec $(PROJECT)/bin/python -m simulation "$(SEEDS)" "$(INVOICES)" "$(PROFILE)"

kill-points: $(PROJECT)/.locked ## kill a process before and after each effect of each story: STORY="a link expires" for one
	@PYTHONPATH="tests:layers/domain:$$(echo functions/* | tr ' ' ':')" exec $(PROJECT)/bin/python -m simulation.kill_points_command "$(STORY)"

recovery: INVOICES = 1000
recovery: $(PROJECT)/.locked ## measure how many failed invoices are collected without a person, with and without the wallet: INVOICES=1000
	@PYTHONPATH="tests:layers/domain:$$(echo functions/* | tr ' ' ':')" exec $(PROJECT)/bin/python -m simulation.recovery "$(INVOICES)"

backlog: $(PROJECT)/.locked ## measure how fast many open invoices are settled, against Stripe's rate limits: INVOICES=2000
	@PYTHONPATH="tests:layers/domain:$$(echo functions/* | tr ' ' ':')" exec $(PROJECT)/bin/python -m simulation.backlog "$(INVOICES)"

# What takes longest begins first: at the end both cores have small tests left.
TESTS := tests/simulation tests/model tests/functions tests/operations tests/unit tests/stores tests/infrastructure
ON_ALL_CORES := --numprocesses auto --dist worksteal

test: $(PROJECT)/.locked ## run all tests that need no server; ONLY=tests/unit for some, ONLY=--last-failed for what failed
	@$(PROJECT)/bin/python -m pytest --quiet $(if $(ONLY),$(ONLY) $(if $(filter -%,$(ONLY)),$(TESTS)),$(ON_ALL_CORES) $(TESTS))

model: $(PROJECT)/.locked ## search the model of the payment protocol deeply; print what each guard is for
	@PYTHONPATH=layers/domain:tests $(PROJECT)/bin/python -m model.table

mutants: $(PROJECT)/.locked $(if $(TOOL),$(COSMIC_RAY)/.locked) ## remove one guard of the money rules at a time: a test must notice; ONLY="23-hour" for one; TOOL=cosmic-ray: every small change of the model, ONLY="refund rules.refunds" for some modules
	@PYTHONPATH=tests COSMIC_RAY=$(abspath $(COSMIC_RAY))/bin exec $(PROJECT)/bin/python -m mutants$(if $(TOOL),.generated) $(if $(ONLY),"$(ONLY)")

check: static coverage ## all static checks, and the tests on Lambda's Python with their coverage

static: $(PROJECT)/.locked $(SAM)/.locked page-is-built ## format, lint, complexity, imports, types, what the layer ships, the template, the page
	$(PROJECT)/bin/ruff format --check .
	$(PROJECT)/bin/ruff check .
	@complex="$$($(PROJECT)/bin/radon cc layers functions operations sandbox tests)" || exit 1; \
		[ -z "$$complex" ] || { printf 'More than 10, the most that a function may have (radon):\n%s\n' "$$complex"; exit 1; }
	PYTHONPATH=layers/domain $(PROJECT)/bin/lint-imports --no-logo
	$(PROJECT)/bin/mypy layers/domain/paystream functions/*/*.py operations sandbox tests
	@mkdir -p .local
	$(UV) export --quiet --locked --no-dev --no-emit-project --no-header --output-file .local/requirements.txt
	diff layers/domain/requirements.txt .local/requirements.txt
	$(PROJECT)/bin/cfn-lint template.yaml
	SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=us-east-1 $(SAM)/bin/sam validate --lint

# Coverage does not see what a forked child runs: of the kill points it sees the stories without a crash.
coverage: $(PROJECT)/.locked ## the tests of `make test` with branch coverage, on Python 3.13, the version of Lambda, where one is installed
	@python="$$(./environments/find-python 3.13)" || { python="$(UV_PYTHON)"; echo "No Python 3.13 here: $$python takes its place."; } \
		; UV_PROJECT_ENVIRONMENT=$(VENV)/project-3.13 $(UV) sync --quiet --locked --python "$$python"
	$(VENV)/project-3.13/bin/python -m pytest --quiet $(ON_ALL_CORES) --cov --cov-report=term -p no:cacheprovider $(TESTS)

integration: $(PROJECT)/.locked $(SAM)/.locked $(MINISTACK)/.locked ## the tests that start servers on loopback, one by one: they share what is built
	$(PROJECT)/bin/python -m pytest --quiet tests/integration

deep: ## everything that takes hours: the model, the mutants, the kill points, made-up requests, a long simulation
	$(MAKE) model
	$(MAKE) mutants
	$(MAKE) mutants TOOL=cosmic-ray
	$(MAKE) kill-points
	$(MAKE) fuzz EXAMPLES=270
	$(MAKE) chaos
	$(MAKE) backlog
	$(MAKE) import-trial ROWS=100000
	$(MAKE) simulate SEEDS=0-199 INVOICES=2000

conformance: $(PROJECT)/.locked ## let outside judges look at what is sent to Stripe, at the Stripe sandbox and at the stores
	@PYTHONPATH=tests exec $(PROJECT)/bin/python -m conformance

fidelity: $(PROJECT)/.locked ## ask the real Stripe what the sandbox is asked, and show where they differ: STRIPE_KEY=sk_test_…; without one, that planted differences are found
	@PYTHONPATH=layers/domain exec $(PROJECT)/bin/python -m sandbox.fidelity

compatibility: $(PROJECT)/.locked $(SAM)/.locked $(MINISTACK)/.locked ## run Lago's official clients, unmodified, against the whole stack on this machine
	@PYTHONPATH=tests exec $(PROJECT)/bin/python -m compatibility

fuzz: $(PROJECT)/.locked $(SAM)/.locked $(MINISTACK)/.locked .venv/schemathesis/.locked ## make up requests of the API's description, on the whole stack: EXAMPLES=100 a route
	@PYTHONPATH=tests exec $(PROJECT)/bin/python -m fuzzing "$(EXAMPLES)"

tables: $(PROJECT)/.locked ## write the tables and the diagram of docs/architecture.md that follow from the code
	@PYTHONPATH=layers/domain:tests $(PROJECT)/bin/python -m architecture_tables

format: $(PROJECT)/.locked ## format the code and sort its imports
	@$(PROJECT)/bin/ruff check --fix --quiet .
	@$(PROJECT)/bin/ruff format --quiet .

requirements: $(PROJECT)/.locked ## write what the layer ships, from uv.lock
	@$(UV) export --quiet --no-dev --no-emit-project --no-header --output-file layers/domain/requirements.txt

BUILD_PAGE = cd page && PATH=$(abspath $(NODE))/bin:$$PATH && npm run --silent types && npm run --silent check && npm run --silent build
page: page/node_modules/.locked ## build the page, and its types from the API's description; what is built is kept in functions/serve-page/page
	@$(BUILD_PAGE)

browser-test: $(PROJECT)/.locked $(SAM)/.locked $(MINISTACK)/.locked $(BROWSER)/.locked ## a person at the page, in a real browser, on the whole stack: ONLY=stories for some, PICTURES=1 to write the README's pictures
	@$(if $(PICTURES),export PICTURES=$(CURDIR)/docs/pictures;) PYTHONPATH=tests exec $(PROJECT)/bin/python -m browser $(if $(ONLY),-k "$(ONLY)")

page-is-built: page/node_modules/.locked ## fails where the page that is kept is not the one that `make page` builds
	@kept="cat functions/serve-page/page/* page/src/api/generated.ts page/manifest.json"; before="$$($$kept | cksum)"; ($(BUILD_PAGE)) || exit 1; \
		[ "$$before" = "$$($$kept | cksum)" ] || { echo "The page was not the one that is built of these sources. It is now: keep it."; exit 1; }

build: $(UV) $(SAM)/.locked ## build for AWS
	@UV=$(CURDIR)/$(UV) PAYSTREAM_LAYER_COMPILER="$$(./environments/find-python 3.13 || echo 3.13)" $(SAM)/bin/sam build

deploy: build ## deploy to AWS; asks for what it needs
	@$(SAM)/bin/sam deploy --guided

redrive: WHAT ?= failed-records
redrive: STACK ?= paystream
redrive: $(PROJECT)/.locked ## have handled once more what failed or was missed, see docs/operations.md
	@$(PROJECT)/bin/python operations/redrive.py $(WHAT) --stack $(STACK) $(if $(SINCE),--since $(SINCE)) $(if $(UNTIL),--until $(UNTIL)) \
		$(if $(CODE),--code $(CODE)) $(if $(DRY_RUN),--dry-run) $(if $(LOCAL),--local)

figures: STACK ?= paystream
figures: $(PROJECT)/.locked ## CHECK=1: hold the figures against the tables, to the cent; BACKFILL=1: count every invoice again, see docs/figures.md
	@$(PROJECT)/bin/python operations/figures.py $(if $(BACKFILL),backfill,check) --stack $(STACK) $(if $(LOCAL),--local)

OPERATIONS := PYTHONPATH="operations:layers/domain" exec $(PROJECT)/bin/python -m

import: $(PROJECT)/.locked ## bring over FILE=customers.csv, or INVOICES=invoices.csv; a dry run without APPLY=1; HELP=1, docs/migration.md
	@$(OPERATIONS) importing $(if $(HELP),--help) $(if $(FILE),--customers "$(FILE)") $(if $(INVOICES),--invoices "$(INVOICES)") \
		$(if $(APPLY),--apply) $(if $(CHECKOUT_LINKS),--checkout-links) $(if $(CODE),--code "$(CODE)") \
		$(if $(LEAVE_OUT),--leave-out "$(LEAVE_OUT)") $(if $(RATE),--rate $(RATE)) $(if $(WORKERS),--workers $(WORKERS)) $(if $(STACK),--stack $(STACK)) $(if $(LOCAL),--local)

import-trial: ROWS ?= 5000
import-trial: $(PROJECT)/.locked ## import generated customers by a process that is killed and interrupted, and show rate and memory: ROWS=5000
	@POWERTOOLS_LOG_LEVEL=CRITICAL PYTHONPATH="tests:operations:layers/domain:.:$$(echo functions/* | tr ' ' ':')" exec $(PROJECT)/bin/python -m import_trial "$(ROWS)"

export: $(PROJECT)/.locked ## write all that an organization has here to DIRECTORY=…, as JSON Lines and CSV; docs/migration.md
	@$(OPERATIONS) exporting $(if $(HELP),--help) "$(DIRECTORY)" $(if $(LOCAL),--local)

clean: ## end what `make local` started, and remove everything that was made here
	@[ ! -x $(PROJECT)/bin/python ] || $(PROJECT)/bin/python -m sandbox.local stop
	@rm -rf .venv page/node_modules .local .aws-sam .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
