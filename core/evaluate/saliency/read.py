"""What is stored about the saliency methods of a model, for whoever shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from core.errors import N_, DataError
from core.evaluate.figures.intervals import over_groups
from core.evaluate.saliency.sanity import STAGES
from core.evaluate.saliency.store import (
    COUNTED,
    FIGURES_NAME,
    SALIENCY_NAME,
    SaliencyProvenance,
)
from core.evaluate.stored.layout import unseen_folder
from core.files import read_as, sha256
from core.registry import ModelSpec

SANITY = tuple(f"sanity_{stage}_{how}" for stage in STAGES for how in ("spearman", "ssim"))
STABILITY = tuple(f"stability_{c}_{h}" for c in ("noise", "shift") for h in ("spearman", "ssim"))
LOWER_IS_BETTER = frozenset({"deletion", "average_drop", "empty", *SANITY})
METRIC_TITLES: dict[str, str] = {
    "pointing": N_("Pointing game"),
    "energy": N_("Energy on the lesion"),
    "iou": N_("Overlap at the lesion's area"),
    "empty": N_("Empty maps"),
    "deletion": N_("Deletion"),
    "insertion": N_("Insertion"),
    "average_drop": N_("Average drop"),
    "increase": N_("Increase in confidence"),
    "mu_fidelity": N_("MuFidelity"),
    "sanity_head_spearman": N_("Ranks kept, last layer destroyed"),
    "sanity_half_spearman": N_("Ranks kept, upper half destroyed"),
    "sanity_all_spearman": N_("Ranks kept, all layers destroyed"),
    "sanity_head_ssim": N_("Picture kept, last layer destroyed"),
    "sanity_half_ssim": N_("Picture kept, upper half destroyed"),
    "sanity_all_ssim": N_("Picture kept, all layers destroyed"),
    "stability_noise_spearman": N_("Ranks kept under noise"),
    "stability_shift_spearman": N_("Ranks kept under a shift"),
    "stability_noise_ssim": N_("Picture kept under noise"),
    "stability_shift_ssim": N_("Picture kept under a shift"),
}


@dataclass(frozen=True)
class Measure:
    """A mean over scans with its 95 % interval over patients; None where not known."""

    value: float | None
    ci_low: float | None
    ci_high: float | None
    n: int
    groups: int

    @property
    def of_patients(self) -> Measure:
        """The share with an interval that does not promise more than its patients can.

        An interval that reaches 0 or 1 is of so few patients (three at most) in whom anything
        was otherwise that drawing them again tells nothing: 0.1 % would seem to be known better
        than 0 %. Both get `over_groups`. The bounds only ever move outwards.
        """
        if self.value is None or self.ci_low is None or self.ci_high is None:
            return self
        if self.ci_low > 0 and self.ci_high < 1:
            return self
        low, high = over_groups(self.value, self.groups)
        return replace(self, ci_low=min(low, self.ci_low), ci_high=max(high, self.ci_high))


@dataclass(frozen=True)
class MethodScores:
    """What was measured of one method on one model.

    Attributes
    ----------
    measures : dict of str to Measure
        By metric, `METRIC_TITLES` at most.
    classes : dict of str to dict of str to Measure
        Localisation by tumour class.
    against_blob : dict of str to Measure
        Mean difference to the centre blob on the same scans; empty for the blob itself.
    """

    measures: dict[str, Measure]
    classes: dict[str, dict[str, Measure]]
    against_blob: dict[str, Measure]

    @property
    def of_patients(self) -> MethodScores:
        """These, with the intervals of shares as `Measure.of_patients` has them."""
        classes = {name: _of_patients(figures) for name, figures in self.classes.items()}
        return replace(self, measures=_of_patients(self.measures), classes=classes)


def _of_patients(figures: Mapping[str, Measure]) -> dict[str, Measure]:
    return {k: m.of_patients if k in COUNTED else m for k, m in figures.items()}


class SaliencyScores(BaseModel):
    """A whole ``saliency.json``.

    Attributes
    ----------
    saliency_sha256 : str
        Of the ``saliency.parquet`` that the figures were derived from.
    provenance : SaliencyProvenance
    bootstrap : dict
    methods : dict of str to MethodScores
        Controls included.
    agreement : dict of str to dict of str to float
        Mean rank correlation between the maps of two methods; None where not defined.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal[1]
    saliency_sha256: str
    provenance: SaliencyProvenance
    bootstrap: dict[str, Any]
    methods: dict[str, MethodScores]
    agreement: dict[str, dict[str, float | None]]


def read_saliency(spec: ModelSpec) -> SaliencyScores:
    """Read the stored figures of a model's saliency methods.

    Raises
    ------
    DataError
        If they are missing, have another shape, are of other weights than the app serves,
        or were not derived from the measurements beside them.
    """
    folder = unseen_folder(spec)
    command = f"python -m core evaluate-saliency --model {spec.name}"
    rows = folder / SALIENCY_NAME
    absent = DataError(
        "The saliency methods have not been measured on {name}.", name=spec.name, command=command
    )
    scores = read_as(SaliencyScores, folder / FIGURES_NAME, absent, rows)
    of = scores.provenance
    if (of.name, of.weights_sha256) != (spec.name, spec.manifest.weights_sha256):
        raise DataError(
            "The saliency figures of {name} are of other weights than the app serves.",
            name=spec.name,
            command=command,
        )
    if sha256(rows) != scores.saliency_sha256:
        raise DataError(
            "The saliency figures of {name} were not made from the measurements stored beside "
            "them.",
            name=spec.name,
            command=command,
        )
    methods = {name: method.of_patients for name, method in scores.methods.items()}
    return scores.model_copy(update={"methods": methods})
