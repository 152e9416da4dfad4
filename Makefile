# Every target works on a fresh clone: it makes .venv, installs what it needs, and runs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed

# Suites of bench-full: samples and large graphs, then gCooL and its kin; what pre-training buys comes last.
FULL := sampled-planted sampled-photo sampled-pubmed com-dblp arxiv-size million-nodes
FULL += field field-best field-larger field-published
FULL += embedders embedders-best embedders-slow embedders-larger embedders-published
FULL += hundred-thousand ideas ideas-photo ideas-pubmed half-hop
FULL += gcool gcool-large gcool-variants gcool-variants-faint multiplex gcool-full

.PHONY: run test bench bench-full docs dist format clean

run: $(INSTALLED)          ## the quick start: three methods on three data sets that need no download, and a report
	$(BIN)/graphcl bench run benchmarks/suites/quickstart.toml --jobs 2
	@echo "The report, for a browser:"
	@$(BIN)/graphcl bench report runs/quickstart.jsonl --out runs/quickstart.html

test: $(INSTALLED)         ## lint, types, tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	OMP_NUM_THREADS=1 $(BIN)/pytest --numprocesses auto --dist worksteal

bench: $(INSTALLED)        ## the committed results: needs GRAPHCL_DATA, some four hours of CPU time
	$(call show_runs,two-view clustering clustering-large sampled)

bench-full: $(INSTALLED)   ## what takes longer still, some of it on a GPU better: gCooL and its kin, pre-training
	$(call show_runs,$(FULL))
	$(BIN)/python benchmarks/frozen/collect.py --schedule published
	$(BIN)/python benchmarks/molecules/pretrain.py --folder runs/molecules --molecules 1584663 --epochs 100
	$(BIN)/python benchmarks/molecules/finetune.py --folder runs/molecules --schedule published

# Suites run, their tables and the README renewed. Status 1, a run that failed or a dataset that is not here, stops
# nothing, and is that of the target.
define show_runs
status=0; for suite in $(1); do \
	$(BIN)/graphcl bench run benchmarks/suites/$$suite.toml --out benchmarks/results || status=$$?; \
	[ $$status -le 1 ] || break; \
	$(BIN)/graphcl bench table benchmarks/results/$$suite.jsonl --format markdown > benchmarks/tables/$$suite.md; \
done; for page in README.md docs/comparison.md docs/ideas.md; do $(BIN)/graphcl bench readme $$page || exit; done; exit $$status
endef

docs: $(INSTALLED)         ## the site, without network: prints where its first page is
	$(BIN)/python -m sphinx -b html -E -W --keep-going -n -q docs docs/_build
	@echo "$(CURDIR)/docs/_build/index.html"

dist: $(INSTALLED)         ## the sdist, and the wheel that is built from it
	rm -rf dist
	$(BIN)/python -m build --no-isolation

format: $(INSTALLED)       ## put the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:                     ## remove what the other targets made, except results
	rm -rf $(VENV) runs .mypy_cache .pytest_cache .ruff_cache .hypothesis dist docs/_build docs/reference docs/results

# torch comes first and alone, by its exact version: a range would bring gigabytes of GPU libraries.
$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else f"graphcl needs Python 3.11 or newer; $(PYTHON) is {v[0]}.{v[1]}; name another: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet $$(grep '^torch==' constraints.txt)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@
