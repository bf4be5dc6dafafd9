"""The parts of a model card."""

from __future__ import annotations

import re

import pandas as pd
import streamlit as st

from core.architectures import ARCHITECTURES
from core.cards import Card
from core.evaluate.stored.layout import METRICS_NAME
from core.evaluate.stored.schema import Metrics
from core.figure import Figure
from core.labels import CLASS_NAMES
from core.manifest import Manifest
from core.protocols import OFFICIAL, UNSEEN
from core.registry import MANIFEST_NAME
from core.reports.words import BEGAN
from pages._ui.base import components, developers, glossary
from pages._ui.base.grid import grid
from pages._ui.base.text import _, count, ngettext, plain, sentence
from pages._ui.figures import wording
from pages._ui.figures.wording import PROTOCOL_TITLES
from pages._ui.model_cards import training

FIGURES = (
    "accuracy", "balanced_accuracy", "macro_f1", "mcc", "macro_roc_auc", "macro_pr_auc",
    "log_loss", "brier", "ece",
)  # fmt: skip


def title(name: str) -> str:
    """Name a model as people do."""
    return ARCHITECTURES[name].title if name in ARCHITECTURES else name


def head(card: Card) -> None:
    """Say what the model is and whether it can be used."""
    manifest = card.spec.manifest if card.spec else None
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.header(manifest.title if manifest else title(card.name), anchor=False, width="content")
        if manifest:
            st.badge(_("Ready"), icon=":material/check_circle:", color="primary")
        elif card.reason:
            st.badge(_("Unavailable"), icon=":material/block:", color="red")
        else:
            st.badge(_("Not trained yet"), icon=":material/hourglass_empty:", color="gray")
    if manifest:
        st.markdown(_what(manifest))
    elif card.reason:
        st.error(sentence(card.reason), icon=":material/block:")
    else:
        architecture = ARCHITECTURES[card.name]
        st.markdown(
            _("{architecture} ({citation}). There are no weights of it yet.").format(
                architecture=architecture.title, citation=_cited(architecture.citation)
            )
        )
        developers.command(components.train_command(card.name))


def headline(card: Card) -> None:
    """Show accuracy under both protocols, size and input."""
    with grid(4, min_column_width=165):
        for protocol in (UNSEEN, OFFICIAL):
            metrics = card.under(protocol).metrics
            label = _("{protocol}: right").format(protocol=_(PROTOCOL_TITLES[protocol]))
            found = metrics.images["all"].figures["accuracy"] if metrics else None
            value = wording.number("accuracy", found.value) if found else "–"
            span = wording.span("accuracy", found) if found else _("not evaluated")
            _tile(label, value, f"{span} · {_images(metrics)}" if metrics else span)
        if card.spec:
            m = card.spec.manifest
            size = card.spec.weights.stat().st_size / 1e6
            _tile(
                _("Parameters"),
                count(m.parameters, brief=True),
                _("{mb} MB file").format(mb=f"{size:.1f}"),
            )
            _tile(_("Input"), f"{m.input_size}\u202f×\u202f{m.input_size}", _("pixels, one slice"))


def figures(card: Card) -> None:
    """Show the held-out figures under both protocols, or why they are not there."""
    columns: dict[str, dict[str, Figure]] = {}
    for protocol in (UNSEEN, OFFICIAL):
        evaluation = card.under(protocol)
        name = _(PROTOCOL_TITLES[protocol])
        if evaluation.metrics is None:
            why = sentence(evaluation.problem) if evaluation.problem else _("Not evaluated yet.")
            st.caption(f":material/rule: **{name}** · {why}")
            continue
        images = evaluation.metrics.images
        columns[f"{name}, {images['all'].n:,}"] = images["all"].figures
        if protocol == UNSEEN:
            head = _("{protocol}, {n} distinct").format(protocol=name, n=images["distinct"].n)
            columns[head] = images["distinct"].figures
    if not columns:
        return
    with st.container(key="figures"):
        st.table(
            pd.DataFrame(
                {
                    _("Figure"): wording.title(figure),
                    **{head: wording.with_span(figure, of[figure]) for head, of in columns.items()},
                }
                for figure in FIGURES
            ),
            border="horizontal",
            hide_index=True,
            alt=_("Held-out figures with their 95 % intervals"),
        )
    glossary.line("mcc", "roc_auc", "pr_auc", "log_loss", "brier", "ece", of=card.name)


def use(card: Card) -> None:
    """Say what the model is for, what it is not for, and on what terms it is given."""
    runs = (e.run for e in card.evaluations if e.run)
    manifest = card.spec.manifest if card.spec else next(runs, None)
    left, right = st.columns(2, gap="large")
    with left:
        st.header(_("What it is for"), anchor=False)
        st.markdown(
            _(
                "- To teach and to study how such networks decide, and how they are misjudged.\n"
                "- To compare architectures on patients kept apart from training.\n"
                "- **Not** for any decision about a patient, with or without a doctor."
            )
        )
        if manifest:
            st.caption(_("Licence: {terms}").format(terms=plain(_(manifest.licence))))
            st.caption(_("Cite: {work}").format(work=_cited(manifest.citation)))
    with right:
        st.header(_("What limits it"), anchor=False)
        if manifest:
            st.markdown("\n".join(f"- {plain(_(line))}" for line in manifest.limitations))
        else:
            st.caption(_("Nothing is recorded until it is trained."))


def fingerprints(card: Card) -> None:
    """List the digests that tie the card to files."""
    rows = []
    if card.spec:
        rows.append((_("Weights that the app serves"), card.spec.manifest.weights_sha256))
    for protocol in (UNSEEN, OFFICIAL):
        metrics = card.under(protocol).metrics
        if metrics:
            name, p = _(PROTOCOL_TITLES[protocol]), metrics.provenance
            rows += [
                (_("{protocol}: weights").format(protocol=name), p.weights_sha256 or "–"),
                (_("{protocol}: split").format(protocol=name), p.split_sha256),
                (_("{protocol}: predictions").format(protocol=name), metrics.predictions_sha256),
                (_("{protocol}: dataset").format(protocol=name), p.dataset_sha256),
            ]
    if not rows:
        st.caption(_("There are no files yet."))
        return
    training.facts(rows, wide=True)


def downloads(card: Card) -> None:
    """Offer the manifest and the metrics as they are stored."""
    files = []
    if card.spec:
        files.append((_("Manifest"), card.spec.folder / MANIFEST_NAME, f"{card.name}-manifest"))
    for e in card.evaluations:
        if e.folder:
            label = _("Metrics, {protocol}").format(protocol=_(PROTOCOL_TITLES[e.protocol]))
            files.append((label, e.folder / METRICS_NAME, f"{card.name}-{e.protocol}-metrics"))
    with st.container(horizontal=True):
        for label, path, stem in files:
            st.download_button(
                label, path.read_bytes(), f"{stem}.json", "application/json", f"download-{stem}",
                on_click="ignore", icon=":material/data_object:",
            )  # fmt: skip


def _what(m: Manifest) -> str:
    return " ".join(
        (
            _("{architecture} ({citation}) with one layer of {n} outputs on the average of its "
              "last feature map.").format(
                architecture=m.architecture, citation=_cited(m.citation), n=len(CLASS_NAMES)
            ),
            _(BEGAN[m.init.kind]),
            _("It reads one grey slice, {how}.").format(
                how=_("cut to the head, padded to a square and resized")
                if m.preprocess.params.crop
                else _("padded to a square and resized")
            ),
        )
    )  # fmt: skip


def _cited(work: str) -> str:
    """Link an arXiv number; anything else is text."""
    number = re.fullmatch(r"arXiv:(\d{4}\.\d{4,5})", work)
    return f"[{work}](https://arxiv.org/abs/{number[1]})" if number else plain(work)


def _tile(label: str, value: str, note: str) -> None:
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.metric(label, value)
        st.caption(note)


def _images(metrics: Metrics) -> str:
    n = metrics.images["all"].n
    return ngettext("{n} image", "{n} images", n).format(n=f"{n:,}")
