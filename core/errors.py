"""Exceptions that carry one clear sentence for the person at the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import ValidationError


def N_(message: str) -> str:  # noqa: N802  (the name that xgettext looks for)
    """Mark a message for translation without translating it here.

    The core speaks English and stays free of any language setting; whoever shows
    the message (a page, the CLI) looks it up in its own catalogue.
    """
    return message


class GlassbrainError(Exception):
    """Something a person can understand and act on.

    Parameters
    ----------
    template : str
        An English sentence with ``{named}`` fields: the gettext message id.
    **params : object
        Values for the fields.

    Notes
    -----
    ``str(error)`` is the English sentence. A page shows
    ``gettext(error.template).format(**error.params)``. A parameter ``command`` that is not in
    the sentence is what mends it, for those who run the app: ``str(error)`` adds it, a page
    folds it away.
    """

    def __init__(self, template: str, /, **params: object) -> None:
        said = template.format(**params)
        if "command" in params and "{command}" not in template:
            said += f" To mend it, run `{params['command']}`."
        super().__init__(said)
        self.template = template
        self.params = params

    def __reduce__(self) -> tuple[Any, ...]:
        """Take the template along to another process, not only the sentence."""
        return _again, (type(self), self.template, self.params)


def _again(kind: type[GlassbrainError], template: str, params: dict[str, object]) -> Any:
    return kind(template, **params)


class ImageError(GlassbrainError):
    """A file that cannot be read as a scan."""


class ModelError(GlassbrainError):
    """A model folder that is missing, altered or does not fit."""


class DataError(GlassbrainError):
    """A dataset folder, a split or stored predictions that do not fit."""


class TrainingError(GlassbrainError):
    """A training run that cannot start or go on."""


class ExplainError(GlassbrainError):
    """A saliency map that cannot be drawn as asked."""


class ComputeError(GlassbrainError):
    """An answer that did not come, though nothing is wrong with what was asked."""


class ClassroomError(GlassbrainError):
    """Something that a live classroom cannot do now, or not for this person."""


class StrangerError(ClassroomError):
    """A code or a key that opens nothing."""


def fault(error: ValidationError) -> dict[str, str]:
    """Say where a file first differs from the shape that it should have, and in what."""
    first = error.errors()[0]
    return {"where": ".".join(map(str, first["loc"])) or "the top level", "what": first["msg"]}


def invalid(file: object, error: ValidationError) -> DataError:
    """Refuse a stored file that has another shape."""
    return DataError("{file} is not valid at {where}: {what}.", file=file, **fault(error))
