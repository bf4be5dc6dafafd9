"""One bounded store of what takes long to make: networks and their compiled functions."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Hashable, Iterator, MutableMapping
from functools import cache
from typing import Any

from cachetools import LRUCache

from core.settings import Settings

log = logging.getLogger(__name__)

Key = tuple[Hashable, str]  # whose it is, and what
_PATIENCE = 0.1  # seconds between two calls of `idle`
_SHARE = 0.5  # of the memory limit; the rest is for libraries and for what is being computed


class Store:
    """Values with sizes; the least recently used leave when together they are over a limit.

    Parameters
    ----------
    limit : int
        Bytes. A single value that is larger is not kept.
    left : callable, optional
        Told the key of each value that leaves for lack of room.
    """

    def __init__(self, limit: int, left: Callable[[Key], None] | None = None) -> None:
        self.left = left
        self._lock = threading.RLock()
        self._held = _Held(limit, self._told)
        self._making: dict[Key, threading.Lock] = {}

    def get(self, key: Key) -> Any:
        """Look up a value, which then counts as just used; None if it is not there."""
        with self._lock:
            held = self._held.get(key)
            return None if held is None else held[0]

    def put(self, key: Key, value: Any, size: int) -> None:
        """Keep a value that takes about `size` bytes; its size may be said anew later."""
        with self._lock:
            self._held.pop(key, None)
            if size <= self._held.maxsize:
                self._held[key] = value, size
            else:
                log.info("%s is not kept: %d MB are more than the limit", key[1], size // 10**6)

    def once(
        self,
        key: Key,
        size: int,
        make: Callable[[], Any],
        idle: Callable[[], object] = lambda: None,
    ) -> Any:
        """Look a value up, or make it; of several that want it at once, one makes it.

        The others wait, and call `idle` meanwhile, which may raise to leave. If `make` raises,
        the next who waits tries.
        """
        value = self.get(key)
        if value is not None:
            return value
        making = self._turn(key, idle)
        try:
            value = self.get(key)
            if value is None:
                value = make()
                self.put(key, value, size)
            return value
        finally:
            with self._lock:
                self._making.pop(key, None)
            making.release()

    def _turn(self, key: Key, idle: Callable[[], object]) -> threading.Lock:
        """Wait for one's turn to make a value; who waited for one that failed queues anew."""
        while True:
            with self._lock:
                making = self._making.setdefault(key, threading.Lock())
            while not making.acquire(timeout=_PATIENCE):
                idle()
            with self._lock:
                if self._making.get(key) is making:
                    return making
            making.release()

    def take(self, key: Key) -> Any:
        """Take a value out of the store; None if it is not there."""
        with self._lock:
            held = self._held.pop(key, None)
            return None if held is None else held[0]

    def drop(self, owner: Hashable) -> None:
        """Forget everything of an owner that is gone."""
        with self._lock:
            for key in [key for key in self._held if key[0] == owner]:
                self._held.pop(key)

    def shrink(self, size: int) -> None:
        """Let the least recently used go until no more than `size` bytes are held."""
        with self._lock:
            while len(self._held) and self._held.currsize > size:
                self._held.popitem()

    @property
    def size(self) -> int:
        """Bytes that are held, as they were said to be."""
        with self._lock:
            return int(self._held.currsize)

    def held(self) -> list[Key]:
        """List what is held, in no order."""
        with self._lock:
            return list(self._held)

    def part(self, owner: Hashable) -> Part:
        """Show what one owner has in the store as a mapping."""
        return Part(self, owner)

    def _told(self, key: Key, size: int) -> None:
        log.info("%s left the store: %d MB, least recently used", key[1], size // 10**6)
        if self.left:
            self.left(key)


class Part(MutableMapping[str, Any]):
    """One owner's part of a store; what is put here without a size counts as `usual` bytes."""

    usual = 40 * 2**20  # what a compiled function was measured to take

    def __init__(self, store: Store, owner: Hashable) -> None:
        self.store, self.owner = store, owner

    def __getitem__(self, name: str) -> Any:
        value = self.store.get((self.owner, name))
        if value is None:
            raise KeyError(name)
        return value

    def __setitem__(self, name: str, value: Any) -> None:
        self.store.put((self.owner, name), value, self.usual)

    def __delitem__(self, name: str) -> None:
        self.store.take((self.owner, name))

    def __iter__(self) -> Iterator[str]:
        return (name for owner, name in self.store.held() if owner == self.owner)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _Held(LRUCache[Key, tuple[Any, int]]):
    def __init__(self, limit: int, told: Callable[[Key, int], None]) -> None:
        super().__init__(limit, getsizeof=lambda held: held[1])
        self._told = told

    def popitem(self) -> tuple[Key, tuple[Any, int]]:
        key, held = super().popitem()
        self._told(key, held[1])
        return key, held


@cache
def store() -> Store:
    """Open the store of this process, within the installation's limit."""
    return Store(int(_SHARE * Settings().memory))
