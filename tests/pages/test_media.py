"""A picture is still there for a browser that asks when the next run has already begun."""

from collections import OrderedDict
from io import BytesIO
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from streamlit import runtime
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from pages._ui.base import media


@pytest.fixture
def server(monkeypatch):
    """Streamlit's own store of pictures, which holds none yet."""
    files = MediaFileManager(MemoryMediaFileStorage("/media"))
    monkeypatch.setattr(runtime, "exists", lambda: True)
    monkeypatch.setattr(runtime, "get_instance", lambda: SimpleNamespace(media_file_mgr=files))
    monkeypatch.setattr(media, "_slots", OrderedDict())
    return files


def encoded(form):
    with BytesIO() as buffer:
        Image.fromarray(np.arange(4096, dtype=np.uint8).reshape(64, 64)).save(buffer, form)
        return buffer.getvalue()


def small(n):
    with BytesIO() as buffer:
        Image.fromarray(np.full((40, 40), n, np.uint8)).save(buffer, "PNG")
        return buffer.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_picture_outlives_the_run_that_drew_it(server, form):
    data = encoded(form)
    media.show(data, "a scan")
    (shown,) = server._file_metadata  # what the browser was told to ask for
    server.clear_session_refs()  # the next run begins, and another session's ends
    server.remove_orphaned_files()
    assert server.read_file(shown).content == data


def test_only_the_latest_are_held(server, monkeypatch):
    monkeypatch.setattr(media, "_HELD", 4)
    for n in (0, 1, 2, 3, 0, 4, 5):  # the first was shown again, so the second is the oldest
        media.show(small(n), "a scan")
    server.clear_session_refs()
    server.remove_orphaned_files()
    found = {server.read_file(file).content for file in server._file_metadata}
    assert found == {small(n) for n in (0, 3, 4, 5)}


@pytest.mark.parametrize("shape", [(7, 5), (7, 5, 3)])
def test_a_png_holds_every_pixel_as_it_is(shape):
    pixels = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    with Image.open(BytesIO(media.png(pixels))) as read:
        np.testing.assert_array_equal(np.asarray(read), pixels)
