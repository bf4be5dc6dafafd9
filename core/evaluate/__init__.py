"""How well the models do, with intervals, and what that is worth.

`stored` is what lies on disk, predictions being the source of truth; `figures` turns them
into numbers with intervals; `board`, `saliency` and `robustness` compare; `make` asks the
networks. Each takes only from those before it.
"""
