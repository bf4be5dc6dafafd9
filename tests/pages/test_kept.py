"""What the page server keeps of answers and maps."""

from __future__ import annotations

import pytest

from pages._ui.base import cache


@pytest.mark.parametrize(("memory", "room"), [("2GB", 62_500_000), ("64GiB", 256 * 2**20)])
def test_a_tight_limit_of_memory_holds_for_the_page_server_as_well(
    memory: str, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLASSBRAIN_MEMORY", memory)
    assert cache.room() == room
    assert cache._made.__wrapped__()._held.maxsize == room
