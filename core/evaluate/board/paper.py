"""What the paper reports, beside what we measure: never mixed, always marked.

The networks are those of Cancers 2025, 17(1), 121, doi:10.3390/cancers17010121, trained
and tested on the official split. The figures are copied, not measured here, and came
without intervals.
"""

from __future__ import annotations

from dataclasses import dataclass

CITATION = "Cancers 2025, 17(1), 121, doi:10.3390/cancers17010121"
N_TRAIN = 5712
N_TEST = 1311
HALF_UNIT = 0.00005  # the figures are printed to a hundredth of a per cent


@dataclass(frozen=True)
class Reported:
    """One row of the paper.

    Attributes
    ----------
    model : str
        Key of `core.architectures.ARCHITECTURES`.
    accuracy, macro_f1, weighted_f1 : float
        On the official test images, 0..1.
    weighted_accuracy : float
        The headline: accuracy over training *and* test images (see `weighted_accuracy`).
    """

    model: str
    accuracy: float
    macro_f1: float
    weighted_f1: float
    weighted_accuracy: float

    @property
    def implied_train_accuracy(self) -> float:
        """Accuracy on the training images that the headline implies."""
        return implied_train_accuracy(self.weighted_accuracy, self.accuracy)

    @property
    def implied_train_range(self) -> tuple[float, float]:
        """Least and largest training accuracy that rounds to the two printed figures."""
        low = implied_train_accuracy(self.weighted_accuracy - HALF_UNIT, self.accuracy + HALF_UNIT)
        high = implied_train_accuracy(self.weighted_accuracy + HALF_UNIT, self.accuracy - HALF_UNIT)
        return low, min(high, 1.0)


REPORTED: tuple[Reported, ...] = (
    Reported("xception", 0.9527, 0.9491, 0.9529, 0.9873),
    Reported("mobilenetv2", 0.9451, 0.9411, 0.9457, 0.9815),
    Reported("inceptionv3", 0.9451, 0.9409, 0.9452, 0.9743),
    Reported("resnet50", 0.9062, 0.9010, 0.9045, 0.9741),
    Reported("vgg16", 0.9504, 0.9470, 0.9478, 0.9680),
    Reported("densenet121", 0.9285, 0.9220, 0.9265, 0.9583),
)


def weighted_accuracy(
    train: float, test: float, n_train: int = N_TRAIN, n_test: int = N_TEST
) -> float:
    """Accuracy over training and test images together.

    (n_train * train + n_test * test) / (n_train + n_test). Four fifths of it are images
    that the network was fitted to, so it says little about new ones.
    """
    return (n_train * train + n_test * test) / (n_train + n_test)


def implied_train_accuracy(
    weighted: float, test: float, n_train: int = N_TRAIN, n_test: int = N_TEST
) -> float:
    """Solve `weighted_accuracy` for the accuracy on training images."""
    return (weighted * (n_train + n_test) - n_test * test) / n_train
