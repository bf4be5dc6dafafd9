"""Settings come from the environment and nowhere else."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from core.settings import PROJECT, Settings


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"GLASSBRAIN_{name.upper()}", raising=False)


def test_defaults() -> None:
    settings = Settings()
    assert settings.models_dir == PROJECT / "models"
    assert (settings.engine, settings.log_level) == ("auto", "INFO")
    assert (PROJECT / "core" / "settings.py").is_file()


def test_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    monkeypatch.setenv("GLASSBRAIN_ENGINE", "openvino")
    monkeypatch.setenv("GLASSBRAIN_LOG_LEVEL", "DEBUG")
    settings = Settings()
    assert settings.models_dir == tmp_path
    assert (settings.engine, settings.log_level) == ("openvino", "DEBUG")


@pytest.mark.parametrize("name", ["ENGINE", "LOG_LEVEL"])
def test_unknown_choice_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"GLASSBRAIN_{name}", "loud")
    with pytest.raises(ValidationError, match=name.lower()):
        Settings()


def test_unprefixed_variables_are_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGINE", "openvino")
    assert Settings().engine == "auto"


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().engine = "tensorflow"
