# Everything a person needs: make run, make test. The rest is for developers.
PYTHON ?= python3.11
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt
# CPU wheels lie in PyTorch's own index; where it cannot be reached the default index is asked.
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
TORCH := torch==2.13.0
# Processes that share the tests; those that hold the program to a time run alone afterwards.
WORKERS ?= 2
TIMED := $(shell grep -rl --include="*.py" "mark\.timed" tests)
BENCH := ../shared/bench
BROWSER := build/node_modules/axe-core

.PHONY: run index test test-all lint fix eval ablate speed fit urgency screenshots clean

run: $(VENV)/.run index
	$(PY) app.py

index: $(VENV)/.run
	$(PY) -m helseassistent.cli index

test: $(VENV)/.dev index
	$(PY) -m pytest -m "not slow and not timed" -n $(WORKERS) --dist loadfile
	$(PY) -m pytest -m "timed and not slow" $(TIMED)

test-all: $(VENV)/.dev index
	$(PY) -m pytest -m "not timed" -n $(WORKERS) --dist loadfile
	$(PY) -m pytest -m timed $(TIMED)

lint: $(VENV)/.dev
	$(PY) -m ruff format --check src tests benchmarks app.py
	$(PY) -m ruff check src tests benchmarks app.py
	$(PY) -m mypy

fix: $(VENV)/.dev
	$(PY) -m ruff format src tests benchmarks app.py
	$(PY) -m ruff check --fix src tests benchmarks app.py

# The development sets; a folder that is not there is left out, so that a clone can evaluate itself.
eval: $(VENV)/.dev index
	$(PY) benchmarks/evaluate_all.py

# What each heuristic is worth, as rows for docs/decisions.
ablate: $(VENV)/.dev index
	$(PY) benchmarks/ablate.py

# How fast it is and how it grows, beside LlamaIndex and bm25s; up to 100,000 passages, a million with ALL=--all.
speed: $(VENV)/.speed
	OMP_NUM_THREADS=2 $(PY) benchmarks/speed.py --markdown docs/speed.md $(ALL)

# Ranking, choice of sentences, scope and confidence, fitted to the shipped encoder.
fit: $(VENV)/.dev
	$(PY) -m helseassistent.cli train --fit --texts ../shared/training

# What recognises messages about danger; it does not look at the encoder.
urgency: $(VENV)/.dev
	$(PY) -m helseassistent.cli train --urgency --texts ../shared/training

# The page as people see it, for the README and docs.
screenshots: $(VENV)/.dev index
	SCREENSHOTS=docs/images $(PY) -m pytest tests/chat/test_screenshots.py tests/review/test_review_screenshots.py

clean:
	rm -rf $(VENV) build runs .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(PY):
	@command -v $(PYTHON) >/dev/null || { echo "Fant ikke $(PYTHON). Installer Python 3.11, eller skriv: make PYTHON=/sti/til/python3.11 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml constraints.txt | $(PY)
	$(PIP) -e ".[review]"
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	$(PIP) --retries 0 --timeout 15 --index-url $(TORCH_INDEX) $(TORCH) 2>/dev/null || $(PIP) $(TORCH)
	$(PIP) -e ".[train,llm,onnx,dev,xlsx,ingest,review]"
	@touch $@

# Without its dependencies: it asks for an older PyStemmer than ours, and works with ours.
$(VENV)/.speed: $(VENV)/.dev
	$(PIP) --no-deps llama-index-retrievers-bm25==0.8.0
	@touch $@
