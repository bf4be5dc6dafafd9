"""The first page is there before TensorFlow is."""

import platform
from pathlib import Path

from core.gallery import samples

NOTICE = "Research and teaching; not a medical device."


def test_overview_paints_while_tensorflow_cannot_load(fresh, page, tmp_path):
    """A stand-in that never finishes importing takes the place of TensorFlow and Keras."""
    for name in ("tensorflow", "keras", "openvino"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("import time\ntime.sleep(3600)\n")
    process, address = fresh(PYTHONPATH=str(tmp_path))
    page.goto(address)
    page.get_by_role("heading", name="What did the network see?").wait_for()
    page.get_by_text(NOTICE).wait_for()
    page.get_by_role("heading", name="What it does not do").wait_for()
    if platform.system() == "Linux":
        assert "libtensorflow" not in Path(f"/proc/{process.pid}/maps").read_text()


def test_a_link_into_a_fresh_server_meets_the_router(fresh, page, tmp_path):
    """No page may run on its own, without style, guard and footer."""
    _, address = fresh(GLASSBRAIN_MODELS_DIR=str(tmp_path))
    page.goto(f"{address}/classify?sample={next(iter(samples()))}")
    page.get_by_role("heading", name="Classify a scan").wait_for()
    page.get_by_text(NOTICE).wait_for()
    page.get_by_role("link", name="Overview").wait_for()
