"""Shares of scans, with 95 % intervals over patients."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.cases import find_file
from core.errors import DataError
from core.evaluate.figures.bootstrap import Ints
from core.evaluate.figures.intervals import FigureDict
from core.evaluate.figures.means import mean_over_groups
from core.labels import class_index


@dataclass(frozen=True)
class Scans:
    """Scans in a fixed order, with the patients that are drawn again.

    Attributes
    ----------
    labels : ndarray of int, shape (N,)
        Positions in `core.labels`.
    groups : int
        Patients or picture families.
    """

    labels: Ints
    groups: int
    _member: Ints = field(repr=False)

    @classmethod
    def of(cls, sha256s: Iterable[str]) -> Scans:
        """Look scans up.

        Raises
        ------
        DataError
            If one is not in `core.cases`.
        """
        found = []
        for sha in sha256s:
            case = find_file(str(sha))
            if case is None:
                raise DataError("The scan {sha} is not among the cases.", sha=sha)
            found.append(case)
        _, member = np.unique([case.group for case in found], return_inverse=True)
        groups = int(member.max()) + 1
        labels = np.array([class_index(case.label) for case in found])
        return cls(labels, groups, member)

    def share(self, hits: NDArray[np.bool_]) -> FigureDict:
        """Of scans (N,), or of the mean over columns (N, K) where there are several."""
        each = hits.reshape(len(self.labels), -1).mean(axis=1)
        return mean_over_groups(each, self._member, proportion=True)
