import base64
import io
import math

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from pages._ui.base.pointer import SIDE, data_url, valid


@pytest.mark.parametrize("value", [[0, 0], [1, 1], [0.25, 0.75], (0.5, 0)])
def test_a_point_on_the_picture(value):
    assert valid(value, "point")


@pytest.mark.parametrize(
    "value",
    [
        None, "ab", 5, {}, [], [0.5], [0.5, 0.5, 0.5], ["0.5", "0.5"], [True, False], [None, 0],
        [-0.01, 0.5], [0.5, 1.01], [math.nan, 0.5], [0.5, math.inf], [[0.5], 0.5], {0: 1, 1: 1},
    ],
)  # fmt: skip
def test_what_is_no_point_is_refused(value):
    assert not valid(value, "point")


def test_a_box_has_an_area():
    assert valid([0, 0.1, 1, 0.2], "box")
    assert not valid([0.5, 0.1, 0.5, 0.2], "box")
    assert not valid([0.1, 0.3, 0.5, 0.2], "box")
    assert not valid([0.1, 0.2], "box")
    assert not valid([0.1, 0.2, 0.3, math.nan], "box")


def picture(url):
    head, data = url.split(",")
    assert head == "data:image/jpeg;base64"
    return Image.open(io.BytesIO(base64.b64decode(data)))


def test_big_pictures_are_shrunk_and_small_ones_are_not():
    noise = np.random.default_rng(0).random((3000, 2000), np.float32)
    url = data_url(noise)
    assert picture(url).size == (SIDE * 2 // 3, SIDE)
    assert len(url) < 600_000
    assert picture(data_url(np.zeros((90, 60, 3), np.uint8))).size == (60, 90)
    half = data_url(np.full((8, 8), 0.5, np.float32))
    assert abs(int(np.asarray(picture(half))[0, 0]) - 128) <= 1


def page(default):
    import numpy as np
    import streamlit as st

    from pages._ui.base import pointer

    if not st.session_state.get("away"):
        pixels = np.zeros((4, 4), np.float32)
        st.session_state["seen"] = pointer.point(pixels, "Point here", "spot", default)


@pytest.fixture
def app():
    return AppTest.from_function(page, args=((0.5, 0.5),)).run()


def send(app, value):
    app.session_state["spot"] = {"value": value}
    app.run()
    assert not app.exception
    return app.session_state["seen"]


def test_what_is_chosen_is_kept_while_the_page_is_left(app):
    assert app.session_state["seen"] == (0.5, 0.5)
    assert send(app, [0.25, 0.75]) == (0.25, 0.75)
    app.session_state["away"] = True
    app.run()
    app.session_state["away"] = False
    app.run()
    assert app.session_state["seen"] == (0.25, 0.75)


def test_a_point_can_be_taken_back(app):
    send(app, [0.25, 0.75])
    assert send(app, None) is None


def test_a_forged_value_changes_nothing(app):
    send(app, [0.25, 0.75])
    for forged in ([2, 2], "here", [math.nan, 0.1], {"x": 1}):
        assert send(app, forged) == (0.25, 0.75)
