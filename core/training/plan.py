"""A plan: which runs to make, one after the other, as a TOML file.

::

    [[run]]
    model = "mobilenetv2"
    protocol = UNSEEN
    init = "mobilenetv2.notop.weights.h5"   # imagenet, random, or a file of --init-dir
    sizes = "160:6,224:2"                    # any option of ``python -m core train``
    teachers = ["densenet121"]               # finished networks, by name
"""

from __future__ import annotations

import sys
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from core.architectures import ARCHITECTURES
from core.errors import TrainingError
from core.protocols import UNSEEN, Protocol
from core.registry import MANIFEST_NAME
from core.settings import Settings

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


class PlannedRun(BaseModel):
    """One run; what is not said here is an option of ``train`` by its name."""

    model_config = ConfigDict(frozen=True, extra="allow")

    model: str
    protocol: Protocol
    init: str = "imagenet"
    teachers: tuple[str, ...] = ()

    @property
    def options(self) -> dict[str, str | int | float | bool]:
        """Further options of ``python -m core train``, without their dashes."""
        return dict(self.model_extra or {})


class _Plan(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    run: tuple[PlannedRun, ...]


def read_plan(file: Path) -> tuple[PlannedRun, ...]:
    """Read a plan.

    Raises
    ------
    TrainingError
        If the file is missing, is no plan, or plans a network that is not known.
    """
    try:
        runs = _Plan.model_validate(tomllib.loads(file.read_text())).run
    except (OSError, ValueError, ValidationError) as error:
        raise TrainingError(
            "{file} is not a plan; [[run]] entries with model and protocol are expected.",
            file=file,
        ) from error
    for run in runs:
        if run.model not in ARCHITECTURES:
            raise TrainingError(
                "{file} plans {model}; known are {known}.",
                file=file,
                model=run.model,
                known=", ".join(ARCHITECTURES),
            )
    return runs


def is_finished(run: PlannedRun, runs: Path) -> bool:
    """Whether a run has left its model folder."""
    return (runs / run.model / run.protocol / MANIFEST_NAME).is_file()


def command_of(
    run: PlannedRun, *, data: Path, runs: Path, init_dir: Path | None = None
) -> list[str]:
    """Arguments of ``python -m core`` that make a run, or go on with it.

    Raises
    ------
    TrainingError
        If the run begins from a file and there is no folder to find it in.
    """
    init = run.init
    if init not in ("imagenet", "random"):
        if init_dir is None or not (init_dir / init).is_file():
            raise TrainingError(
                "The plan begins {model} from {file}, which is not in --init-dir.",
                model=run.model,
                file=init,
            )
        init = str(init_dir / init)
    words = ["train", "--model", run.model, "--protocol", run.protocol, "--init", init]
    for name, value in run.options.items():
        option = "--" + name.replace("_", "-")
        if isinstance(value, bool):
            words.append(option if value else option.replace("--", "--no-", 1))
        else:
            words += [option, str(value)]
    for name in run.teachers:
        words += ["--teachers", str(_teacher(name, run.protocol, runs))]
    return [*words, "--data", str(data), "--runs", str(runs), "--resume"]


def _teacher(name: str, protocol: Protocol, runs: Path) -> Path:
    """Find a teacher among the runs, or under unseen patients among the networks that ship."""
    own = runs / name / protocol
    shipped = Settings().models_dir / name
    return shipped if protocol == UNSEEN and not (own / MANIFEST_NAME).is_file() else own
