"""The four classes are the dataset's, in its order, in colours that stay apart."""

import re

import pytest

from core.labels import CLASS_NAMES, CLASSES, NUM_CLASSES, class_index


def test_order_is_that_of_the_dataset_folders() -> None:
    assert CLASS_NAMES == ("glioma", "meningioma", "notumor", "pituitary")
    assert tuple(sorted(CLASS_NAMES)) == CLASS_NAMES and NUM_CLASSES == 4


def test_index_goes_back_and_forth() -> None:
    assert [CLASS_NAMES[class_index(name)] for name in CLASS_NAMES] == list(CLASS_NAMES)


@pytest.mark.parametrize("name", ["Glioma", "", "no tumour", "metastasis"])
def test_unknown_class(name: str) -> None:
    with pytest.raises(ValueError, match="Expected one of") as caught:
        class_index(name)
    assert repr(name) in str(caught.value)


def test_titles_and_colours_are_distinct() -> None:
    assert len({c.title for c in CLASSES}) == len({c.colour for c in CLASSES}) == NUM_CLASSES
    assert all(re.fullmatch("#[0-9A-F]{6}", c.colour) for c in CLASSES)
