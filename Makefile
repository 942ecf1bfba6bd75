# One word per job. `make` alone lists them; every target sets up what it needs and can be run again.

VENV  := .venv
READY := $(VENV)/.ready
PY    := $(VENV)/bin/python
# Seconds that `make fuzz` keeps drawing new examples.
FUZZ_SECONDS ?= 300
# Pairs that it judges first, and holds against the readers.
AVRO_PAIRS ?= 200000
JSON_PAIRS ?= 50000
# 1 is half an hour: 500 kills, 1,000 rounds of two that exclude one another, 10 crashes of PostgreSQL.
CHAOS_SCALE ?= 1
# In CI a missing browser is a failure of the tests; elsewhere the others are worth having without it.
BROWSER := $(strip $(CI)$(foreach name,chromium chromium-browser google-chrome google-chrome-stable,$(shell command -v $(name) 2>/dev/null)))

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint docs check fuzz chaos bench clean

help: ## List these targets
	@echo "lading: contracts for logistics connectivity"
	@echo
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-14s %s\n", $$1, $$2}'

setup: $(READY) ## Make .venv with lading and its tools in it (the others do this themselves)
	@echo "$(VENV) is ready: $(VENV)/bin/lading --help"

$(READY): pyproject.toml .ci/setup
	@bash .ci/setup $(VENV)

demo: $(READY) ## Run the main job from end to end: registry, SDK, three adapters, a refused change, site
	@$(PY) examples/demo.py

test: $(READY) ## Run the tests; those in a browser where Chromium is installed, always in CI
	@$(if $(BROWSER),,echo "No Chromium here, so the tests in a browser are left out; install chromium to run them too.")
	$(PY) -m pytest -n auto --dist worksteal $(if $(BROWSER),,-m "not browser")

lint: $(READY) ## Check style, types and layers: ruff, mypy --strict, import-linter
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports

docs: $(READY) ## Build the site of the contracts, with the pages of docs/, into site/
	$(VENV)/bin/lading docs build contracts --pages docs --out site

check: test lint docs ## Everything that CI runs

fuzz: $(READY) ## Judge 250,000 random pairs, then draw new examples for every property test for 300 s
	$(PY) tests/soundness.py --avro $(AVRO_PAIRS) --json $(JSON_PAIRS) --seed "$$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')"
	@echo "Property tests with fresh seeds for $(FUZZ_SECONDS) s; a failure prints the seed to repeat it with."
	@end=$$(($$(date +%s) + $(FUZZ_SECONDS))); round=0; \
	while [ "$$(date +%s)" -lt "$$end" ]; do \
	  round=$$((round + 1)); seed=$$(od -An -N4 -tu4 /dev/urandom | tr -d ' '); \
	  echo "round $$round, --hypothesis-seed=$$seed"; \
	  $(PY) -m pytest -q -x -m hypothesis --hypothesis-seed="$$seed" || exit 1; \
	done; echo "$$round rounds, no failure"

chaos: $(READY) ## Kill, cut and race registries for half an hour, and hold what is left against what they said
	@PYTHONPATH=tests $(PY) -m chaos --scale $(CHAOS_SCALE)

bench: $(READY) ## Measure start-up, judging, the stores and the registry, and print the tables
	@$(PY) benchmarks/startup.py
	@$(PY) benchmarks/judge.py
	@$(PY) benchmarks/engine.py
	@$(PY) benchmarks/store.py
	@$(PY) benchmarks/registry.py
	@$(PY) benchmarks/register.py

clean: ## Remove .venv and everything that was built
	rm -rf $(VENV) build dist site .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find cli codegen compat registry tests benchmarks examples -name __pycache__ -type d -prune -exec rm -rf {} +
