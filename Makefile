# make book and make test do their own set-up; every other target leans on the same one.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
export OMP_NUM_THREADS := 1
export MKL_NUM_THREADS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export JUPYTER_PLATFORM_DIRS := 1

.PHONY: book serve offline epub notebooks heights js lock test test-python test-js test-js-with-node test-lint test-library test-notebooks test-pages
.DEFAULT_GOAL := book

book: $(READY)  ## build the book from the stored notebooks
	$(BIN)/jupyter-book build . -W -n --keep-going
	@echo
	@echo "The book is in _build/html. Its sliders need a server: run 'make serve', then open http://localhost:8000"

serve: book  ## build, then serve on http://localhost:8000
	$(BIN)/python -m http.server 8000 --bind 127.0.0.1 --directory _build/html

offline: book  ## a zip of the book that works with python -m http.server
	$(BIN)/python book/_ext/offline.py _build/html _build/vae-book-offline.zip

epub: $(READY)  ## the book for e-readers, with still pictures; checked where epubcheck is installed
	rm -rf _build/epub  # Sphinx would take what Jupyter Book adds after a build for a page
	$(BIN)/jupyter-book build . --builder custom --custom-builder epub -W -n --keep-going
	cp _build/epub/vae-book.epub _build/vae-book.epub
	@if [ -f /usr/share/java/epubcheck.jar ]; then java -jar /usr/share/java/epubcheck.jar _build/vae-book.epub; fi

notebooks: $(READY)  ## run every notebook and store its outputs in normal form
	$(BIN)/python book/_ext/run_notebooks.py

heights: book  ## measure the live figures in Chromium, for the place that each page keeps free
	$(BIN)/python book/_ext/measure_figures.py
	@echo "Now run make book again."

js: node_modules/.package-lock.json  ## bundle the widgets from vaelib/widgets/js
	npm run --silent build

lock:  ## write requirements.txt and requirements-build.txt anew from their .in files
	rm -rf .lock && $(PYTHON) -m venv .lock
	.lock/bin/pip install -q --require-hashes -r requirements-build.txt
	for name in requirements requirements-build; do UV_CUSTOM_COMPILE_COMMAND="make lock" \
	  .lock/bin/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes $$name.in -o $$name.txt || exit 1; done
	rm -rf .lock

# Two workers share the library and the pages, the largest shares first; beside them Node's tests and the linters, then the notebooks in one process.
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadgroup --timeout=600 --durations=25
NBVAL := --nbval --nbval-current-env --nbval-cell-timeout=120 --nbval-sanitize-with=tests/nbval_sanitize.cfg
NODE := $(if $(shell command -v npm),node_modules/.package-lock.json)

test: $(READY)  ## every test
	@$(MAKE) --no-print-directory --jobs=2 --keep-going --output-sync=target test-python test-js test-lint test-notebooks

test-python: book $(NODE)
	$(PYTEST) tests

test-js:
	@if command -v npm > /dev/null; then $(MAKE) --no-print-directory test-js-with-node; else \
	  echo "NOT RUN: there is no Node here; install Node 20 (Debian: apt-get install nodejs npm) to test the engine in the page"; \
	  test -z "$$CI"; fi

# All that Node says where a test fails, its closing lines where none does: it speaks while the book is built.
test-js-with-node: node_modules/.package-lock.json
	@mkdir -p _build
	@npm test --silent > _build/node.txt 2>&1 && grep -E '^(#|ℹ) ' _build/node.txt | tail -8 || { cat _build/node.txt; exit 1; }
	npm run --silent lint
	npm run --silent build -- --check

test-lint: $(READY)  ## what ruff and mypy say of the code
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy vaelib

test-library: $(READY)
	$(PYTEST) --ignore=tests/browser

test-notebooks: $(READY)
	$(BIN)/python -m pytest $(NBVAL) notebooks

test-pages: book $(NODE)
	$(PYTEST) tests/browser

$(READY): requirements.txt requirements-torch.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"Python 3.11 or later is wanted, got {sys.version.split()[0]}; set PYTHON=...")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install -q --require-hashes -r requirements.txt
	.ci/install_torch $(BIN)/python
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	$(BIN)/pip check
	touch $@

node_modules/.package-lock.json: package-lock.json
	npm ci --silent --no-audit --no-fund
