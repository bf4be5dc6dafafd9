"""Glassbrain's engine: imaging, models, explanations and honest evaluation.

Nothing in this package imports Streamlit; everything works from a shell,
a notebook or a test.
"""

__version__ = "0.1.0"
