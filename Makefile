# make run    serve the app on http://localhost:8501
# make test   run every check: style, types, layers, tests
.DEFAULT_GOAL := run
.PHONY: run test format locale clean

PYTHON ?= python3
BIN := .venv/bin

.venv/run: requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

.venv/dev: .venv/run requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

run: .venv/run
	$(BIN)/streamlit run streamlit_app.py --server.port 8501

test: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q -n 2 --dist loadgroup

format: .venv/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

KEYWORDS := _ N_ ngettext:1,2 GlassbrainError:1 ImageError:1 ModelError:1 DataError:1 TrainingError:1 ExplainError:1
locale:  # needs Debian's gettext
	find core pages streamlit_app.py -name '*.py' | sort | xargs xgettext --language=Python \
		--from-code=UTF-8 --sort-by-file --no-wrap --keyword= $(KEYWORDS:%=--keyword=%) \
		--package-name=glassbrain --output=locale/glassbrain.pot

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
