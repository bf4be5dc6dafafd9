"""Whatever is wrong with a model folder: a sentence that names it, and the others work."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.errors import ModelError
from core.labels import CLASS_NAMES
from core.manifest import SCHEMA_VERSION, Init, Manifest
from core.preprocess import PREPROCESS_ID, PREPROCESS_VERSION
from core.registry import (
    MANIFEST_NAME,
    WEIGHTS_NAME,
    ModelSpec,
    discover,
    load_model,
    read_spec,
)

from .toys import toy_manifest, toy_model, write_toy

Break = Callable[[Path], object]


def edit(**changes: Any) -> Break:
    """Replace top-level fields of a manifest."""

    def work(folder: Path) -> None:
        file = folder / MANIFEST_NAME
        file.write_text(json.dumps(json.loads(file.read_bytes()) | changes))

    return work


def directory_for_manifest(folder: Path) -> None:
    (folder / MANIFEST_NAME).unlink()
    (folder / MANIFEST_NAME).mkdir()


def preprocess(version: int, name: str = PREPROCESS_ID) -> dict[str, Any]:
    return {"id": name, "version": version, "params": {"crop": False, "scaling": "tf"}}


BROKEN: dict[str, tuple[Break, str]] = {
    "no weights": (lambda f: (f / WEIGHTS_NAME).unlink(), "has no model.keras"),
    "no manifest": (lambda f: (f / MANIFEST_NAME).unlink(), "has no manifest.json"),
    "manifest is a folder": (directory_for_manifest, "cannot be read"),
    "empty": (lambda f: (f / MANIFEST_NAME).write_text(""), "not valid at the top level"),
    "broken JSON": (lambda f: (f / MANIFEST_NAME).write_text('{"name"'), "Invalid JSON"),
    "not text": (lambda f: (f / MANIFEST_NAME).write_bytes(b"\xff\xfe{}"), "Invalid JSON"),
    "a list": (lambda f: (f / MANIFEST_NAME).write_text("[]"), "not valid at the top level"),
    "unknown field": (edit(accuracy=0.99), "not valid at accuracy"),
    "unknown version": (edit(schema_version=SCHEMA_VERSION + 1), "not valid at schema_version"),
    "short digest": (edit(weights_sha256="abc"), "not valid at weights_sha256"),
    "no temperature": (edit(temperature=0), "not valid at temperature"),
    "endless temperature": (edit(temperature=float("inf")), "not valid at temperature"),
    "threshold over one": (edit(abstain_threshold=1.5), "not valid at abstain_threshold"),
    "other class order": (edit(class_names=[*CLASS_NAMES[::-1]]), "would be misread"),
    "fewer classes": (edit(class_names=[*CLASS_NAMES[:3]]), "would be misread"),
    "other preprocessing": (
        edit(preprocess=preprocess(PREPROCESS_VERSION, "stretch")),
        "behind preprocessing stretch",
    ),
    "newer preprocessing": (
        edit(preprocess=preprocess(PREPROCESS_VERSION + 1)),
        f"behind preprocessing {PREPROCESS_ID} {PREPROCESS_VERSION + 1}",
    ),
    "unknown scaling": (
        edit(preprocess={"id": PREPROCESS_ID, "version": 1, "params": {"crop": 1, "scaling": "x"}}),
        "not valid at preprocess.params",
    ),
    "another folder's": (edit(name="twin"), "is of twin"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_one_broken_folder_leaves_the_others(case: str, toy_weights: bytes, tmp_path: Path) -> None:
    damage, sentence = BROKEN[case]
    for name in ("first", "second", "third"):
        write_toy(tmp_path, name, toy_weights)
    damage(tmp_path / "second")
    specs, unavailable = discover(tmp_path)
    assert list(specs) == ["first", "third"]
    assert [u.name for u in unavailable] == ["second"]
    text = str(unavailable[0].reason)
    assert "second" in text and sentence in text and text.endswith(".")
    assert "second" not in unavailable[0].reason.template
    assert load_model(specs["third"]).output_shape == (None, 4)


def test_a_run_may_lie_in_a_folder_of_another_name(toy_weights: bytes, tmp_path: Path) -> None:
    run = write_toy(tmp_path / "toy", "official", toy_weights, name="toy")
    assert read_spec(run).name == "toy"


def test_what_is_no_model_is_passed_over(toy_weights: bytes, tmp_path: Path) -> None:
    write_toy(tmp_path, "b-2", toy_weights)
    write_toy(tmp_path, "a_1", toy_weights)
    (tmp_path / "_controls" / "majority").mkdir(parents=True)
    (tmp_path / "README.md").write_text("Models")
    specs, unavailable = discover(tmp_path)
    assert list(specs) == ["a_1", "b-2"] and unavailable == ()
    assert {name: spec.name for name, spec in specs.items()} == {"a_1": "a_1", "b-2": "b-2"}


def test_no_folder_no_models(tmp_path: Path) -> None:
    assert discover(tmp_path / "nothing") == ({}, ())


def test_loading_gives_the_saved_weights(toy_spec: ModelSpec) -> None:
    loaded, made = load_model(toy_spec).get_weights(), toy_model().get_weights()
    assert all((a == b).all() for a, b in zip(loaded, made, strict=True))


def refuses(spec: ModelSpec, sentence: str) -> None:
    with pytest.raises(ModelError, match=sentence) as caught:
        load_model(spec)
    assert spec.name in str(caught.value) and spec.name not in caught.value.template


def test_altered_weights_are_not_loaded(toy_spec: ModelSpec) -> None:
    content = bytearray(toy_spec.weights.read_bytes())
    content[len(content) // 2] ^= 1
    toy_spec.weights.write_bytes(content)
    refuses(toy_spec, "not the file that its manifest describes .* it was not loaded")


def test_weights_gone_since_discovery(toy_spec: ModelSpec) -> None:
    toy_spec.weights.unlink()
    refuses(toy_spec, "has no model.keras")


def test_bytes_that_are_no_model(tmp_path: Path) -> None:
    refuses(read_spec(write_toy(tmp_path, "toy", b"not a zip")), "cannot be loaded")


def test_code_in_weights_is_not_run(tmp_path: Path) -> None:
    import keras

    model = toy_model()
    hidden = keras.layers.Lambda(lambda x: x, name="hidden")(model.output)
    file = tmp_path / "lambda.keras"
    keras.Model(model.inputs, hidden).save(file)
    assert b"Lambda" in zipfile.ZipFile(file).read("config.json")
    refuses(read_spec(write_toy(tmp_path, "toy", file.read_bytes())), "cannot be loaded")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"input_size": 64}, r"maps \(None, 32, 32, 3\) to \(None, 4\)"),
        ({"cam_layer": "elsewhere"}, "it has no layer elsewhere"),
    ],
)
def test_a_manifest_that_does_not_fit_its_weights(
    changes: dict[str, Any], sentence: str, toy_weights: bytes, tmp_path: Path
) -> None:
    refuses(read_spec(write_toy(tmp_path, "toy", toy_weights, **changes)), sentence)


def test_a_head_that_class_maps_cannot_be_read_from(tmp_path: Path) -> None:
    import keras

    toy = toy_model()
    other = keras.layers.Dense(4, name="other")(toy.get_layer("dropout").output)
    file = tmp_path / "other.keras"
    keras.Model(toy.inputs, other).save(file)
    refuses(read_spec(write_toy(tmp_path, "toy", file.read_bytes())), "it has no layer logits")


def test_a_manifest_of_version_1_is_read_as_one_that_knows_less() -> None:
    old = toy_manifest("toy", b"")
    del old["ruling_out"]
    manifest = Manifest.model_validate(old | {"schema_version": 1, "init": "imagenet"})
    assert manifest.schema_version == SCHEMA_VERSION
    assert manifest.init == Init(kind="imagenet") and manifest.ruling_out is None
    assert manifest.training.guide == 0 and manifest.training.counterfactual.kinds == ()
    with pytest.raises(ValueError, match=r"init\.kind"):
        Manifest.model_validate(old | {"schema_version": 1, "init": "elsewhere"})
    with pytest.raises(ValueError, match="ruling_out"):
        Manifest.model_validate(old)


def test_manifest_round_trip() -> None:
    manifest = Manifest.model_validate(toy_manifest("toy", b""))
    assert Manifest.model_validate_json(manifest.model_dump_json()) == manifest
    with pytest.raises(ValueError, match="frozen"):
        manifest.temperature = 1.0  # type: ignore[misc]
