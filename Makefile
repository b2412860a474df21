# `make run` and `make test` set up all they need in .venv; nothing outside this folder is touched.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?=

.PHONY: run test test-adapters format bench fuzz wheel clean

run: $(VENV)/.installed
	$(BIN)/clean run seeds -o out/clean.jsonl --overwrite

test: $(VENV)/.installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/clean rules test
	$(BIN)/pytest -m "not fuzz" -n auto

# The adapters against the real libraries, which are large: a venv of their own.
test-adapters: $(VENV)-adapters/.installed
	$(VENV)-adapters/bin/pytest tests/adapters

format: $(VENV)/.installed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Figures, never part of the tests. DATA=folder adds the benchmarks that need corpora.
bench: $(VENV)/.installed
	$(BIN)/python bench/text.py
ifneq ($(DATA),)
	for script in repair language check rules pages suggest scale; do $(BIN)/python bench/$$script.py --data $(DATA) || exit 1; done
endif

# Slow property and fuzz runs.
fuzz: $(VENV)/.installed
	$(BIN)/pytest -m fuzz -n auto

wheel: $(VENV)/.installed
	$(BIN)/python -m build --wheel

clean:
	rm -rf $(VENV) $(VENV)-adapters dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . --group dev
	touch $@

$(VENV)-adapters/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)-adapters
	$(VENV)-adapters/bin/python -m pip install --quiet --upgrade "pip>=25.1"
	$(VENV)-adapters/bin/python -m pip install --quiet --editable ".[datasets,datatrove,ray,spark]" pytest hypothesis
	touch $@
