"""The store stays within its limit, makes a thing once, and says what left."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.store import Store


def test_the_least_recently_used_leaves(caplog: pytest.LogCaptureFixture) -> None:
    left = []
    store = Store(100, left.append)
    with caplog.at_level(logging.INFO):
        for name in "abc":
            store.put(("me", name), name, 33)
        assert store.get(("me", "a")) == "a"  # used again, so that b is the oldest
        store.put(("me", "d"), "d", 33)
    assert store.get(("me", "b")) is None
    assert {name for _owner, name in store.held()} == {"a", "c", "d"}
    assert left == [("me", "b")]
    assert "b left the store" in caplog.text
    assert store.size == 99


def test_what_is_larger_than_the_limit_is_not_kept_and_nothing_leaves_for_it() -> None:
    store = Store(100)
    store.put(("me", "small"), 1, 60)
    store.put(("me", "large"), 2, 101)
    assert store.held() == [("me", "small")]


def test_what_is_as_large_as_the_limit_is_kept_alone() -> None:
    store = Store(100)
    store.put(("me", "small"), 1, 1)
    store.put(("me", "whole"), 2, 100)
    assert (store.held(), store.size) == ([("me", "whole")], 100)


def test_a_size_may_be_said_anew() -> None:
    store = Store(100)
    for size in (10, 70, 20):
        store.put(("me", "a"), "a", size)
    assert store.size == 20


def test_an_owner_that_is_gone_takes_its_own() -> None:
    store = Store(100)
    store.put(("me", "a"), 1, 10)
    store.put(("you", "a"), 2, 10)
    store.drop("me")
    assert store.held() == [("you", "a")]


def test_shrinking_lets_the_oldest_go_first() -> None:
    store = Store(100)
    for name in "abcd":
        store.put(("me", name), name, 25)
    store.shrink(50)
    assert {name for _owner, name in store.held()} == {"c", "d"}


def test_a_part_is_a_mapping_of_one_owner() -> None:
    store = Store(10**9)
    mine, other = store.part("me"), store.part("you")
    mine["f"], other["g"] = 1, 2
    assert dict(mine) == {"f": 1}
    assert "g" not in mine
    del mine["f"]
    assert not mine and len(other) == 1
    with pytest.raises(KeyError):
        mine["f"]


def test_of_several_that_want_a_thing_one_makes_it() -> None:
    store, made, idled = Store(100), [], []
    begun, go = threading.Event(), threading.Event()

    def make() -> str:
        made.append(1)
        begun.set()
        assert go.wait(30)
        return "value"

    def idle() -> None:
        idled.append(threading.get_ident())
        if len(set(idled)) == 4:
            go.set()

    def ask() -> str:
        return store.once(("me", "a"), 1, make, idle)

    with ThreadPoolExecutor(5) as pool:
        first = pool.submit(ask)
        assert begun.wait(30)
        others = [pool.submit(ask) for _ in range(4)]
        assert {one.result(30) for one in (first, *others)} == {"value"}
    assert made == [1]


def test_who_waits_takes_over_from_one_who_left() -> None:
    store = Store(100)

    def leave() -> None:
        raise RuntimeError("left")

    with pytest.raises(RuntimeError, match="left"):
        store.once(("me", "a"), 1, leave)
    assert store.once(("me", "a"), 1, lambda: 7) == 7


def test_who_waits_may_leave() -> None:
    store, begun, go = Store(100), threading.Event(), threading.Event()

    def make() -> int:
        begun.set()
        assert go.wait(30)
        return 1

    def leave() -> None:
        raise InterruptedError

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(store.once, ("me", "a"), 1, make)
        assert begun.wait(30)
        with pytest.raises(InterruptedError):
            store.once(("me", "a"), 1, make, leave)
        go.set()
        assert first.result(30) == 1


def test_who_waited_for_one_who_left_does_not_make_beside_a_newcomer() -> None:
    held = Store(100)
    key = ("weights", "map")
    started, leave = threading.Event(), threading.Event()
    at_once, most = 0, 0
    counting = threading.Lock()

    def fail() -> int:
        started.set()
        leave.wait(10)
        raise ValueError

    def make() -> int:
        nonlocal at_once, most
        with counting:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.1)
        with counting:
            at_once -= 1
        return 1

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(held.once, key, 200, fail)
        assert started.wait(10)
        waits = pool.submit(held.once, key, 200, make)  # too large to be kept: each makes its own
        time.sleep(0.05)
        leave.set()
        with pytest.raises(ValueError):
            first.result(10)
        comes = pool.submit(held.once, key, 200, make)
        assert waits.result(10) == comes.result(10) == 1
    assert most == 1
