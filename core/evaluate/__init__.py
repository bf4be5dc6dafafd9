"""How well the models do, with intervals, and what that is worth.

`predictions` is the source of truth; everything else is derived from it: `points` and
`resample` give a figure and its spread, `metrics` writes them down, `statistics` compares
models, `leaderboard` reads what was written. `controls` and `paper` are what to beat.
"""
