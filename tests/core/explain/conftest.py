from __future__ import annotations

import numpy as np
import pytest

from core.explain import Explainer
from core.inference import Classifier
from core.registry import read_spec
from core.settings import PROJECT
from tests.core.explain import toys

GALLERY = PROJECT / "core" / "gallery" / "images"


@pytest.fixture(scope="session")
def explainer():
    """The shipped MobileNetV2: trained weights."""
    return Explainer(Classifier(read_spec(PROJECT / "models" / "mobilenetv2"), "tensorflow"))


@pytest.fixture(scope="session")
def scan():
    from core.imaging import read_image

    file = GALLERY / "glioma-0209.jpg"
    return read_image(file.read_bytes(), file.name)


@pytest.fixture(scope="session")
def small():
    return toys.small()


@pytest.fixture(scope="session", params=["small", "mobilenetv2"])
def network_and_scans(request, small, explainer, scan):
    """Each architecture with two inputs of its own size."""
    if request.param == "small":
        return small, toys.scans(32)
    first = explainer.classifier.prepare(scan.pixels)[0]
    return explainer.network, np.concatenate([first, toys.scans(first.shape[1], 1)])
