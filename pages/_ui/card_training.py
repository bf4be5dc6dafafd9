"""How a model came about: recipe, data, machine and curves of each recorded run."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import streamlit as st

from core.cards import Card, Evaluation
from core.evaluate.layout import Protocol
from core.registry import Manifest
from pages._ui import board, card_charts
from pages._ui.board import PROTOCOL_TITLES, SHIPPED
from pages._ui.text import _, listed

CURVES: tuple[card_charts.Curve, ...] = ("loss", "accuracy")
ORDER: tuple[Protocol, ...] = (SHIPPED, "official")


def training(card: Card) -> None:
    """Show one recorded run: the one that the app serves, or that of the official split."""
    runs = {p: _run(card, p) for p in ORDER}
    known = [p for p in ORDER if runs[p]]
    if not known:
        st.caption(_("No run is recorded."))
        return
    chosen = board.switch("run", _("Run"), known, lambda p: _(PROTOCOL_TITLES[p]))
    run = runs[chosen if chosen in known else known[0]]
    assert run is not None
    evaluation = card.under(chosen)
    _curves(evaluation, run)
    facts(_recipe(run))
    if chosen != SHIPPED:
        st.caption(_("The weights of this run do not ship; the command below makes them again."))
    st.code(run.training.command, language=None, wrap_lines=True)


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
            st.altair_chart(
                card_charts.curves(evaluation.curves, what, run.training.best_epoch),
                alt=_("{n} epochs; validation loss at the end {loss}, accuracy {accuracy}").format(
                    n=last.epoch,
                    loss=f"{last.validation_loss:.3f}",
                    accuracy=board.share(last.validation_accuracy),
                ),
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
    yield _("Epochs"), _("{n}, best {best}").format(n=t.epochs, best=t.best_epoch)
    if "sizes" in s:
        yield (
            _("Input sizes"),
            listed(
                _("{epochs} × {side} px").format(side=side, epochs=epochs)
                for side, epochs in s["sizes"]
            ),
        )
    if "optimizer" in s:
        yield _("Optimiser"), _(str(s["optimizer"]))
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
    }
    for key, name in names.items():
        if key in s:
            yield name, f"{s[key]:g}"
    if "strength" in t.augmentations:
        yield _("Augmentation strength"), f"{t.augmentations['strength']:g}"
    yield _("Seed"), str(t.seed)
    yield _("Machine"), t.hardware
    yield _("Time"), _("{n} minutes").format(n=f"{t.minutes:.0f}")
    yield _("Packages"), ", ".join(f"{name} {version}" for name, version in t.packages.items())
