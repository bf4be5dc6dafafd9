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

ERRORS := GlassbrainError ImageError ModelError DataError TrainingError ExplainError ClassroomError
locale: .venv/run  # then translate what `pytest tests/pages/test_catalogue.py` lists
	$(BIN)/pybabel -q extract $(ERRORS:%=-k %) --ignore-dirs '.*' --sort-by-file --no-wrap \
		--add-location=file --project=glassbrain -o locale/glassbrain.pot core pages streamlit_app.py
	$(BIN)/pybabel -q update -i locale/glassbrain.pot -d locale -D glassbrain \
		--ignore-pot-creation-date --no-fuzzy-matching --ignore-obsolete --no-wrap

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
