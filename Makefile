# make run    serve the app on http://localhost:8501
# make test   run every check: style, types, layers, tests
# make test-deploy   what few need: signing in, nginx, Ray
# make fuzz   throw damaged files at the readers for five minutes
.DEFAULT_GOAL := run
.PHONY: run test test-deploy fuzz format locale docs examples clean

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
	$(BIN)/pytest -q -n 3

.venv/deploy: .venv/dev requirements-oidc.txt requirements-ray.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-oidc.txt -r requirements-ray.txt
	touch $@

test-deploy: .venv/deploy
	$(BIN)/pytest -q tests/deploy

fuzz: .venv/dev
	$(BIN)/python -m tools.fuzz --seconds 300

format: .venv/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

ERRORS := GlassbrainError ImageError ModelError DataError TrainingError ExplainError ComputeError ClassroomError \
	StrangerError
locale: .venv/run  # then translate what `pytest tests/pages/test_catalogue.py` lists
	$(BIN)/pybabel -q extract $(ERRORS:%=-k %) --ignore-dirs '.*' --sort-by-file --no-wrap \
		--add-location=file --project=glassbrain -o locale/glassbrain.pot core pages streamlit_app.py
	$(BIN)/pybabel -q update -i locale/glassbrain.pot -d locale -D glassbrain \
		--ignore-pot-creation-date --no-fuzzy-matching --ignore-obsolete --no-wrap

docs: .venv/dev  # docs/methods.md from the docstrings
	$(BIN)/python tools/method_pages.py

examples: .venv/dev  # run the notebooks again, outputs and all
	$(BIN)/python tools/run_notebooks.py

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
