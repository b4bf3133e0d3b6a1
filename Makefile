# `make demo` and `make test` need Python 3.11 or newer, make and a package registry; everything else is installed in .venv.
PORT  ?= 8000
WORKERS ?= 2
AS_OF ?= 2020-01-31

VENV   := .venv
BIN    := $(VENV)/bin
# The first Python on the path that is new enough; `make PYTHON=/path/to/python3.12 env` chooses another.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
UV     ?= uv

export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help env demo test check format lock assets catalogues clean

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/make \1\t\2/' | expand -t 18

env: $(VENV)/project.stamp  ## the environment in .venv, with the `pmo` command

demo: env  ## fifty projects with their history on http://127.0.0.1:8000, as of 2020-01-31 (PORT= and AS_OF= change it)
	$(BIN)/pmo demo --port $(PORT) --as-of $(AS_OF)

# Thousands of small databases are made and dropped: in memory, where there are 6 GB of it, a disk does not slow them.
# A file of tests stays in one worker, so that what they share is made once; in the order of the folders, because files of
# few tests may be the longest ones, and would be begun last otherwise.
test: env check  ## every check, then every test
	@if [ -w /dev/shm ] && [ "$$(df -Pk /dev/shm | awk 'NR == 2 { print $$4 }')" -gt 6000000 ] \
	    && ! grep -q ' /dev/shm [^ ]* [^ ]*noexec' /proc/mounts; then \
	    TMPDIR=$$(mktemp -d /dev/shm/pmo-tests-XXXXXX) && export TMPDIR && trap 'rm -rf "$$TMPDIR"' EXIT INT TERM; \
	fi; \
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

check: env  ## style, types, layers, templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet

format: env  ## rewrite the Python code in the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock:  ## maintainer: new lock files from requirements*.in (needs uv; `make lock UPGRADE=--upgrade` takes newer versions)
	$(UV) pip compile $(UPGRADE) --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet \
		-o requirements.txt requirements.in
	$(UV) pip compile $(UPGRADE) --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet \
		-c requirements.txt -o requirements-dev.txt requirements.in requirements-dev.in
	! grep -n '://' requirements.txt requirements-dev.txt

assets: env  ## maintainer: fetch the vendored files of static/ and tests/vendor/ again (needs npm)
	$(BIN)/python scripts/vendor_assets.py

catalogues: env  ## collect the texts of code and templates, merge FRAGMENTS="words.ru.po words.kk.po" into ru and kk, compile
	$(BIN)/python scripts/merge_catalogues.py $(FRAGMENTS)

clean:  ## everything that can be made again
	rm -rf $(VENV) *.egg-info build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find static \( -name '*.br' -o -name '*.gz' \) -delete

# Two stamps: a change of the lock installs everything, a change of pyproject.toml only the project itself.
$(VENV)/locked.stamp: requirements-dev.txt
	@test -n "$(PYTHON)" || { echo 'No Python 3.11 or newer found on the path.' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

$(VENV)/project.stamp: $(VENV)/locked.stamp pyproject.toml
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
