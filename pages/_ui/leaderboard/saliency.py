"""The board of saliency methods: what is stored of each on each network, and what follows."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.architectures import ARCHITECTURES
from core.errors import DataError
from core.evaluate.saliency.findings import Finding, findings, insensitive, trusted, written
from core.evaluate.saliency.read import LOWER_IS_BETTER, METRIC_TITLES, Measure
from core.evaluate.saliency.store import LOCALISATION
from core.explain.methods import METHODS
from core.labels import CLASS_NAMES, NO_TUMOUR
from core.report import to_csv
from pages._ui.base import cache, developers, records, state
from pages._ui.base.text import _, class_title, listed, method_name, ngettext, plain, sentence
from pages._ui.figures import wording
from pages._ui.figures.methods import methods
from pages._ui.figures.saliency_rows import Column, as_records, best, measured, ranked
from pages._ui.figures.show import show
from pages._ui.leaderboard import agreement
from pages._ui.leaderboard.saliency_words import GROUPS, JUDGED, NOTES, group_title

DEFAULT = "pointing"


def lay() -> None:
    """Lay out the board: what follows from the figures, the figures, where they come from."""
    columns = _absences()
    if not columns:
        return
    st.header(_("Which methods point at the lesion, and know the network?"), anchor=False)
    _verdict(columns)
    st.header(_("Method by method"), anchor=False)
    metric, tumour = _question()
    order = ranked(columns, metric, tumour)
    st.caption(_(NOTES[metric]))
    show(
        methods(columns, order, metric, tumour),
        _("{measure} of every method on every network with its 95 % interval; the table "
          "below has the same values").format(measure=_(METRIC_TITLES[metric])),
        f"saliency-{metric}",
    )  # fmt: skip
    st.table(
        pd.DataFrame(_line(name, columns, metric, tumour) for name in order),
        border="horizontal",
        hide_index=True,
        alt=_("Saliency methods and networks by {measure}").format(
            measure=_(METRIC_TITLES[metric])
        ),
    )
    st.caption(_legend(metric, tumour))
    agreement.show_agreement()
    with st.expander(_("Which files these figures come from"), icon=":material/fingerprint:"):
        for column in columns:
            _stamp(column)
        developers.lines(column.scores.provenance.command for column in columns)
    st.header(_("Take it home"), anchor=False)
    st.download_button(
        _("All measures as CSV"), to_csv(as_records(columns)), "glassbrain-saliency.csv",
        "text/csv", "download-saliency", on_click="ignore", icon=":material/table_view:",
    )  # fmt: skip


def _absences() -> list[Column]:
    """Say which networks are not on this board, and why; returns those that are."""
    served, broken = cache.models()
    columns, absent = [], [sentence(model.reason) for model in broken]
    commands: list[str] = []
    for name, spec in served.items():
        found = records.saliency(spec)
        if isinstance(found, DataError):
            absent.append(sentence(found))
            commands.append(str(found.params.get("command", "")))
        else:
            columns.append(Column(name, spec.manifest.title, found))
    there = {*served, *(model.name for model in broken)}
    if untrained := [a.title for name, a in ARCHITECTURES.items() if name not in there]:
        names = _("Not trained yet: {names}.")
        absent.append(names.format(names=listed(untrained)))
    if not columns:
        st.info(_("No saliency method has been measured on any network yet."),
                icon=":material/rule:")  # fmt: skip
    if absent:
        st.caption("  \n".join(absent))
    if any(commands):
        developers.command("\n".join(filter(None, commands)))
    return columns


def _verdict(columns: list[Column]) -> None:
    """Say in sentences what follows from the figures of all networks, then of each."""
    names = trusted(column.scores for column in columns)
    if names:
        said = ngettext(
            "Points at the lesion more often than a centre blob, and changes with the weights, "
            "on the {n} network measured: **{methods}**.",
            "Point at the lesion more often than a centre blob, and change with the weights, "
            "on all {n} networks measured: **{methods}**.",
            len(columns),
        )
    else:
        said = _("No method does both on every network measured: point at the lesion more often "
                 "than a centre blob, and change with the weights.")  # fmt: skip
    titles = listed(method_name(name) for name in names)
    st.markdown(said.format(n=len(columns), methods=titles))
    for column in columns:
        lines = (f"- {_said(finding)}" for finding in findings(column.scores))
        st.markdown("\n".join([f"**{plain(column.title)}**", "", *lines]))
    st.caption(
        _("More often: the 95 % interval of the difference on the same scans lies above 0. In "
          "brackets: 95 % intervals over patients.")
        + " "
        + _("A share whose interval reaches 0 or 100 % has Clopper and Pearson's, with one trial a "
            "patient.")
    )  # fmt: skip


def _said(finding: Finding) -> str:
    methods = listed(f"{method_name(name)} {figure}" for name, figure in finding.methods)
    return _(finding.template).format(**finding.params, methods=methods)


def _question() -> tuple[str, str | None]:
    """Ask for the measure and, where figures are stored by class, for the tumour."""
    offered = [metric for group in GROUPS.values() for metric in group]
    with st.container(border=True, key="saliency-desk", horizontal=True, gap="medium"):
        state.linked("measure", offered, DEFAULT)
        st.selectbox(
            _("Measure"),
            offered,
            format_func=lambda metric: f"{group_title(metric)} · {_title(metric)}",
            key="measure",
            width=400,
        )
        state.remember("measure", DEFAULT)
        metric = str(st.session_state["measure"])
        if metric not in LOCALISATION:
            return metric, None
        tumour = wording.switch(
            "tumour",
            _("Tumours"),
            ("all", *(name for name in CLASS_NAMES if name != NO_TUMOUR)),
            lambda name: _("All") if name == "all" else class_title(name),
        )
    return metric, None if tumour == "all" else tumour


def _title(metric: str) -> str:
    name = _(METRIC_TITLES[metric])
    if metric in LOWER_IS_BETTER:
        return _("{figure}, less is better").format(figure=name)
    return name


def _line(name: str, columns: list[Column], metric: str, tumour: str | None) -> dict[str, str]:
    """Write one method's row."""
    control = METHODS[name].family == "control"
    found = [measured(column, name, metric, tumour) for column in columns]
    fixed = [plain(c.title) for c in columns if name in insensitive(c.scores)]
    scans = sorted({m.n for m in found if m is not None})
    return {
        _("Method"): method_name(name) + (f" :gray-badge[{_('Control')}]" if control else ""),
        **{
            plain(column.title): _cell(column, name, metric, tumour, measure)
            for column, measure in zip(columns, found, strict=True)
        },
        _("Scans"): listed(map(str, scans)) or "–",
        _("Sanity"): _("knows no network") if control
        else _("fails on {networks}").format(networks=listed(fixed)) if fixed
        else _("passes") if _tested(name, columns) else "–",
    }  # fmt: skip


def _cell(
    column: Column, name: str, metric: str, tumour: str | None, measure: Measure | None
) -> str:
    """Write a figure; bold where none is better, marked where it surely beats the blob."""
    if name not in column.scores.methods:
        return _("not measured")
    if measure is None or measure.value is None:
        return "–"
    words = written(metric, measure)
    gain = None if tumour else column.scores.methods[name].against_blob.get(metric)
    if metric in JUDGED and measure.value == best(column, metric, tumour):
        words = f"**{words}**"
    if gain is None or gain.ci_low is None or gain.ci_high is None:
        return words
    better, worse = gain.ci_low > 0, gain.ci_high < 0
    if metric in LOWER_IS_BETTER:
        better, worse = worse, better
    return words + (" ▲" if better else " ▼" if worse else "")


def _tested(name: str, columns: list[Column]) -> bool:
    return any(measured(column, name, "sanity_half_spearman", None) for column in columns)


def _legend(metric: str, tumour: str | None) -> str:
    said = [_("Best first, by the mean over the networks.")]
    if metric in JUDGED:
        said.append(_("Bold: the best of a network, be it a control."))
        said.append(
            _("Differences to the centre blob are not stored by tumour.") if tumour
            else _("▲ surely better than the centre blob on the same scans, ▼ surely worse.")
        )  # fmt: skip
    said.append(
        _("Sanity fails where the map survives the destruction of the upper half of the network.")
    )
    said.append(_("A dash: not defined on any scan."))
    return " ".join(said)


def _stamp(column: Column) -> None:
    """Say which files the figures of a network are made from, on how much, and how again."""
    p = column.scores.provenance
    facts = [
        plain(column.title),
        _("measures {sha}").format(sha=column.scores.saliency_sha256[:12]),
        _("weights {sha}").format(sha=p.weights_sha256[:12]),
        _("scans {sha}").format(sha=p.cases_sha256[:12]),
    ]
    if p.samples:
        draws = listed(f"{method_name(name)} {n}" for name, n in p.samples.items())
        facts.append(_("draws of a map, fewer than elsewhere in the app: {draws}").format(
            draws=draws))  # fmt: skip
    with st.container(key=f"board-stamp-saliency-{column.name}"):
        st.caption(" · ".join(facts))
