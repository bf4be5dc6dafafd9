"""Exceptions that carry one clear sentence for the person at the screen."""

from __future__ import annotations


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
    ``gettext(error.template).format(**error.params)``.
    """

    def __init__(self, template: str, /, **params: object) -> None:
        super().__init__(template.format(**params))
        self.template = template
        self.params = params


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


class ClassroomError(GlassbrainError):
    """Something that a live classroom cannot do now, or not for this person."""
