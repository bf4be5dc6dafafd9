"""How a model came about: recipe, data, machine and curves of each recorded run."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import streamlit as st

from core.architectures import ARCHITECTURES
from core.cards import Card, Evaluation, read_card
from core.manifest import Manifest
from core.protocols import OFFICIAL, UNSEEN, Protocol
from core.reports import words
from core.settings import Settings
from pages._ui.base import developers
from pages._ui.base.text import _, listed, proportion, report_language
from pages._ui.figures import learning, wording
from pages._ui.figures.show import show
from pages._ui.figures.wording import PROTOCOL_TITLES

CURVES: tuple[learning.What, ...] = ("loss", "accuracy")
ORDER: tuple[Protocol, ...] = (UNSEEN, OFFICIAL)


def training(card: Card) -> None:
    """Show one recorded run: the one that the app serves, or that of the official split."""
    runs = {p: _run(card, p) for p in ORDER}
    known = [p for p in ORDER if runs[p]]
    if not known:
        st.caption(_("No run is recorded."))
        return
    chosen = wording.switch("run", _("Run"), known, lambda p: _(PROTOCOL_TITLES[p]))
    run = runs[chosen if chosen in known else known[0]]
    assert run is not None
    evaluation = card.under(chosen)
    _curves(evaluation, run)
    facts(_recipe(run))
    if chosen != UNSEEN:
        st.caption(_("The weights of this run do not ship; its command makes them again."))
    developers.command(run.training.command)


def all_runs(names: Iterable[str]) -> None:
    """Draw the validation curves of every recorded run over one another; say whose are missing."""
    runs = {
        f"{ARCHITECTURES[name].title if name in ARCHITECTURES else name} · "
        + _(PROTOCOL_TITLES[e.protocol]): e
        for name in names
        for e in read_card(Settings().models_dir, name).evaluations
        if e.metrics
    }
    found = {title: e for title, e in runs.items() if e.curves}
    if len(found) < 2:
        return
    curves = {title: e.curves for title, e in found.items()}
    st.header(_("How did all networks learn?"), anchor=False)
    words = {"accuracy": _("Accuracy"), "loss": _("Loss")}
    what: learning.What = wording.switch("runs", _("Curve"), CURVES[::-1], words.__getitem__)
    last = listed(f"{name} {proportion(e[-1].validation_accuracy)}" for name, e in curves.items())
    show(
        learning.runs(curves, what, {title: e.validated for title, e in found.items()}),
        _("Validation accuracy at the end: {runs}").format(runs=last),
        f"all-runs-{what}",
    )
    st.caption(
        _("On validation images, which are none of the test's. Runs of the official split and of "
          "unseen patients are validated on different images and do not compare.")
    )  # fmt: skip
    if missing := [title for title in runs if title not in found]:
        st.caption(_("Curves that are not stored: {runs}.").format(runs=listed(missing)))


def facts(rows: Iterable[tuple[str, str]], *, wide: bool = False) -> None:
    """List names and values, side by side or, if long, one below the other."""
    items = "".join(f"<div><dt>{escape(k)}</dt><dd>{escape(v)}</dd></div>" for k, v in rows)
    st.html(f'<dl class="gb-facts{" gb-wide" if wide else ""}">{items}</dl>')


def _run(card: Card, protocol: Protocol) -> Manifest | None:
    """Find the record of a run; that of the served weights is their manifest."""
    if card.spec and card.spec.manifest.training.protocol == protocol:
        return card.spec.manifest
    return card.under(protocol).run


def _curves(evaluation: Evaluation, run: Manifest) -> None:
    st.markdown(_("**How did it learn?**"))
    if not evaluation.curves:
        st.caption(_("The training curves of this run are not stored."))
        return
    last = evaluation.curves[-1]
    for place, what in zip(st.columns(2, gap="large"), CURVES, strict=True):
        with place:
            show(
                learning.training(
                    evaluation.curves, what, run.training.best_epoch, evaluation.validated
                ),
                _("{n} epochs; validation loss at the end {loss}, accuracy {accuracy}").format(
                    n=last.epoch,
                    loss=f"{last.validation_loss:.3f}",
                    accuracy=proportion(last.validation_accuracy),
                ),
                f"{what}-{evaluation.protocol}",
            )
    st.caption(
        _(
            "Diamond: the epoch whose weights were kept, the best at the final input size. "
            "Training images are augmented, validation images are not, so the two do not compare."
        )
    )


def _recipe(m: Manifest) -> Iterable[tuple[str, str]]:
    """List what decided the run, as its record has it."""
    t, s = m.training, m.training.schedule
    yield _("Data"), t.data
    yield _("Dataset"), t.dataset_sha256[:12]
    yield _("Split"), t.split_sha256[:12]
    if m.init.source:
        yield _("Begun from"), _(m.init.source)
    if m.init.credit:
        yield _("Credit"), _(m.init.credit)
    if m.init.sha256:
        yield _("Digest of that file"), m.init.sha256[:12]
    yield _("Trained by"), _(t.trainer)
    yield _("Epochs"), words.length(t, report_language())
    if t.guide:
        yield _("Weight of the outlines"), f"{t.guide:g}"
    if t.counterfactual.share:
        yield _("Counterfactual pictures, share"), f"{t.counterfactual.share:g}"
    if t.teachers:
        yield _("Learned from the answers of"), listed(t.teachers)
    if s.sizes:
        yield (
            _("Input sizes"),
            listed(
                _("{epochs} × {side} px").format(side=side, epochs=epochs)
                for side, epochs in s.sizes
            ),
        )
    if s.optimizer:
        yield _("Optimiser"), _(s.optimizer)
    names = {
        "batch": _("Batch"),
        "peak_rate": _("Peak learning rate"),
        "weight_decay": _("Weight decay"),
        "warmup": _("Warm-up, share of steps"),
        "label_smoothing": _("Label smoothing"),
        "dropout": _("Dropout"),
        "class_weight": _("Class weight exponent"),
        "average": _("Weight averaging, decay"),
        "head_epochs": _("Head-only epochs"),
        "head_steps": _("Head-only steps"),
        "head_rate": _("Peak learning rate, head only"),
    }
    for key, name in names.items():
        if (value := getattr(s, key)) is not None:
            yield name, f"{value:g}"
    if s.precision:
        yield _("Number format"), s.precision
    if t.augmentations.strength is not None:
        yield _("Augmentation strength"), f"{t.augmentations.strength:g}"
    yield _("Seed"), str(t.seed)
    yield _("Machine"), t.hardware
    yield _("Time"), _("{n} minutes").format(n=f"{t.minutes:.0f}")
    if t.peak_memory_gb:
        yield _("Most memory"), _("{n} GB").format(n=f"{t.peak_memory_gb:.1f}")
    yield _("Packages"), ", ".join(f"{name} {version}" for name, version in t.packages.items())
