"""What a server prepares in the background is what its pages look up."""

from core.evaluate.board.leaderboard import load_leaderboard
from core.protocols import UNSEEN
from core.settings import Settings
from pages._ui.base import cache, derived, prepared, records


def test_every_step_leaves_something_that_a_page_finds(answers, caplog):
    derived._comparisons().clear()
    prepared.prepare()
    assert "could not be prepared" not in caplog.text
    board = load_leaderboard(Settings().models_dir, UNSEEN)
    assert derived.compared(board, "accuracy", "all") is not None
    assert records.answers() is records.answers()
    assert cache.reader()._process.poll() is None
    cache.reader().close()


def test_what_is_missing_is_left_to_the_pages(monkeypatch, tmp_path):
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    prepared.prepare()
    assert records.answers() is None
    cache.reader().close()
