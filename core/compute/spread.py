"""Many pieces of work: one after the other here, or at once on a cluster (Ray Data)."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from core.errors import GlassbrainError
from core.settings import Place

Made = TypeVar("Made")
Piece = TypeVar("Piece")
Found = TypeVar("Found")


def spread(
    make: Callable[[], Made],
    work: Callable[[Made, Piece], Found],
    pieces: Iterable[Piece],
    place: Place = "local",
) -> Iterator[Found]:
    """Give ``work(make(), piece)`` of each piece, in their order.

    Parameters
    ----------
    make : callable
        Makes what is dear, such as a network: once here, or once in each process.
    work : callable
        For another process both are functions of a module, or `functools.partial` of one;
        pieces and answers can be pickled.
    pieces : iterable
    place : {"local", "ray"}

    Raises
    ------
    GlassbrainError
        The first that `make` or `work` raises.
    ComputeError
        If there is no Ray, or no cluster.
    """
    if place == "ray":
        yield from _on_cluster(make, work, pieces)
        return
    made = make()
    for piece in pieces:
        yield work(made, piece)


def _on_cluster(make: Any, work: Any, pieces: Iterable[Any]) -> Iterator[Any]:
    from core.compute import cluster

    ray = cluster.connect()
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.execution_options.preserve_order = True
    rows = [{"piece": pickle.dumps(piece)} for piece in pieces]
    if not rows:
        return
    room = int(ray.cluster_resources().get("CPU", 1))
    data = ray.data.from_items(rows, override_num_blocks=len(rows)).map(
        _Process,
        fn_constructor_args=(make, work),
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=min(len(rows), room)),
        num_cpus=1,
        runtime_env=cluster.environment(),
    )
    for row in data.iter_rows():
        found, error = pickle.loads(row["found"])
        if error is not None:
            raise error
        yield found


class _Process:
    """What one process of the cluster does with the pieces that it is given."""

    def __init__(self, make: Any, work: Any) -> None:
        self.make, self.work, self.made = make, work, None

    def __call__(self, row: dict[str, bytes]) -> dict[str, bytes]:
        try:
            if self.made is None:
                self.made = self.make()
            return {"found": pickle.dumps((self.work(self.made, pickle.loads(row["piece"])), None))}
        except GlassbrainError as error:
            return {"found": pickle.dumps((None, error))}
