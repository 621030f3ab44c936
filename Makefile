# Two commands for a newcomer: `make demo` and `make test`. Everything goes into .venv, pinned by constraints.txt.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo test lint types check clean

help:
	@echo "make demo    install into .venv and show the main job on this Python's own library (about a minute)"
	@echo "make test    install with all extras and run the tests (needs the data folder; see README)"
	@echo "make check   lint and types only"
	@echo "make clean   remove .venv and every cache, compiled kernels included"

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "codelength needs Python 3.11 or newer; met $$($(PYTHON) --version). Try: make PYTHON=python3.12 demo"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) install --quiet -c constraints.txt -e '.[ppmd]'
	@touch $@

$(VENV)/.installed-all: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) install --quiet -c constraints.txt -e '.[ppmd,learn,match,parquet,torch,bench,test]'
	@touch $@ $(VENV)/.installed

demo: $(VENV)/.installed
	$(BIN)/codelength demo

lint: $(VENV)/.installed-all
	$(BIN)/ruff check .

types: $(VENV)/.installed-all
	$(BIN)/mypy

check: lint types

test: check
	$(BIN)/python -m pytest -n 2 --dist loadfile

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis src/*.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
