"""Every figure of the saliency board is a stored one, and its sentences follow from them."""

import csv
import io
import json
from shutil import copytree

import pytest

from core.evaluate.saliency.findings import better_than_blob, insensitive, trusted, written
from core.evaluate.saliency.read import METRIC_TITLES, SANITY, SaliencyScores, read_saliency
from core.explain import METHODS
from core.report import to_csv
from core.settings import Settings
from pages._ui.figures.saliency_rows import Column, as_records
from pages._ui.leaderboard.saliency_words import GROUPS, NOTES

from . import opening
from .words import healthy, text


@pytest.fixture(scope="module")
def columns(specs):
    stored = (m for m in specs.values() if (m.folder / FILE).is_file())
    found = [Column(m.name, m.manifest.title, read_saliency(m)) for m in stored]
    if not found:
        pytest.skip("no saliency method is measured")
    return found


FILE = "evaluation/unseen-patients/saliency.json"


def opened(**parameters):
    return healthy(opening.opened("leaderboard", **{"about": "maps", **parameters}))


@pytest.fixture(scope="module")
def measured(columns):
    """Names of the methods that are measured on any network: the rows of the board."""
    return [name for name in METHODS if any(name in c.scores.methods for c in columns)]


def lines(app):
    """Rows of the table by the title of their method."""
    table = app.table[0].value
    return {row["Method"].split(" :")[0]: row for row in table.to_dict("records")}


@pytest.mark.parametrize("metric", ["pointing", "deletion", "sanity_half_spearman"])
def test_what_is_not_measured_is_said_and_is_no_figure(monkeypatch, tmp_path, columns, metric):
    """Of one network Grad-CAM is taken away, which is measured on the others."""
    if len(columns) < 2:
        pytest.skip("one network is measured alone")
    copytree(Settings().models_dir, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    file = tmp_path / columns[0].name / FILE
    content = json.loads(file.read_text())
    del content["methods"]["gradcam"]
    file.write_text(json.dumps(content))
    rows = lines(opened(measure=metric))
    for column in columns:
        known = set(column.scores.methods) - ({"gradcam"} if column is columns[0] else set())
        for name in (name for name in METHODS if METHODS[name].title in rows):
            said = rows[METHODS[name].title][column.title]
            assert (said == "not measured") == (name not in known), (column.name, name)
    assert rows[METHODS["gradcam"].title][columns[0].title] == "not measured"


@pytest.mark.parametrize(
    ("metric", "tumour"),
    [("pointing", None), ("iou", "meningioma"), ("deletion", None), ("sanity_half_ssim", None)],
)
def test_cells_are_stored_figures_and_the_controls_stand_among_them(
    columns, measured, metric, tumour
):
    app = opened(measure=metric, **({"tumour": tumour} if tumour else {}))
    rows = lines(app)
    assert set(rows) == {METHODS[n].title for c in columns for n in c.scores.methods}
    for column in columns:
        for name, stored in column.scores.methods.items():
            figures = stored.classes[tumour] if tumour else stored.measures
            cell = rows[METHODS[name].title][column.title]
            if metric not in figures:  # defined on none of the scans
                assert metric in SANITY and cell == "–"
                continue
            measure = figures[metric]
            assert cell.replace("**", "").rstrip(" ▲▼") == written(metric, measure)
            assert str(measure.n) in rows[METHODS[name].title]["Scans"].split(", ")
    for name in measured:
        method = METHODS[name]
        marked = "Control" in next(m for m in app.table[0].value["Method"] if method.title in m)
        assert marked == (method.family == "control"), name


def test_what_beats_the_blob_and_what_fails_sanity_is_marked(columns, measured):
    rows = lines(opened())
    for column in columns:
        marked = {n for n in measured if "▲" in rows[METHODS[n].title][column.title]}
        controls = {n for n in METHODS if METHODS[n].family == "control"}
        assert marked - controls == set(better_than_blob(column.scores))
        failed = {n for n in measured if column.title in rows[METHODS[n].title]["Sanity"]}
        assert failed == set(insensitive(column.scores))
        values = [m.measures["pointing"].value for m in column.scores.methods.values()]
        bold = [n for n in measured if "**" in rows[METHODS[n].title][column.title]]
        assert column.scores.methods[bold[0]].measures["pointing"].value == max(values)


def test_the_first_sentence_names_those_that_do_both(columns):
    names = trusted(c.scores for c in columns)
    for name in names:
        assert all(name in better_than_blob(c.scores) for c in columns)
        assert not any(name in insensitive(c.scores) for c in columns)
    wanted = f"**{', '.join(METHODS[n].title for n in names)}**" if names else "No method does both"
    assert wanted in text(opened())


def test_networks_without_measures_are_named(monkeypatch, tmp_path, columns):
    copytree(Settings().models_dir, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    for column in columns:
        (tmp_path / column.name / FILE).unlink()
    app = opened()
    for column in columns:
        assert f"evaluate-saliency --model {column.name}" in "\n".join(c.value for c in app.code)
    assert not app.table
    assert "No saliency method has been measured" in text(app)


def test_the_table_to_take_home_holds_every_figure(columns):
    found = list(csv.DictReader(io.StringIO(to_csv(as_records(columns)))))
    count = 0
    for column in columns:
        raw = json.loads(column.scores.model_dump_json())
        for method in raw["methods"].values():
            count += len(method["measures"]) + sum(map(len, method["classes"].values()))
    assert len(found) == count
    told = {(r["model"], r["method"], r["measure"]): r for r in found if r["class"] == "all"}
    for column in columns:
        for name, scores in column.scores.methods.items():
            for metric, gain in scores.against_blob.items():
                assert float(told[column.name, name, metric]["minus_centre_blob"]) == gain.value


def test_every_measure_is_explained():
    assert set(METRIC_TITLES) == set(NOTES) == {m for group in GROUPS.values() for m in group}


def test_nothing_is_trusted_where_nothing_is_measured(columns):
    assert trusted([]) == ()
    bare = columns[0].scores.model_dump(mode="json") | {"methods": {}}
    assert trusted([columns[0].scores, SaliencyScores.model_validate(bare)]) == ()
