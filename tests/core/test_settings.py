"""Settings come from the environment and nowhere else."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from core.memory import available
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


@pytest.mark.parametrize(
    ("said", "meant"),
    [("2GB", 2 * 10**9), ("1.5 GiB", 3 * 2**29), ("500mb", 5 * 10**8), ("200000000", 2 * 10**8)],
)
def test_an_amount_of_memory(said: str, meant: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLASSBRAIN_MEMORY", said)
    assert Settings().memory == meant


@pytest.mark.parametrize("said", ["half", "2 apples", "1KB", ""])
def test_an_amount_of_memory_that_is_none(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLASSBRAIN_MEMORY", said)
    with pytest.raises(ValidationError, match="memory"):
        Settings()


def test_memory_is_half_of_what_the_container_allows(tmp_path: Path) -> None:
    machine = available(tmp_path)
    assert Settings().memory == available() // 2 <= machine // 2
    (tmp_path / "memory.max").write_text("max\n")
    assert available(tmp_path) == machine
    (tmp_path / "memory.max").write_text("1000000\n")
    assert available(tmp_path) == 10**6


def test_unprefixed_variables_are_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGINE", "openvino")
    assert Settings().engine == "auto"


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().engine = "tensorflow"
