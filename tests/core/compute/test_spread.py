"""Work that may be spread: in order, made once, lazily; one sentence where there is no Ray."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from core.compute import ComputeError, compute
from core.compute.spread import spread


def test_pieces_are_worked_on_in_order_as_they_come_and_what_is_dear_is_made_once() -> None:
    seen: list[object] = []

    def make() -> int:
        seen.append("made")
        return 10

    def pieces() -> Iterator[int]:
        for piece in (1, 2, 3):
            seen.append(piece)
            yield piece

    found = spread(make, lambda made, piece: made * piece, pieces())
    assert seen == []
    assert next(found) == 10 and seen == ["made", 1]
    assert list(found) == [20, 30] and seen == ["made", 1, 2, 3]


@pytest.mark.parametrize("ask", [compute, lambda: list(spread(list, list.count, [1], "ray"))])
def test_without_ray_a_sentence_says_what_to_install(
    ask: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLASSBRAIN_COMPUTE", "ray")
    monkeypatch.setitem(sys.modules, "ray", None)
    for name in [name for name in sys.modules if name.startswith("ray.")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(ComputeError, match=r"^Ray is not installed") as caught:
        ask()  # type: ignore[operator]
    assert "requirements-ray.txt" in str(caught.value)
