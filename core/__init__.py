"""Glassbrain's engine: imaging, models, explanations and honest evaluation.

Nothing in this package imports Streamlit; everything works from a shell, a notebook or a
test. What most people need is here by name and imported when first used::

    import core

    scan = core.read_image("scan.png")
    network = core.load("mobilenetv2")
    answer = core.predict(scan, network)
    found = core.saliency_map(scan, network, method="gradcam")
    picture = core.overlay(scan.pixels, found.heat)
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.front import (
        METHODS,
        load,
        models,
        overlay,
        predict,
        read_image,
        saliency_map,
    )

__version__ = "0.2.0"
__all__ = ["METHODS", "load", "models", "overlay", "predict", "read_image", "saliency_map"]


def __getattr__(name: str) -> Any:
    """Import the front door when somebody comes through it: `import core` alone is instant."""
    if name in __all__:
        from core import front

        return getattr(front, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
