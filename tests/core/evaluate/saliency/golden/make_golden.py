"""Scores by Quantus of toy maps of a toy network, kept to check our own measures against.

Made with quantus 0.6.0, torch 2.13.0, numpy 2.4.6, scikit-image 0.26.0, scipy 1.17.1,
opencv-python 5.0.0, Python 3.11, in an environment of their own (their pins do not agree
with ours):

    pip install quantus==0.6.0 torch==2.13.0
    python tests/core/evaluate/saliency/golden/make_golden.py
"""

from __future__ import annotations

import random
from pathlib import Path

import cv2
import numpy as np
import quantus
import torch

HERE = Path(__file__).parent
SIDE, STEPS, CLASS = 16, 8, 2
PLAIN = {"disable_warnings": True, "display_progressbar": False, "abs": False, "normalise": False}


class Toy(torch.nn.Module):
    """Mean grey of each quarter of a picture, then a linear head."""

    def __init__(self, kernel: np.ndarray, bias: np.ndarray) -> None:
        super().__init__()
        self.kernel, self.bias = torch.tensor(kernel), torch.tensor(bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x.to(torch.float32)
        quarters = torch.nn.functional.avg_pool2d(x, x.shape[-1] // 2).flatten(1)
        return quarters @ self.kernel + self.bias


def run(metric: quantus.Metric, model: torch.nn.Module, x, values, *, mask=None, softmax=True):
    return metric(
        model=model,
        x_batch=x[None, None],
        y_batch=np.array([CLASS]),
        a_batch=values[None, None],
        s_batch=None if mask is None else mask[None, None],
        device="cpu",
        softmax=softmax,
    )[0]


def flipping(model: torch.nn.Module, x, values, into) -> np.ndarray:
    """Probability as pixels of x are replaced by those of `into`, most marked first."""

    def replace(arr, indices, **_):
        changed = arr.copy()
        np.put_along_axis(changed, indices, np.take_along_axis(into.reshape(1, -1), indices, 1), 1)
        return changed

    metric = quantus.PixelFlipping(
        features_in_step=SIDE**2 // STEPS, perturb_func=replace, perturb_func_kwargs={}, **PLAIN
    )
    return np.array(run(metric, model, x, values))


def faithfulness(draw: np.random.Generator) -> None:
    kernel = draw.normal(size=(4, 4)).astype(np.float32) * 3
    bias = draw.normal(size=4).astype(np.float32)
    model = Toy(kernel, bias).eval()
    grey = draw.random((SIDE, SIDE), np.float32)
    x = grey * 2 - 1
    values = draw.normal(size=(SIDE, SIDE)).astype(np.float32)
    blurred = cv2.GaussianBlur(x, (0, 0), SIDE / 16)
    small, few = x[:8, :8].copy(), values[:8, :8].copy()
    hidden: list[np.ndarray] = []
    kept: dict[str, np.ndarray] = {}

    def blacken(arr, indices, **_):
        hidden.append(indices[0])
        changed = arr.copy()
        np.put_along_axis(changed, indices, -1, 1)
        return changed

    def spearman(a, b, batched=False, **_):
        kept.update(first=np.ravel(a), second=np.ravel(b))
        return quantus.similarity_func.correlation_spearman(a, b, batched=batched)

    correlation = quantus.FaithfulnessCorrelation(
        nr_runs=64,
        subset_size=13,
        similarity_func=spearman,
        perturb_func=blacken,
        perturb_func_kwargs={},
        return_aggregate=False,
        **PLAIN,
    )
    mu_fidelity = run(correlation, model, small, few, softmax=False)
    masks = np.zeros((64, 64), bool)
    for mask, indices in zip(masks, hidden, strict=True):
        mask[indices] = True
    sums = masks @ few.ravel()
    falls = kept["second"] if np.allclose(kept["first"], sums, atol=1e-4) else kept["first"]
    np.savez(
        HERE / "faithfulness.npz",
        kernel=kernel,
        bias=bias,
        grey=grey,
        values=values,
        deletion=flipping(model, x, values, np.full_like(x, -1)),
        insertion=flipping(model, blurred, values, x),
        hidden=masks.reshape(64, 8, 8),
        falls=falls,
        mu_fidelity=mu_fidelity,
    )


def localisation(draw: np.random.Generator) -> None:
    """Ten maps, the last five of them drawn to the lesion; another lesion for each."""
    y, x = np.mgrid[:SIDE, :SIDE]
    heats, masks, scores = [], [], []
    model = Toy(np.zeros((4, 4), np.float32), np.zeros(4, np.float32)).eval()
    for i in range(10):
        centre, radius = draw.uniform(3, SIDE - 4, 2), draw.uniform(1.5, 4)
        mask = (y - centre[0]) ** 2 + (x - centre[1]) ** 2 <= radius**2
        heat = (draw.random((SIDE, SIDE)) + (i >= 5) * mask).astype(np.float32)
        heats.append(heat)
        masks.append(mask)
        scores.append(
            [
                float(run(metric(**PLAIN), model, heat, heat, mask=mask))
                for metric in (
                    quantus.PointingGame,
                    quantus.RelevanceMassAccuracy,
                    quantus.RelevanceRankAccuracy,
                )
            ]
        )
    np.savez(HERE / "localisation.npz", heats=heats, masks=masks, scores=scores)


def similarity(draw: np.random.Generator) -> None:
    pairs = draw.random((3, 2, SIDE, SIDE)).astype(np.float32)
    pairs[:, 1] = (pairs[:, 0] + np.array([0.2, 1, 5])[:, None, None] * pairs[:, 1]) / 6
    pairs -= pairs.min((2, 3), keepdims=True)  # Quantus takes the data range from the maps
    pairs /= pairs.max((2, 3), keepdims=True)
    similar = quantus.similarity_func
    np.savez(
        HERE / "similarity.npz",
        pairs=pairs,
        ssim=[similar.ssim(a, b, data_range=1.0) for a, b in pairs],
        spearman=[similar.correlation_spearman(a.ravel(), b.ravel()) for a, b in pairs],
    )


if __name__ == "__main__":
    np.random.seed(0)  # Quantus draws its subsets from it
    random.seed(0)
    faithfulness(np.random.default_rng(0))
    localisation(np.random.default_rng(1))
    similarity(np.random.default_rng(2))
