"""Messages between the worker's two processes: pickles, each behind its length.

Both ends are this program's own, so what is read is as trustworthy as the program.
"""

from __future__ import annotations

import pickle
import struct
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Literal

from core.registry import ModelSpec

Lane = Literal["load", "fast", "slow"]
Kind = Literal["load", "predict", "embed", "ask"]

Answers = tuple[tuple[int, Any, BaseException | None], ...]  # (id, value, error) of each request

_LENGTH = struct.Struct("!Q")


@dataclass(frozen=True)
class Work:
    """Something to do: one piece at a time in each lane.

    Attributes
    ----------
    lane : {"load", "fast", "slow"}
        Loading a network, a forward pass, or anything that takes longer.
    ids : tuple of int
        Of the requests that this answers together.
    kind : {"load", "predict", "embed", "ask"}
    spec : ModelSpec
        Whom to ask.
    payloads : tuple
        One for each request: the image, or ``(question, arguments, options, heard)``.
    """

    lane: Lane
    ids: tuple[int, ...]
    kind: Kind
    spec: ModelSpec
    payloads: tuple[Any, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Withdraw:
    """Nobody waits for a request any longer."""

    id: int


@dataclass(frozen=True)
class Step:
    """How far a request is."""

    id: int
    done: int
    total: int


@dataclass(frozen=True)
class Ready:
    """A network is loaded, or has left the store."""

    weights_sha256: str
    loaded: bool


@dataclass(frozen=True)
class Done:
    """A lane is free again: what became of each request, and the memory that is taken."""

    lane: Lane
    answers: Answers
    resident: int


class WorkerError(RuntimeError):
    """An error that nobody foresaw: its traceback is in the log of the worker."""


def send(stream: BinaryIO, message: Any) -> None:
    """Write one message.

    Raises
    ------
    OSError
        If the other end is gone.
    """
    content = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(content)))
    stream.write(content)
    stream.flush()


def receive(stream: BinaryIO) -> Any:
    """Read one message.

    Raises
    ------
    EOFError
        If the other end is gone.
    """
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    content = stream.read(length)
    if len(content) < length:
        raise EOFError
    return pickle.loads(content)
