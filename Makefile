# GovCloud. `make` alone lists the targets; each says what it does.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# uv from PATH, else one from PyPI inside .bootstrap/ of this checkout: nothing is installed outside it.
UV := $(shell command -v uv 2>/dev/null || echo .bootstrap/bin/uv)
RUN := $(UV) run --no-sync
ENVIRONMENT := .venv/.synchronised

# Where a shell sets this, every run would compile hundreds of modules again.
export PYTHONDONTWRITEBYTECODE :=
# What the type checker knows of each file, by its content: a fresh clone need not learn it again.
export MYPY_CACHE_DIR ?= $(or $(GOVCLOUD_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/govcloud)/mypy

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

.PHONY: up
up: $(ENVIRONMENT) ## Start the embedded cloud and provision the reference country on it
	@$(RUN) govcloud local up --yes
	@$(RUN) govcloud up

.PHONY: down
down: $(ENVIRONMENT) ## Stop the embedded cloud; what it holds is kept for the next `make up`
	@$(RUN) govcloud local down

.PHONY: verify
verify: $(ENVIRONMENT) ## Run the compliance suite against the cloud that the environment names, else the embedded one
	@$(RUN) govcloud verify

.PHONY: check
check: $(ENVIRONMENT) ## Inner loop: format, lint, types, import contracts, declarations, unit tests, README examples
	@$(RUN) ruff format --check .
	@$(RUN) ruff check .
	@$(RUN) mypy
	@$(RUN) lint-imports
	@$(RUN) govcloud validate
	@$(RUN) pytest -q -n 2 tests/unit tests/component

.PHONY: test
test: check ## Everything: check, the documentation site and fuzzing, then integration, end to end and compliance on embedded clouds of their own
	@$(MAKE) --no-print-directory -j2 docs fuzz FUZZ_SECONDS=20 WITH='--group docs --group fuzz'
	@$(MAKE) --no-print-directory -j3 lane-local lane-country lane-plugin lane-stranger lane-parts lane-stores

# Three runs of pytest at once, for clouds make one wait more than work, the long ones first: embedded clouds that are broken
# and repaired, where what mounts something and what looks at the machine's mounts follow each other; what needs the
# provisioned country; the offline Kubernetes plugin. What works on a stranger's cloud, the rest, and servers of stores take the
# places of those that end. A fourth at once would leave no processor idle, and gain nothing.
# On Ctrl-C make and the shell wait for all, which take down their clouds, and sed for the last line.
.PHONY: lane-country lane-local lane-parts lane-plugin lane-stores lane-stranger
lane-country: $(ENVIRONMENT)
	@$(call lane,country,0,tests/integration/adoption tests/e2e tests/compliance)
lane-plugin: $(ENVIRONMENT)
	@$(call lane,plugin,400,tests/integration/local/offline/kubernetes)
lane-parts: $(ENVIRONMENT)
	@$(call lane,parts,800,tests/integration $(addprefix --ignore=tests/integration/,adoption local stores))
lane-stranger: $(ENVIRONMENT)
	@$(call lane,stranger,1200,tests/stranger)
lane-local: $(ENVIRONMENT)
	@$(call lane,local,1600,tests/integration/local --ignore=tests/integration/local/offline/kubernetes)
lane-stores: $(ENVIRONMENT)
	@$(call lane,stores,800,tests/integration/stores)
.PHONY: test-rgw
test-rgw: $(ENVIRONMENT) ## What `make test` tries on Ceph RGW where its packages are at hand; fails where they are not
	@PYTHONPATH=tests/support $(RUN) python -m debian_programs $(RADOSGW) >/dev/null
	@$(RUN) pytest --durations=5 tests/integration/stores -k radosgw
RADOSGW := radosgw ceph-mon ceph-osd

lane = GOVCLOUD_TEST_PORT_BASE=$$(($(or $(GOVCLOUD_TEST_PORT_BASE),19000) + $(2))) \
	$(RUN) pytest --durations=15 $(3) 2>&1 | (trap '' INT TERM; exec sed -u 's/^/$(1): /')

.PHONY: bench
bench: $(ENVIRONMENT) ## Print measured ratios against the budgets
	@$(RUN) python -m benchmarks

.PHONY: fuzz
fuzz: $(ENVIRONMENT) ## Look for declarations that break the reader, for FUZZ_SECONDS (60)
	@$(UV) sync --quiet --locked --extra local $(or $(WITH),--group fuzz)
	@PYTHONPATH=tests/support $(RUN) python tests/fuzz/declarations.py -max_total_time=$(or $(FUZZ_SECONDS),60)

.PHONY: pages
pages: $(ENVIRONMENT) ## Write the generated pages of the documentation anew
	@$(RUN) python docs/generators/write.py

.PHONY: docs
docs: $(ENVIRONMENT) ## Build the documentation site into site/; a link that leads nowhere, or a fetch from elsewhere, is an error
	@$(UV) sync --quiet --locked --extra local $(or $(WITH),--group docs)
	@NO_MKDOCS_2_WARNING=1 $(RUN) mkdocs build --quiet --strict
	@! grep -rlE '(<script|<img|<iframe|<link rel="(stylesheet|preconnect|icon)")[^>]* (src|href)="?(https?:)?//' site --include='*.html'
	@echo "open site/index.html, or python3 -m http.server --directory site for its search"

.PHONY: types
types: ## Print anew the types of the built-in kinds, after another Kubernetes was pinned (needs Go)
	@cd toolchain/kubernetes && table="$$(go run -trimpath ./apitypes types)" && \
		printf '%s\n' "$$table" > ../../modules/govcloud_offline/kubernetes/inputs/builtin_types.txt

.PHONY: format
format: $(ENVIRONMENT) ## Rewrite the code in the project's format
	@$(RUN) ruff format .
	@$(RUN) ruff check --fix .

$(ENVIRONMENT): pyproject.toml uv.lock $(wildcard modules/*/pyproject.toml) | $(filter .bootstrap/%,$(UV))
	@$(UV) sync --quiet --locked --extra local
	@touch $@

.bootstrap/bin/uv: toolchain/uv.sh toolchain/uv.txt
	@bash toolchain/uv.sh
