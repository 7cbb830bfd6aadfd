# Every target sets up what it needs. `make` alone lists them.
PYTHON := .venv/bin/python
# Two of them run whole platforms, and mostly wait; with one more than this machine's cores nothing waits for them.
WORKERS = $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
SAM := $(CURDIR)/.orrery/venvs/sam/bin
NODE := $(CURDIR)/.orrery/venvs/node/bin
UV = $(shell command -v uv || echo $(CURDIR)/.orrery/uv/bin/uv)
RUNTIME = $(shell grep -oE '[0-9]+\.[0-9]+-[0-9]+' runtime/versions.json | sort -V | tail -1)
CODE := layers/common/orrery functions local agent cli/orrery_cli tests benchmarks
export PYTHONPATH := $(CURDIR):$(CURDIR)/layers/common
export SAM_CLI_TELEMETRY := 0
# Hundreds of processes import the same files: compiled once, not by each of them.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help up down status test check bench console openapi golden lock build deploy kubernetes e2e-kubernetes run-environment dev-environment sam-environment checkov-environment

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: run-environment ## start everything on this machine, run the example on it, and stay up
	@exec $(PYTHON) -m local up

down: ## end everything that `make up` started; what was made is kept
	@if [ -x $(PYTHON) ]; then exec $(PYTHON) -m local down; else echo "Nothing was ever started here."; fi

status: ## say what is running
	@if [ -x $(PYTHON) ]; then exec $(PYTHON) -m local status; else echo "not running; start it with \`make up\`"; fi

test: dev-environment ## run the tests; ARGS are pytest's, as in `make test ARGS="tests/local -k gateway"`
	@$(PYTHON) -m local prepare
	@$(PYTHON) -m tests.kubernetes.binaries --if-possible
	@$(PYTHON) -m tests.support.browser --if-possible
	@$(PYTHON) -m pytest --numprocesses $(WORKERS) $(ARGS)

check: dev-environment sam-environment checkov-environment console ## formatting, lint, types, imports, template, console
	@.venv/bin/ruff format --check --quiet .
	@.venv/bin/ruff check --quiet .
	@.venv/bin/mypy --cache-dir .mypy_cache/plane --strict $(wildcard $(CODE))
	@MYPYPATH=cli/tests .venv/bin/mypy --cache-dir .mypy_cache/cli --strict cli/tests
	@.venv/bin/lint-imports
	@$(SAM)/cfn-lint template.yaml
	@$(SAM)/sam validate --lint --region us-east-1
	@PATH="$(NODE):$$PATH" npm --prefix console run --silent check

kubernetes: dev-environment ## build a current Kubernetes for the tests from Go modules, once per version; minutes the first time
	@$(PYTHON) -m tests.kubernetes.binaries

e2e-kubernetes: dev-environment ## run the runtime's image on a real node of a real cluster on this machine; as root, outside of CI
	@$(PYTHON) -m tests.kubernetes.e2e

screenshots: dev-environment ## make the pictures of the console anew, from a platform of its own; ARGS="--state .orrery" visits one that is up
	@$(PYTHON) -m local prepare
	@$(PYTHON) -m tests.support.browser
	@$(PYTHON) -m tests.e2e.screenshots $(ARGS)

bench: dev-environment ## the benchmarks; each prints a table
	@$(PYTHON) -m local prepare
	@for name in $(filter-out __init__,$(basename $(notdir $(wildcard benchmarks/*.py)))); do $(PYTHON) -m benchmarks.$$name || exit 1; done
	@$(PYTHON) -m benchmarks.hypervisor
	@$(PYTHON) -m benchmarks.hypervisor --tasks 1000000

console: dev-environment ## build the web console, with a Node of its own, when its sources changed
	@$(PYTHON) -m local prepare console

openapi: dev-environment ## write our OpenAPI document anew from the code
	@$(PYTHON) -m local.openapi

golden: dev-environment ## write the golden files anew; read the difference as a customer would before you commit it
	@ORRERY_GOLDEN=write $(PYTHON) -m pytest -q tests/orrery/authz/test_policy.py tests/orrery/hypervisor/test_transcripts.py tests/orrery/hypervisor/test_sleep_stories.py tests/orrery/dataplane/kubernetes/test_golden.py cli/tests/test_every_command.py

lock: ## renew uv.lock, the console's, and what the functions' layers and the command's local Airflow take from lock files
	@local/bootstrap.sh dev 2>/dev/null; $(UV) lock
	@$(UV) export --quiet --frozen --no-default-groups --no-hashes --no-header --no-annotate --output-file layers/common/requirements.txt
	@$(UV) export --quiet --frozen --only-group kubernetes --no-hashes --no-header --no-annotate | grep -vxFf layers/common/requirements.txt > layers/kubernetes/requirements.txt
	@$(UV) export --quiet --frozen --project runtime --no-default-groups --no-hashes --no-header --no-annotate --output-file cli/orrery_cli/local/pins/$(RUNTIME).txt
	@$(PYTHON) -m local prepare node; PATH="$(NODE):$$PATH" npm --prefix console install --silent --package-lock-only --ignore-scripts

build: sam-environment ## build what AWS gets, into .aws-sam/
	@PATH="$(SAM):$$PATH" UV="$(UV)" $(SAM)/sam build

deploy: build console ## build and deploy to AWS, console included; STAGE=production for the other stage of samconfig.toml
	@$(SAM)/sam deploy --config-env $(if $(STAGE),$(STAGE),default)
	@$(PYTHON) -m local publish-console $(STAGE)

run-environment:
	@local/bootstrap.sh run

dev-environment:
	@local/bootstrap.sh dev

sam-environment: dev-environment
	@$(PYTHON) -m local prepare sam

# The tests hold rendered manifests to it.
checkov-environment: dev-environment
	@$(PYTHON) -m local prepare checkov
