from __future__ import annotations

import pytest

from tests.core.toys import toy_model


@pytest.fixture(scope="session")
def toy_bytes(tmp_path_factory) -> bytes:
    """A tiny ``model.keras``."""
    file = tmp_path_factory.mktemp("toy") / "model.keras"
    toy_model().save(file)
    return file.read_bytes()
