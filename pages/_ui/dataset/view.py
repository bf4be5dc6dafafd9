"""The charts and tables of the page Dataset."""

from __future__ import annotations

import hashlib
from functools import cache
from html import escape

import pandas as pd
import streamlit as st

from core.audit import facts
from core.audit.facts import LEAKS
from core.audit.stored import Statistic, stored
from core.dataset import MANIFEST
from core.labels import CLASS_NAMES, CLASSES
from core.protocols import PROTOCOLS
from core.settings import Settings
from pages._ui.base import developers
from pages._ui.base.grid import grid
from pages._ui.base.text import _, class_title, listed
from pages._ui.figures import classes, wording
from pages._ui.figures.audit_words import CONTROLS, KINDS, ORIGINS, PARTS, STATISTICS, VALUES
from pages._ui.figures.forest import Mark, forest
from pages._ui.figures.show import show


def composition() -> None:
    """Count the images of each class, cut as asked."""
    with st.container(horizontal=True, gap="large"):
        by = wording.switch("by", _("Cut by"), list(PARTS), lambda key: _(PARTS[key]))
        words = {"images": _("Images"), "pictures": _("Distinct pictures")}
        what = wording.switch("count", _("Counted"), list(words), words.__getitem__)
    counted = facts.composition(facts.table(), by)
    top = int(counted[what].max())
    with grid(len(facts.VALUES[by]), min_column_width=240, gap="medium"):
        for value in facts.VALUES[by]:
            rows = counted[counted["value"] == value].set_index("label")[what]
            name = _(VALUES[value])
            with st.container(gap="xsmall"):
                st.markdown(f"**{name[0].upper()}{name[1:]}** · {rows.sum():,}")
                show(
                    classes.class_bars(rows, top, words[what]),
                    _("{value}: {counts}").format(value=name, counts=_listed(rows)),
                    f"{what}-{value}",
                )


def leaks() -> None:
    """Show what training holds of the official test images, image by image."""
    by_class = facts.leaks(facts.table())
    counts = by_class.sum()
    words = "; ".join(f"{counts[kind]} – {_(KINDS[kind])}" for kind in LEAKS)
    st.markdown(_("**What does training already hold of each official test image?**"))
    kinds = {kind: _(KINDS[kind]) for kind in LEAKS}
    by_kind = by_class.T.rename(index=kinds, columns=class_title)
    table = by_kind.rename_axis(_("In training")).reset_index()
    show(classes.waffle(counts, kinds), words, "leaks", table)
    rows = "".join(
        f'<li><i class="gb-cell gb-{kind}"></i><b>{counts[kind]:,}</b><span>'
        f"{escape(_(KINDS[kind]))} <small>{escape(_listed(by_class[kind]))}</small></span></li>"
        for kind in LEAKS
    )
    st.html(f'<ul class="gb-leaks">{rows}</ul>')


def controls() -> None:
    """Show what the controls score under both protocols."""
    scores = facts.control_scores(Settings().models_dir)
    for place, protocol in zip(st.columns(2, gap="large"), PROTOCOLS, strict=True):
        here = [score for score in scores if score.protocol == protocol]
        title = _(wording.PROTOCOL_TITLES[protocol])
        marks = [
            Mark(
                _(CONTROLS[s.name]),
                wording.with_span("accuracy", s.accuracy),
                s.accuracy,
                of=wording.images_and_groups(s.metrics.images["all"]),
                n=s.metrics.images["all"].n,
            )
            for s in here
            if s.accuracy and s.metrics
        ]
        with place:
            st.markdown(_("**{protocol}: how many are right?**").format(protocol=title))
            if marks:
                show(
                    forest(marks, wording.title("accuracy"), reach=(0, 1)),
                    f"{title}: " + "; ".join(f"{m.label} {m.note}" for m in marks),
                    f"controls-{protocol}",
                )
            absent = [_(CONTROLS[s.name]) for s in here if not s.accuracy]
            if absent:
                st.caption(_("Not stored here: {names}.").format(names=listed(absent)))


def statistics() -> None:
    """Show how much each global statistic gives away."""
    found = sorted(stored().statistics, key=lambda s: -s.separation)
    left, right = st.columns([1.1, 1], gap="large")
    with left:
        st.markdown(_("**How well does one number alone tell no tumour from tumour?**"))
        marks = [
            Mark(
                _(STATISTICS[s.name]),
                wording.with_span("macro_roc_auc", s.auc),
                s.auc,
                of=_("{n} distinct pictures").format(n=f"{_pictures(s):,}"),
                n=_pictures(s),
            )
            for s in found
        ]
        show(
            forest(marks, wording.title("macro_roc_auc"), form="", reach=(0, 1), line=0.5),
            "; ".join(f"{m.label} {m.note}" for m in marks),
            "areas",
        )
        st.caption(
            _(
                "Chance that the number is larger in a no-tumour picture than in one with a tumour "
                "(area under the ROC curve, 95\u202f% interval over patients): 0.5, the dashed "
                "line, tells nothing. {n} distinct pictures."
            ).format(n=f"{_pictures(found[0]):,}")
        )
    with right:
        st.selectbox(
            _("Number"),
            [s.name for s in found],
            format_func=lambda name: _(STATISTICS[name]),
            key="statistic",
        )
        chosen = next(s for s in found if s.name == st.session_state["statistic"])
        title = _(STATISTICS[chosen.name])
        st.markdown(_("**{number}: how far apart are the classes?**").format(number=title))
        medians = "; ".join(f"{class_title(c)} {chosen.classes[c].p50:.3f}" for c in CLASS_NAMES)
        show(
            classes.spread(chosen.classes, title),
            _("Medians: {medians}").format(medians=medians),
            f"spread-{chosen.name}",
        )
        st.caption(_("Line: 10th to 90th percentile. Box: the middle half. Tick: the median."))


def _pictures(statistic: Statistic) -> int:
    return sum(q.n for q in statistic.classes.values())


def folds() -> None:
    """Show the five folds."""
    counted = facts.folds(facts.table()).reset_index()
    names = {
        "fold": _("Fold"),
        **{c.name: _(c.title) for c in CLASSES},
        "images": _("Images"),
        "pictures": _("Distinct pictures"),
        "groups": _("Groups"),
        "patients": _("Known patients"),
    }
    st.dataframe(
        counted[list(names)].rename(columns=names),
        hide_index=True,
        column_config={
            name: st.column_config.NumberColumn(format="%,d") for name in names.values()
        },
        height="content",
        alt=_("The five folds: images of each class, pictures, groups and patients"),
    )


def stamp() -> None:
    """Say which files the figures and pictures come from."""
    facts_of = (
        _("table of all images {sha}").format(sha=_table_sha256()[:12]),
        _("dataset {sha}").format(sha=stored().dataset_sha256[:12]),
    )
    with st.container(key="provenance"):
        st.caption(" · ".join(facts_of))
    developers.command(stored().command)


@cache
def _table_sha256() -> str:
    return hashlib.sha256(MANIFEST.read_bytes()).hexdigest()


def _listed(counts: pd.Series) -> str:
    """Spell out the numbers of the classes that have any."""
    return listed(f"{class_title(c)} {counts[c]:,}" for c in CLASS_NAMES if counts[c])


def licences() -> None:
    """Show where the images come from, how many, and on what terms."""
    of = facts.table()["source"].value_counts()
    with st.container(key="sources"):
        st.table(
            pd.DataFrame(
                {
                    _("Source"): _(source.title),
                    _("Images"): f"{of[key]:,}",
                    _("Terms"): _(source.terms),
                }
                for key, source in ORIGINS.items()
            ),
            border="horizontal",
            hide_index=True,
            alt=_("Sources of the images and their terms"),
        )
