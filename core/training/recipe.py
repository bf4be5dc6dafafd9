"""Everything that decides a training run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from core.architectures import ARCHITECTURES
from core.errors import N_
from core.preprocess import Scaling
from core.protocols import Protocol
from core.training.kinds import KINDS

Init = Literal["imagenet", "file", "random"]
Precision = Literal["float32", "mixed_bfloat16"]


def input_scaling(name: str, init: Init) -> Scaling:
    """Trained weights want the scaling they were trained with; random ones want [-1, 1]."""
    return "tf" if init == "random" else ARCHITECTURES[name].scaling


@dataclass(frozen=True)
class Recipe:
    """Two runs of one recipe on one split are the same run.

    What is not asked for is as it says here: ``python -m core train`` has no other defaults,
    and the manifest's `core.manifest.Schedule` takes its fields from here by name.

    Attributes
    ----------
    model : str
        Key of `core.architectures.ARCHITECTURES`.
    protocol : str
        ``official`` or ``unseen-patients``.
    init : str
        ``imagenet`` (Keras' own files), ``file`` (another file of weights) or ``random``.
    init_sha256 : str or None
        Of that file.
    scaling : str or None
        Input scaling, where it is not what `input_scaling` says of `init`.
    sizes : tuple of (int, int)
        Progressive resizing: (input side, epochs) in order; the last side is served.
    crop : bool
        Brain-contour crop in preprocessing.
    guide : float
        Weight of the term that pulls the true class's map onto the lesion's outline (see
        `core.training.network.lesion_loss`); 0 reads no outline for it.
    counterfactual : float
        Share of each batch that is counterfactual pictures.
    kinds : tuple of str
        Their kinds, of `core.training.kinds.KINDS`.
    teachers : tuple of (str, str)
        Names, and sha256 of the weights, of networks whose answers are learned beside the labels
        (Hinton et al. 2015, arXiv:1503.02531).
    head_epochs : int
        Epochs in which only the head learns, before the rest (from trained weights).
    head_rate : float
        Peak rate in those epochs.
    batch : int
        Images a step, counterfactual ones among them.
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
    optimizer : str
        In words, for the record: it is the same for all runs.
    precision : str
        ``float32``, or ``mixed_bfloat16``: products in bfloat16, weights in float32, two to
        four times faster where the processor multiplies bfloat16 matrices. The finished
        model is float32 either way.
    seed : int
        Seeds weights, order, pictures and augmentation.
    """

    optimizer: ClassVar[str] = N_("AdamW, warm-up and cosine")

    model: str
    protocol: Protocol
    init: Init = "imagenet"
    init_sha256: str | None = None
    scaling: Scaling | None = None
    sizes: tuple[tuple[int, int], ...] = ((160, 6), (224, 2))
    crop: bool = True
    guide: float = 0.3
    counterfactual: float = 0.05
    kinds: tuple[str, ...] = KINDS
    teachers: tuple[tuple[str, str], ...] = ()
    head_epochs: int = 1
    head_rate: float = 2e-3
    batch: int = 32
    peak_rate: float = 5e-4
    weight_decay: float = 0.02
    warmup: float = 0.1
    label_smoothing: float = 0.05
    dropout: float = 0.25
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
    def made_a_batch(self) -> int:
        """Counterfactual pictures in each batch."""
        return round(self.counterfactual * self.batch)

    @property
    def input_scaling(self) -> Scaling:
        """What the network's inputs are scaled to."""
        return self.scaling or input_scaling(self.model, self.init)

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
