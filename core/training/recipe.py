"""Everything that decides a training run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.evaluate.layout import Protocol
from core.training.architectures import Init

Precision = Literal["float32", "mixed_bfloat16"]


@dataclass(frozen=True)
class Recipe:
    """Two runs of one recipe on one split are the same run.

    Attributes
    ----------
    model : str
        Key of `core.architectures.ARCHITECTURES`.
    protocol : str
        ``official`` or ``unseen-patients``.
    init : str
        ``imagenet`` or ``random``.
    sizes : tuple of (int, int)
        Progressive resizing: (input side, epochs) in order; the last side is served.
    crop : bool
        Brain-contour crop in preprocessing.
    head_epochs : int
        Epochs in which only the head learns, before the rest (for ``imagenet``).
    batch : int
        Images a step.
    peak_rate, weight_decay : float
        AdamW (arXiv:1711.05101) with linear warm-up and cosine decay (arXiv:1608.03983).
    warmup : float
        Share of all steps in which the rate climbs.
    label_smoothing, dropout, augmentation : float
        Regularisation (arXiv:1512.00567, section 7; doi:10.5555/2627435.2670313);
        `augmentation` is the strength given to `augmenter`.
    class_weight : float
        Exponent p of the class weights (n / (k n_c)) ** p; 0 weighs all images alike.
    average : float
        Decay per step of the exponential moving average of the weights, which is what is
        validated and shipped (arXiv:1803.05407 averages over epochs instead).
    patience : int
        Epochs at the last size without a better validation loss before the run ends.
    precision : str
        ``float32``, or ``mixed_bfloat16``: products in bfloat16, weights in float32, two to
        four times faster where the processor multiplies bfloat16 matrices. The finished
        model is float32 either way.
    seed : int
        Seeds weights, order, pictures and augmentation.
    """

    model: str
    protocol: Protocol
    init: Init = "imagenet"
    sizes: tuple[tuple[int, int], ...] = ((96, 8), (128, 8), (160, 4))
    crop: bool = False
    head_epochs: int = 0
    batch: int = 32
    peak_rate: float = 1e-3
    weight_decay: float = 0.05
    warmup: float = 0.1
    label_smoothing: float = 0.05
    dropout: float = 0.2
    augmentation: float = 1.0
    class_weight: float = 0.5
    average: float = 0.99
    patience: int = 6
    precision: Precision = "float32"
    seed: int = 0

    @property
    def epochs(self) -> int:
        """Epochs over all sizes."""
        return sum(epochs for _, epochs in self.sizes)

    @property
    def input_size(self) -> int:
        """Side that the finished model is served at."""
        return self.sizes[-1][0]

    def size_of(self, epoch: int) -> int:
        """Input side in the given epoch, counted from 0.

        Raises
        ------
        ValueError
            If there is no such epoch.
        """
        for size, epochs in self.sizes:
            if epoch < epochs:
                return size
            epoch -= epochs
        raise ValueError(f"Invalid epoch. Expected less than {self.epochs}.")
